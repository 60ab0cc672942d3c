import { Badge, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useOpportunities } from '../../api/queries';
import type { Opportunity } from '../../api/types';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Listed } from '../../components/states';
import { known, useFilter } from '../../components/useFilter';
import { formatDay, formatMoney } from '../../format';
import { options, opportunityStates } from '../../vocabulary';

/** Sales that may come about, by where they stand. */
export default function OpportunitiesPage() {
  const [filter, setFilter] = useFilter('state');
  const state = known(filter.state, opportunityStates) ?? 'open';
  const list = useOpportunities({ state });
  return (
    <>
      <PageTitle title="Opportunities" about="Sales that may come about, the newest first." />
      <SegmentedControl mb="md" size="sm" aria-label="State" value={state} onChange={(v) => setFilter('state', v)} data={options(opportunityStates)} />
      <Listed
        list={list}
        what="Opportunities"
        keyOf={(o) => o.id}
        empty={<Empty title={`No opportunity is ${state}`}>An opportunity opens when sales accepts a lead.</Empty>}
      >
        {(o) => <Row opportunity={o} />}
      </Listed>
    </>
  );
}

function Row({ opportunity: o }: { opportunity: Opportunity }) {
  return (
    <Stack component="article" gap={6} py="sm" data-testid="opportunity" aria-label={`Opportunity ${o.name}`}>
      <Group gap={8} justify="space-between" wrap="nowrap" align="flex-start">
        <Link to={`/opportunities/${encodeURIComponent(o.id)}`} className="row-link">
          <Text fw={600} fz="sm" span className="row-link-name" dir="auto">
            {o.name}
          </Text>
        </Link>
        <Text fz="sm" fw={600} style={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>
          {formatMoney(o.amount)}
        </Text>
      </Group>
      <Group gap={6}>
        <Badge variant="light">{o.stage}</Badge>
        {o.state === 'open' && (
          <Text fz="xs" c="dimmed">
            {o.odds.percent} % · expected {formatDay(o.expected_close)}
          </Text>
        )}
        {o.state !== 'open' && (
          <Text fz="xs" c="dimmed" dir="auto">
            {formatDay(o.closed_at)} · {o.close_reason}
          </Text>
        )}
      </Group>
    </Stack>
  );
}
