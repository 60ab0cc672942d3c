import { Badge, Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useRoles, useUnits, type Person } from '../../api/access';
import { useMay } from '../../api/grants';
import { useUsers } from '../../api/queries';
import { Icon } from '../../components/Icon';
import { Rows } from '../../components/Rows';
import { Empty, Loaded } from '../../components/states';
import { PersonForm } from './PersonForm';

/** Who may sign in, with their roles. */
export function PeoplePanel() {
  const [keptOut, showKeptOut] = useState(false);
  const users = useUsers(keptOut);
  const roles = useRoles();
  const units = useUnits();
  const may = useMay();
  const [name, setName] = useState('');
  const [open, setOpen] = useState<Person | 'new'>();
  const labels = Object.fromEntries((roles.data?.items ?? []).map((r) => [r.name, r.label]));
  const places = Object.fromEntries((units.data?.items ?? []).map((u) => [u.id, u.name]));
  return (
    <>
      <Group align="flex-end" justify="space-between" mb="md" gap="sm">
        <Group align="flex-end" gap="md">
          <TextInput type="search" label="Search" description="A part of the name" value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <Checkbox label="Show who is kept out" checked={keptOut} onChange={(e) => showKeptOut(e.currentTarget.checked)} mb={8} />
        </Group>
        {may('user:create') && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen('new')}>
            Add somebody
          </Button>
        )}
      </Group>
      <Loaded query={users} what="people" rows={5}>
        {({ items }) => (
          <Rows label="People" items={items.filter((u) => u.name.includes(name.trim().toLowerCase()))} keyOf={(u) => u.id} empty={<Empty title={`Nobody is called “${name}”`} />}>
            {(u) => (
              <Group justify="space-between" py="sm" gap="xs">
                <Stack gap={4} miw={0} flex="1 1 12rem">
                  <Text fz="sm" fw={600}>
                    {u.name}
                  </Text>
                  {u.email && (
                    <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                      {u.email}
                    </Text>
                  )}
                  <Group gap={6}>
                    {u.disabled && <Badge color="negative" variant="light">kept out</Badge>}
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
      {open && <PersonForm key={open === 'new' ? 'new' : open.id} person={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} />}
    </>
  );
}
