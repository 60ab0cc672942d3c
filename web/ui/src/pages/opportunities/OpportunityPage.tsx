import { Card, Grid, Group, Stack, Text, Title } from '@mantine/core';
import { Link, useParams } from 'react-router';
import { useOpportunity } from '../../api/queries';
import type { OpportunityView } from '../../api/types';
import { Figure } from '../../components/marks';
import { PageTitle } from '../../components/PageTitle';
import { Loaded } from '../../components/states';
import { formatDay, formatMoney, formatTime } from '../../format';
import { DetailsForm } from './DetailsForm';
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
      </PageTitle>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="md">
            <StagePanel opportunity={o} />
            <QuotesPanel opportunity={o.id} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="md">
            <DetailsForm key={o.version} opportunity={o} />
            <Way opportunity={o} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}

/** Where it came from, and the stages it went through. */
function Way({ opportunity: o }: { opportunity: OpportunityView }) {
  return (
    <Card component="section" aria-label="The way so far">
      <Title order={2} mb="xs">
        The way so far
      </Title>
      <Stack component="ol" gap={6} m={0} p={0} style={{ listStyle: 'none' }}>
        {o.lead_id && (
          <Text component="li" fz="sm">
            <Link to={`/leads/${encodeURIComponent(o.lead_id)}`}>The lead it came from</Link>
          </Text>
        )}
        {o.visits.map((v) => (
          <Group component="li" key={v.process_id + v.stage + v.entered_at} gap="xs" justify="space-between" wrap="nowrap">
            <Text fz="sm">{v.stage}</Text>
            <Text fz="xs" c="dimmed">
              {formatTime(v.entered_at)}
            </Text>
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
