import { Badge, Button, Group, Modal, MultiSelect, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useRoles, useSavePerson, useUnits, type Person } from '../../api/access';
import { useMay } from '../../api/grants';
import { useUsers } from '../../api/queries';
import { FormButtons } from '../../components/FormButtons';
import { Empty, Failed, Loaded } from '../../components/states';
import { Rows } from '../../components/Rows';

/** Who may sign in, with their roles. */
export function PeoplePanel() {
  const users = useUsers();
  const roles = useRoles();
  const units = useUnits();
  const may = useMay();
  const [name, setName] = useState('');
  const [open, setOpen] = useState<Person>();
  const labels = Object.fromEntries((roles.data?.items ?? []).map((r) => [r.name, r.label]));
  const places = Object.fromEntries((units.data?.items ?? []).map((u) => [u.id, u.name]));
  return (
    <>
      <TextInput type="search" label="Search" description="A part of the name" mb="md" value={name} onChange={(e) => setName(e.currentTarget.value)} />
      <Loaded query={users} what="people" rows={5}>
        {({ items }) => (
          <Rows
            label="People"
            items={items.filter((u) => u.name.includes(name.trim().toLowerCase()))}
            keyOf={(u) => u.id}
            empty={<Empty title={`Nobody is called “${name}”`}>People are added by the command “groundswell users add”.</Empty>}
          >
            {(u) => (
              <Group justify="space-between" py="sm" gap="xs">
                <Stack gap={4} miw={0} flex="1 1 12rem">
                  <Text fz="sm" fw={600}>
                    {u.name}
                  </Text>
                  <Group gap={6}>
                    {u.roles.map((r) => (
                      <Badge key={r} variant="light">
                        {labels[r] ?? r}
                      </Badge>
                    ))}
                    {u.roles.length === 0 && (
                      <Badge color="gray" variant="outline">
                        no role
                      </Badge>
                    )}
                    {u.unit_id && (
                      <Text fz="xs" c="dimmed">
                        {places[u.unit_id] ?? u.unit_id}
                      </Text>
                    )}
                  </Group>
                </Stack>
                {may('user:update') && (
                  <Button size="xs" variant="default" onClick={() => setOpen(u)} aria-label={`Change ${u.name}`}>
                    Change
                  </Button>
                )}
              </Group>
            )}
          </Rows>
        )}
      </Loaded>
      {open && <PersonForm key={open.id} person={open} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function PersonForm({ person, onClose }: { person: Person; onClose: () => void }) {
  const roles = useRoles();
  const units = useUnits();
  const save = useSavePerson(person);
  const [has, setHas] = useState(person.roles);
  const [unit, setUnit] = useState(person.unit_id);
  const top = units.data?.items.find((u) => u.parent_id === '');
  return (
    <Modal opened onClose={onClose} title={`Change ${person.name}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate({ roles: has, unit_id: unit }, { onSuccess: onClose });
        }}
      >
        <Stack gap="md">
          {save.error && <Failed error={save.error} />}
          <MultiSelect
            label="Roles"
            description="What any of them grants counts"
            error={roles.error?.message}
            data={(roles.data?.items ?? []).map((r) => ({ value: r.name, label: r.label }))}
            value={has}
            onChange={setHas}
          />
          <Select
            label="Business unit"
            allowDeselect={false}
            error={units.error?.message}
            data={(units.data?.items ?? []).map((u) => ({ value: u.id, label: u.name }))}
            value={unit || (top?.id ?? null)}
            onChange={(v) => setUnit(v === top?.id ? '' : (v ?? ''))}
          />
          <FormButtons label="Save" saving={save.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
