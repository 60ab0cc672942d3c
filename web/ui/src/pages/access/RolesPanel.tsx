import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useDeleteRole, useRoles, type Role } from '../../api/access';
import { useMay } from '../../api/grants';
import { useUsers } from '../../api/queries';
import { Confirm } from '../../components/Confirm';
import { Icon } from '../../components/Icon';
import { Rows } from '../../components/Rows';
import { Empty, Loaded } from '../../components/states';

/** What people do in the company, and what they may do for it. */
export function RolesPanel() {
  const roles = useRoles();
  const users = useUsers();
  const may = useMay();
  const [going, setGoing] = useState<Role>();
  const remove = useDeleteRole();
  const having = (role: string) => (users.data?.items ?? []).filter((u) => u.roles.includes(role)).length;
  return (
    <>
      {may('role:update') && (
        <Button component={Link} to="/access/new-role" mb="md" leftSection={<Icon name="plus" size={16} />}>
          New role
        </Button>
      )}
      <Loaded query={roles} what="roles" rows={6}>
        {({ items }) => (
          <Rows label="Roles" items={items} keyOf={(r) => r.name} empty={<Empty title="No role yet">Without a role, nobody may do anything.</Empty>}>
            {(r) => (
              <Group justify="space-between" py="sm" gap="xs">
                <Stack gap={2} miw={0} flex="1 1 12rem">
                  <Link to={`/access/roles/${encodeURIComponent(r.name)}`} className="row-link">
                    <Text fz="sm" fw={600} span className="row-link-name" dir="auto">
                      {r.label}
                    </Text>
                  </Link>
                  <Group gap={6}>
                    <Text fz="xs" c="dimmed">
                      {r.name} · {counted(r.grants?.length ?? 0, 'grant')} · {counted(having(r.name), 'person', 'people')}
                    </Text>
                    {(r.masks?.length ?? 0) > 0 && (
                      <Badge size="xs" color="gray" variant="light">
                        {counted(r.masks?.length ?? 0, 'masked field')}
                      </Badge>
                    )}
                  </Group>
                </Stack>
                <Group gap="xs">
                  {may('role:update') && (
                    <Button component={Link} to={`/access/new-role?from=${encodeURIComponent(r.name)}`} size="xs" variant="default" leftSection={<Icon name="copy" size={14} />} aria-label={`Copy ${r.label}`}>
                      Copy
                    </Button>
                  )}
                  {may('role:delete') && (
                    <Button size="xs" variant="default" onClick={() => setGoing(r)} aria-label={`Delete ${r.label}`}>
                      Delete
                    </Button>
                  )}
                </Group>
              </Group>
            )}
          </Rows>
        )}
      </Loaded>
      <Confirm
        opened={going !== undefined}
        title={`Delete the role ${going?.label ?? ''}?`}
        action="Delete"
        change={remove}
        onConfirm={() => going && remove.mutate(going.name, { onSuccess: () => setGoing(undefined) })}
        onClose={() => setGoing(undefined)}
      >
        A role can be deleted when nobody has it. Milestones and gates that ask for it stay closed.
      </Confirm>
    </>
  );
}

const counted = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
