import { Button, Card, Group, Menu, Select, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useChangeIncident, type IncidentChange } from '../../api/changes';
import { clock } from '../../api/clock';
import { useIncidents, useUsers } from '../../api/queries';
import type { Incident } from '../../api/types';
import { Failed } from '../../components/states';
import { formatTime } from '../../format';
import { incidentKinds, labels } from '../../vocabulary';

const hour = 3_600_000;
const silences: [string, number][] = [
  ['For an hour', hour],
  ['For 4 hours', 4 * hour],
  ['For a day', 24 * hour],
  ['For a week', 7 * 24 * hour],
];

/** What a person can do about an incident. */
export function CarePanel({ incident }: { incident: Incident }) {
  const change = useChangeIncident();
  const users = useUsers();
  const [merging, setMerging] = useState(false);
  const make = (change_: IncidentChange, done: string) =>
    change.mutate({ incident, change: change_ }, { onSuccess: () => notifications.show({ message: done }) });
  const over = incident.state === 'resolved';
  return (
    <Card component="section" aria-label="What to do">
      <Title order={2} mb="xs">
        What to do
      </Title>
      <Stack gap="sm">
        {change.error && <Failed error={change.error} />}
        <Select
          label="Assignee"
          placeholder="Nobody"
          clearable
          clearButtonProps={{ 'aria-label': 'Assign to nobody' }}
          disabled={change.isPending}
          data={(users.data?.items ?? []).map((u) => u.name)}
          error={users.error?.message}
          value={incident.assignee || null}
          onChange={(user) => make({ assign: user ?? '' }, user ? `Assigned to ${user}` : 'Assigned to nobody')}
        />
        {incident.silenced_until && Date.parse(incident.silenced_until) > clock.now() && (
          <Group gap="xs">
            <Text fz="sm">Nobody is told before {formatTime(incident.silenced_until)}.</Text>
            <Button size="xs" variant="default" loading={change.isPending} onClick={() => make({ silence: '' }, 'The silence has ended')}>
              End the silence
            </Button>
          </Group>
        )}
        <Group gap="xs">
          {!over && (
            <Menu withinPortal>
              <Menu.Target>
                <Button size="xs" variant="default" loading={change.isPending}>
                  Silence
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {silences.map(([name, length]) => (
                  <Menu.Item key={name} onClick={() => make({ silence: new Date(clock.now() + length).toISOString() }, 'Nobody is told of it for a while')}>
                    {name}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
          {incident.merged_into ? (
            <Button size="xs" variant="default" loading={change.isPending} onClick={() => make({ merge: '' }, 'Separated')}>
              Separate
            </Button>
          ) : (
            <Button size="xs" variant="default" aria-expanded={merging} onClick={() => setMerging(!merging)}>
              Merge
            </Button>
          )}
        </Group>
        {merging && !incident.merged_into && <Merge incident={incident} onMerge={(into) => make({ merge: into }, 'Merged')} />}
        <LabelChoice incident={incident} pending={change.isPending} onLabel={(label) => make({ label }, label ? `Labelled: ${labels[label]}` : 'The label was taken back')} />
      </Stack>
    </Card>
  );
}

/** Chooses the incident that this one becomes a part of. */
function Merge({ incident, onMerge }: { incident: Incident; onMerge: (into: string) => void }) {
  const incidents = useIncidents();
  const others = (incidents.data?.pages.flatMap((p) => p.items) ?? []).filter((i) => i.id !== incident.id);
  return (
    <Select
      label="Merge into"
      description="Both keep their history; the other one tells of both. It can be undone."
      placeholder={others.length === 0 ? 'There is no other incident' : 'Choose an incident'}
      searchable
      data={others.map((i) => ({ value: i.id, label: `${incidentKinds[i.kind] ?? i.kind}: ${i.monitor}, ${formatTime(i.opened_at)}` }))}
      error={incidents.error?.message}
      value={null}
      onChange={(into) => into && onMerge(into)}
    />
  );
}

interface LabelProps {
  incident: Incident;
  pending: boolean;
  onLabel: (label: keyof typeof labels | '') => void;
}

/** Says whether the alarm was right, which backtests learn from. */
function LabelChoice({ incident, pending, onLabel }: LabelProps) {
  return (
    <Stack gap={4} role="group" aria-label="Was it right?">
      <Text fz="sm" fw={500}>
        Was it right?
      </Text>
      <Group gap="xs">
        {(Object.keys(labels) as (keyof typeof labels)[]).map((label) => {
          const set = incident.label === label;
          return (
            <Button key={label} size="xs" variant={set ? 'filled' : 'default'} aria-pressed={set} disabled={pending} onClick={() => onLabel(set ? '' : label)}>
              {labels[label]}
            </Button>
          );
        })}
      </Group>
      {incident.labelled_by && incident.labelled_at && (
        <Text fz="xs" c="dimmed">
          by {incident.labelled_by}, {formatTime(incident.labelled_at)}
        </Text>
      )}
    </Stack>
  );
}
