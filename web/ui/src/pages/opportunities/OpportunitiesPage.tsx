import { Badge, Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useMay } from '../../api/grants';
import { useReasons } from '../../api/leads';
import { useOpportunities } from '../../api/queries';
import type { Opportunity } from '../../api/types';
import { Icon } from '../../components/Icon';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Listed } from '../../components/states';
import { known, useFilter } from '../../components/useFilter';
import { formatDate, formatDay, formatMoney } from '../../format';
import { options } from '../../vocabulary';
import { opportunityStates } from '../../vocabulary-crm';
import { NewOpportunity } from './NewOpportunity';

/** Sales that may come about, by where they stand. */
export default function OpportunitiesPage() {
  const [filter, setFilter] = useFilter('state');
  const state = known(filter.state, opportunityStates) ?? 'open';
  const list = useOpportunities({ state });
  const reasons = useReasons(state === 'lost' ? 'lost' : 'won').data?.items ?? [];
  const may = useMay();
  const [entering, setEntering] = useState(false);
  return (
    <>
      <PageTitle title="Opportunities" about="Sales that may come about, the newest first.">
        {may('opportunity:create') && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setEntering(true)}>
            New opportunity
          </Button>
        )}
      </PageTitle>
      <SegmentedControl mb="md" size="sm" aria-label="State" value={state} onChange={(v) => setFilter('state', v)} data={options(opportunityStates)} />
      <Listed
        list={list}
        what="Opportunities"
        keyOf={(o) => o.id}
        empty={<Empty title={`No opportunity is ${state}`}>An opportunity opens when sales accepts a lead, or is entered here.</Empty>}
      >
        {(o) => <Row opportunity={o} reason={reasons.find((r) => r.code === o.close_reason)?.label ?? o.close_reason} />}
      </Listed>
      {entering && <NewOpportunity onClose={() => setEntering(false)} />}
    </>
  );
}

function Row({ opportunity: o, reason }: { opportunity: Opportunity; reason: string }) {
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
      <Text fz="xs" c="dimmed" dir="auto">
        {[o.account_name, o.contact_name, o.owner_name && `with ${o.owner_name}`].filter(Boolean).join(' · ')}
      </Text>
      <Group gap={6}>
        <Badge variant="light">{o.stage}</Badge>
        {o.state === 'open' && (
          <Text fz="xs" c="dimmed">
            {[o.odds && `${o.odds.percent} %`, `expected ${formatDate(o.expected_close)}`].filter(Boolean).join(' · ')}
          </Text>
        )}
        {o.state !== 'open' && (
          <Text fz="xs" c="dimmed" dir="auto">
            {[formatDay(o.closed_at), reason, o.close_comment].filter(Boolean).join(' · ')}
          </Text>
        )}
      </Group>
    </Stack>
  );
}
