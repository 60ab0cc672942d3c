import { Anchor, Badge, Button, Group, List, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Link } from 'react-router';
import { useAcknowledge } from '../api/changes';
import { useMay } from '../api/grants';
import type { Incident } from '../api/types';
import { incidentKinds, labels } from '../vocabulary';
import { Ago } from './Ago';
import { Icon } from './Icon';
import { SeverityMark, StateMark } from './marks';

interface Props {
  incident: Incident;
  /** How many reasons to show; all when left out. */
  reasons?: number;
}

/** An incident with what speaks for it. */
export function IncidentCard({ incident, reasons = incident.reasons.length }: Props) {
  const page = `/incidents/${encodeURIComponent(incident.id)}`;
  const more = incident.reasons.length - reasons;
  return (
    <Stack component="article" gap={8} py="sm" data-testid="incident" aria-label={`${incidentKinds[incident.kind]} about ${incident.monitor}`}>
      <Group gap={8} justify="space-between" align="flex-start" wrap="nowrap">
        <Anchor component={Link} to={page} fw={650} c="inherit" underline="hover" data-opens>
          {incidentKinds[incident.kind] ?? incident.kind}: {incident.monitor || 'a deleted monitor'}
        </Anchor>
        <Ago time={incident.opened_at} style={{ whiteSpace: 'nowrap' }} />
      </Group>
      <Group gap={6}>
        <StateMark incident={incident} />
        <SeverityMark severity={incident.severity} />
        {incident.assignee && (
          <Badge variant="outline" color="gray" leftSection={<Icon name="contacts" size={12} />} styles={{ label: { color: 'var(--mantine-color-text)' } }}>
            {incident.assignee}
          </Badge>
        )}
        {incident.label && (
          <Badge variant="light" color={incident.label === 'right' ? 'brand' : 'gray'}>
            {labels[incident.label]}
          </Badge>
        )}
      </Group>
      <Reasons reasons={incident.reasons.slice(0, reasons)} />
      {more > 0 && (
        <Anchor component={Link} to={page} fz="sm">
          {more} more {more === 1 ? 'reason' : 'reasons'}
        </Anchor>
      )}
      <Acknowledge incident={incident} />
    </Stack>
  );
}

export function Reasons({ reasons }: { reasons: string[] }) {
  if (reasons.length === 0) return null;
  return (
    <List fz="sm" spacing={2} data-testid="reasons">
      {reasons.map((reason, i) => (
        <List.Item key={i}>{reason}</List.Item>
      ))}
    </List>
  );
}

/** Tells the others that somebody takes care, or says who does. */
export function Acknowledge({ incident }: { incident: Incident }) {
  const acknowledge = useAcknowledge();
  const may = useMay();
  if (incident.acknowledged_at) {
    return (
      <Group gap={6}>
        <Badge variant="light" color="brand" leftSection={<Icon name="check" size={12} />}>
          Acknowledged
        </Badge>
        <Text fz="xs" c="dimmed">
          by {incident.acknowledged_by || 'somebody'}, <Ago time={incident.acknowledged_at} />
        </Text>
      </Group>
    );
  }
  if (incident.state === 'resolved' || !may('incident:update')) return null;
  return (
    <Button
      size="xs"
      variant="light"
      style={{ alignSelf: 'flex-start' }}
      loading={acknowledge.isPending}
      leftSection={<Icon name="check" size={14} />}
      onClick={() =>
        acknowledge.mutate(incident.id, {
          onError: (e) => notifications.show({ color: 'negative', title: 'Not acknowledged', message: e.message }),
        })
      }
    >
      Acknowledge
    </Button>
  );
}
