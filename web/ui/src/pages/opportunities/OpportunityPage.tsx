import { Grid, Group, Stack } from '@mantine/core';
import { useParams } from 'react-router';
import { useOpportunity } from '../../api/queries';
import type { OpportunityView } from '../../api/types';
import { Figure } from '../../components/marks';
import { PageTitle } from '../../components/PageTitle';
import { SightButton } from '../../components/SightButton';
import { Loaded } from '../../components/states';
import { formatDay, formatMoney } from '../../format';
import { CasePanel } from './CasePanel';
import { DetailsForm } from './DetailsForm';
import { EstimatePanel } from './EstimatePanel';
import { QuotesPanel } from './QuotesPanel';
import { StagePanel } from './StagePanel';

/** One opportunity: where it stands, what it takes to go on, what it is worth. */
export default function OpportunityPage() {
  const { id = '' } = useParams();
  return (
    <Loaded query={useOpportunity(id)} what="the opportunity" rows={5}>
      {(o) => <Detail key={o.id} opportunity={o} />}
    </Loaded>
  );
}

function Detail({ opportunity: o }: { opportunity: OpportunityView }) {
  return (
    <>
      <PageTitle title={o.name} about={`${o.process_name}, ${o.stage}`}>
        <Group gap="lg">
          <Figure value={formatMoney(o.amount)} name="value" />
          <Figure value={`${o.odds.percent} %`} name={o.odds.reason ? 'odds, said by hand' : 'odds'} />
          <Figure value={formatDay(o.state === 'open' ? o.expected_close : o.closed_at)} name={o.state === 'open' ? 'expected close' : o.state} />
        </Group>
        <SightButton record={{ type: 'opportunity', id: o.id }} owner={o.owner_id} />
      </PageTitle>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="md">
            <StagePanel opportunity={o} />
            {o.estimate && <EstimatePanel estimate={o.estimate} odds={o.odds.percent} />}
            <QuotesPanel opportunity={o.id} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="md">
            <DetailsForm key={o.version} opportunity={o} />
            <CasePanel opportunity={o.id} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}
