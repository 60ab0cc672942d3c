import { Button, Grid, Group, Stack } from '@mantine/core';
import { useState } from 'react';
import { useParams } from 'react-router';
import { useMay } from '../../api/grants';
import { useOpportunity } from '../../api/queries';
import type { OpportunityView } from '../../api/types';
import { Editing } from '../../components/Editing';
import { LoadedPage } from '../../components/LoadedPage';
import { Figure } from '../../components/marks';
import { PageTitle } from '../../components/PageTitle';
import { SightButton } from '../../components/SightButton';
import { formatDate, formatDay, formatMoney } from '../../format';
import { CasePanel } from './CasePanel';
import { DetailsForm } from './DetailsForm';
import { EstimatePanel } from './EstimatePanel';
import { OddsForm } from './OddsForm';
import { OrdersPanel } from './OrdersPanel';
import { QuotesPanel } from './QuotesPanel';
import { StagePanel } from './StagePanel';

const up = { to: '/opportunities', name: 'Opportunities' };

/** One opportunity: where it stands, what it takes to go on, what it is worth. */
export default function OpportunityPage() {
  const { id = '' } = useParams();
  return (
    <LoadedPage query={useOpportunity(id)} title="Opportunity" up={up} record={{ type: 'opportunity', id }}>
      {(o) => <Detail key={o.id} opportunity={o} />}
    </LoadedPage>
  );
}

function Detail({ opportunity: o }: { opportunity: OpportunityView }) {
  const may = useMay();
  const [estimating, setEstimating] = useState(false);
  return (
    <>
      <PageTitle title={o.name} up={up} about={`${o.process_name}, ${o.stage}`}>
        <Group gap="lg">
          <Figure value={formatMoney(o.amount)} name="value" />
          {o.state === 'open' && o.odds && <Figure value={`${o.odds.percent} %`} name={o.odds.reason ? 'odds, said by hand' : 'odds'} />}
          <Figure value={o.state === 'open' ? formatDate(o.expected_close) : formatDay(o.closed_at)} name={o.state === 'open' ? 'expected close' : o.state} />
        </Group>
        {o.state === 'open' && o.odds && may('opportunity:update') && (
          <Button variant="default" onClick={() => setEstimating(true)}>
            Odds
          </Button>
        )}
        <SightButton record={{ type: 'opportunity', id: o.id }} owner={o.owner_id} version={o.version} />
      </PageTitle>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="md">
            <StagePanel opportunity={o} />
            {o.estimate && o.odds && <EstimatePanel estimate={o.estimate} odds={o.odds.percent} />}
            {may('quote:read') && <QuotesPanel opportunity={o} />}
            {may('order:read') && <OrdersPanel opportunity={o.id} />}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="md">
            <Editing read={o}>{(from, saved) => <DetailsForm opportunity={from} onSaved={saved} />}</Editing>
            <CasePanel opportunity={o.id} />
          </Stack>
        </Grid.Col>
      </Grid>
      {estimating && o.odds && <OddsForm opportunity={o} odds={o.odds} onClose={() => setEstimating(false)} />}
    </>
  );
}
