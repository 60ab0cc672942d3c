import { Anchor, Card, Group, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { Incident } from '../../api/types';
import { Acknowledge, Reasons } from '../../components/IncidentCard';
import { networkName } from '../../vocabulary';

/** What speaks for an incident, with links to what was said. */
export function ReasonsPanel({ incident }: { incident: Incident }) {
  return (
    <Card component="section" aria-label="Reasons">
      <Title order={2} mb="xs">
        What speaks for it
      </Title>
      {incident.reasons.length > 0 ? <Reasons reasons={incident.reasons} /> : <Text fz="sm">The detector gave no reason.</Text>}
      <Links name="Driven by" values={incident.terms} to={(term) => mentionsOf(incident, { text: term.replace(/^#/, '') })} />
      <Links name="Networks" values={incident.networks} label={networkName} to={(network) => mentionsOf(incident, { network })} />
      <Group mt="md">
        <Acknowledge incident={incident} />
      </Group>
    </Card>
  );
}

/** The address of the mentions of an incident, narrowed. */
function mentionsOf(incident: Incident, filter: Record<string, string>): string {
  const from = new Date(Date.parse(incident.opened_at) - 3_600_000).toISOString();
  return `/mentions?${new URLSearchParams({ monitor: incident.monitor_id, from, ...(incident.resolved_at ? { until: incident.resolved_at } : {}), ...filter }).toString()}`;
}

interface LinksProps {
  name: string;
  values: string[];
  label?: (value: string) => string;
  to: (value: string) => string;
}

function Links({ name, values, label = (value) => value, to }: LinksProps) {
  if (values.length === 0) return null;
  return (
    <Group gap={8} mt="xs">
      <Text fz="sm" c="dimmed">
        {name}
      </Text>
      {values.map((value) => (
        <Anchor key={value} component={Link} to={to(value)} fz="sm" dir="auto">
          {label(value)}
        </Anchor>
      ))}
    </Group>
  );
}
