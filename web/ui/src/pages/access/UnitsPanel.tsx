import { Button, Card, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useDeleteUnit, useSaveUnit, useUnits, type Unit } from '../../api/access';
import { Problem } from '../../api/client';
import { useMay } from '../../api/grants';
import { useUsers } from '../../api/queries';
import { Confirm } from '../../components/Confirm';
import { FormButtons } from '../../components/FormButtons';
import { Icon } from '../../components/Icon';
import { PersonSelect } from '../../components/People';
import { Failed, Loaded } from '../../components/states';

/** Business units are a tree with the company at its top. */
export function UnitsPanel() {
  const units = useUnits();
  const may = useMay();
  const [open, setOpen] = useState<Unit | 'new'>();
  const [going, setGoing] = useState<Unit>();
  const remove = useDeleteUnit();
  return (
    <>
      {may('unit:create') && (
        <Button mb="md" leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen('new')}>
          New business unit
        </Button>
      )}
      <Loaded query={units} what="business units">
        {({ items }) => (
          <Card component="ul" m={0} py="xs" style={{ listStyle: 'none' }} aria-label="Business units">
            <Branch all={items} parent="" onOpen={setOpen} onDelete={setGoing} />
          </Card>
        )}
      </Loaded>
      {open && <UnitForm key={open === 'new' ? 'new' : open.id} unit={open === 'new' ? undefined : open} all={units.data?.items ?? []} onClose={() => setOpen(undefined)} />}
      <Confirm
        opened={going !== undefined}
        title={`Delete ${going?.name ?? ''}?`}
        action="Delete"
        change={remove}
        onConfirm={() => going && remove.mutate(going.id, { onSuccess: () => setGoing(undefined) })}
        onClose={() => setGoing(undefined)}
      >
        A unit can be deleted when nobody is in it and none is below it.
      </Confirm>
    </>
  );
}

interface BranchProps {
  all: Unit[];
  parent: string;
  onOpen: (u: Unit) => void;
  onDelete: (u: Unit) => void;
}

function Branch({ all, parent, onOpen, onDelete }: BranchProps) {
  const may = useMay();
  const users = useUsers();
  return all
    .filter((u) => u.parent_id === parent)
    .map((u) => {
      const people = (users.data?.items ?? []).filter((p) => p.unit_id === u.id || (parent === '' && p.unit_id === '')).map((p) => p.name);
      const manager = (users.data?.items ?? []).find((p) => p.id === u.manager_id)?.name;
      return (
        <li key={u.id}>
          <Group justify="space-between" py={6} gap="xs">
            <Stack gap={0} miw={0} flex="1 1 10rem">
              <Text fz="sm" fw={600} dir="auto">
                {u.name}
              </Text>
              <Text fz="xs" c="dimmed">
                {people.slice(0, 8).join(', ') || 'nobody'}
                {people.length > 8 && ` and ${people.length - 8} more`}
                {manager && ` · managed by ${manager}`}
              </Text>
            </Stack>
            <Group gap="xs">
              {may('unit:update') && (
                <Button size="xs" variant="default" onClick={() => onOpen(u)} aria-label={`Change ${u.name}`}>
                  Change
                </Button>
              )}
              {may('unit:delete') && parent !== '' && (
                <Button size="xs" variant="default" onClick={() => onDelete(u)} aria-label={`Delete ${u.name}`}>
                  Delete
                </Button>
              )}
            </Group>
          </Group>
          {all.some((c) => c.parent_id === u.id) && (
            <ul className="branch">
              <Branch all={all} parent={u.id} onOpen={onOpen} onDelete={onDelete} />
            </ul>
          )}
        </li>
      );
    });
}

function UnitForm({ unit, all, onClose }: { unit: Unit | undefined; all: Unit[]; onClose: () => void }) {
  const save = useSaveUnit(unit);
  const top = all.find((u) => u.parent_id === '');
  const [name, setName] = useState(unit?.name ?? '');
  const [manager, setManager] = useState(unit?.manager_id ?? '');
  const [parent, setParent] = useState(unit ? unit.parent_id : (top?.id ?? ''));
  const told = save.error instanceof Problem ? save.error.fields : {};
  const isTop = unit !== undefined && unit.parent_id === '';
  return (
    <Modal opened onClose={onClose} title={unit ? `Change ${unit.name}` : 'New business unit'}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate({ name, manager_id: manager, ...(isTop ? {} : { parent_id: parent }) }, { onSuccess: onClose });
        }}
      >
        <Stack gap="md">
          {save.error && <Failed error={save.error} />}
          <TextInput label="Name" required maxLength={200} data-autofocus value={name} error={told.name} onChange={(e) => setName(e.currentTarget.value)} />
          {!isTop && (
            <Select
              label="Below"
              description="Who is above sees what is owned below, at the level “unit”"
              allowDeselect={false}
              error={told.parent_id}
              data={all.filter((u) => u.id !== unit?.id).map((u) => ({ value: u.id, label: u.name }))}
              value={parent}
              onChange={(v) => setParent(v ?? '')}
            />
          )}
          <PersonSelect label="Manager" description="Is told of what its people let wait; nobody: who manages the unit above" value={manager} onChange={setManager} error={told.manager_id} />
          <FormButtons label="Save" saving={save.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
