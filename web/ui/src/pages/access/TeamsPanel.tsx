import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useDeleteTeam, useSaveTeam, useTeams, type Team } from '../../api/access';
import { Problem } from '../../api/client';
import { useMay } from '../../api/grants';
import { useUsers } from '../../api/queries';
import { Confirm } from '../../components/Confirm';
import { FormButtons } from '../../components/FormButtons';
import { Icon } from '../../components/Icon';
import { PeopleSelect, PersonSelect } from '../../components/People';
import { Empty, Failed, Loaded } from '../../components/states';
import { Rows } from '../../components/Rows';

/** Teams cut across business units; who is in one sees what its people own, where a role reaches so far. */
export function TeamsPanel() {
  const teams = useTeams();
  const users = useUsers();
  const may = useMay();
  const [open, setOpen] = useState<Team | 'new'>();
  const [going, setGoing] = useState<Team>();
  const remove = useDeleteTeam();
  const names = Object.fromEntries((users.data?.items ?? []).map((u) => [u.id, u.name]));
  return (
    <>
      {may('team:create') && (
        <Button mb="md" leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen('new')}>
          New team
        </Button>
      )}
      <Loaded query={teams} what="teams">
        {({ items }) => (
          <Rows label="Teams" items={items} keyOf={(t) => t.id} empty={<Empty title="No team yet">A team cuts across business units: records can be shared with it, and the level “team” reaches what its people own.</Empty>}>
            {(t) => (
              <Group justify="space-between" py="sm" gap="xs">
                <Stack gap={2} miw={0} flex="1 1 12rem">
                  <Text fz="sm" fw={600} dir="auto">
                    {t.name}
                  </Text>
                  <Text fz="xs" c="dimmed">
                    {(t.members ?? []).map((id) => names[id] ?? id).join(', ') || 'nobody yet'}
                    {t.manager_id && ` · managed by ${names[t.manager_id] ?? t.manager_id}`}
                  </Text>
                </Stack>
                <Group gap="xs">
                  {may('team:update') && (
                    <Button size="xs" variant="default" onClick={() => setOpen(t)} aria-label={`Change ${t.name}`}>
                      Change
                    </Button>
                  )}
                  {may('team:delete') && (
                    <Button size="xs" variant="default" onClick={() => setGoing(t)} aria-label={`Delete ${t.name}`}>
                      Delete
                    </Button>
                  )}
                </Group>
              </Group>
            )}
          </Rows>
        )}
      </Loaded>
      {open && <TeamForm key={open === 'new' ? 'new' : open.id} team={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} />}
      <Confirm
        opened={going !== undefined}
        title={`Delete the team ${going?.name ?? ''}?`}
        action="Delete"
        change={remove}
        onConfirm={() => going && remove.mutate(going.id, { onSuccess: () => setGoing(undefined) })}
        onClose={() => setGoing(undefined)}
      >
        What is shared with it is not shared any more, and it works in no territory. The people stay.
      </Confirm>
    </>
  );
}

function TeamForm({ team, onClose }: { team: Team | undefined; onClose: () => void }) {
  const save = useSaveTeam(team);
  const [name, setName] = useState(team?.name ?? '');
  const [members, setMembers] = useState(team?.members ?? []);
  const [manager, setManager] = useState(team?.manager_id ?? '');
  const told = save.error instanceof Problem ? save.error.fields : {};
  return (
    <Modal opened onClose={onClose} title={team ? `Change ${team.name}` : 'New team'}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate({ name, members, manager_id: manager }, { onSuccess: onClose });
        }}
      >
        <Stack gap="md">
          {save.error && <Failed error={save.error} />}
          <TextInput label="Name" required maxLength={200} data-autofocus value={name} error={told.name} onChange={(e) => setName(e.currentTarget.value)} />
          <PeopleSelect label="People" value={members} onChange={setMembers} error={told.members} />
          <PersonSelect label="Manager" description="Is told of what its people let wait" value={manager} onChange={setManager} error={told.manager_id} />
          <FormButtons label="Save" saving={save.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
