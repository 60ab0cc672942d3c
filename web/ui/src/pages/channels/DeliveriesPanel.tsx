import { Anchor, Badge, Button, Group, Select, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { useRetryDelivery } from '../../api/changes';
import { useMay } from '../../api/grants';
import { useChannels, useDeliveries } from '../../api/queries';
import type { Delivery, DeliveryState } from '../../api/types';
import { Ago } from '../../components/Ago';
import { Empty, Listed } from '../../components/states';
import { known, useFilter } from '../../components/useFilter';
import { WordSelect } from '../../components/WordSelect';
import { formatTime } from '../../format';
import { deliveryStates, incidentStates } from '../../vocabulary';

/** What was told, waits, or failed, with its error; the newest first. */
export function DeliveriesPanel() {
  const [filter, setFilter] = useFilter('channel', 'state');
  const channels = useChannels();
  const deliveries = useDeliveries({ channel: filter.channel || undefined, state: known<DeliveryState>(filter.state, deliveryStates) });
  return (
    <section aria-label="Deliveries">
      <Group justify="space-between" align="flex-end" mb="sm">
        <Title order={2}>Deliveries</Title>
        <Group gap="sm">
          <Select
            label="Channel"
            placeholder="All"
            clearable
            clearButtonProps={{ 'aria-label': 'Channel: all' }}
            value={filter.channel || null}
            onChange={(v) => setFilter('channel', v ?? '')}
            data={[...(channels.data?.items ?? []).map((c) => c.name), 'notices']}
          />
          <WordSelect label="State" words={deliveryStates} value={filter.state} onChange={(v) => setFilter('state', v)} />
        </Group>
      </Group>
      <Listed
        list={deliveries}
        what="deliveries"
        keyOf={(d) => d.id}
        empty={<Empty title="Nothing was told">What goes to a channel stands here, with its error when it does not arrive.</Empty>}
      >
        {(d) => <DeliveryRow delivery={d} />}
      </Listed>
    </section>
  );
}

const colors: Record<DeliveryState, string> = { waiting: 'caution', delivered: 'positive', failed: 'negative', dropped: 'gray' };

function DeliveryRow({ delivery: d }: { delivery: Delivery }) {
  const retry = useRetryDelivery();
  const may = useMay();
  return (
    <Stack gap={2} py="sm" data-testid="delivery">
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <Text fz="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {d.channel}: {d.type === 'incident' ? (
            <Anchor component={Link} to={`/incidents/${d.incident_id}`} inherit>
              {what(d)}
            </Anchor>
          ) : (
            what(d)
          )}
        </Text>
        <Badge color={colors[d.state]} variant="light" style={{ flex: 'none' }}>
          {deliveryStates[d.state]}
        </Badge>
      </Group>
      <Text fz="xs" c="dimmed">
        <Ago time={d.created_at} />
        {d.route && `, route ${d.route}`}
        {d.attempts > 1 && `, ${d.attempts} attempts`}
        {d.told_with && ', told with others in one message'}
        {d.state === 'waiting' && d.next_at && `, next ${formatTime(d.next_at)}`}
        {d.held && ` (${d.held})`}
      </Text>
      {d.error && (
        <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
          {d.error}
        </Text>
      )}
      {d.state === 'failed' && may('channel:update') && (
        <Group gap="sm" mt={4}>
          <Button size="xs" variant="default" loading={retry.isPending} aria-label={`Try again: ${d.channel}, ${what(d)}`} onClick={() => retry.mutate(d.id)}>
            Try again
          </Button>
          <Text fz="sm" role="status" style={{ overflowWrap: 'anywhere' }}>
            {retry.error?.message}
          </Text>
        </Group>
      )}
    </Stack>
  );
}

function what(d: Delivery): string {
  if (d.type === 'notice') return d.title;
  if (d.type === 'digest') return `digest ${d.title}`;
  if (d.type === 'mention') return `a mention of ${d.title}`;
  const state = known(d.phase, incidentStates);
  return `${d.title}, ${state ? incidentStates[state].toLowerCase() : d.phase}${d.escalation > 0 ? `, escalation ${d.escalation}` : ''}`;
}
