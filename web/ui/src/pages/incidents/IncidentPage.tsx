import { Anchor, Card, Grid, Stack, Text, Title } from '@mantine/core';
import { Link, useParams } from 'react-router';
import { useClock } from '../../api/clock';
import { useIncident, useSeriesBetween } from '../../api/queries';
import type { Incident, Step } from '../../api/types';
import { LoadedPage } from '../../components/LoadedPage';
import { May } from '../../components/May';
import { SeverityMark, StateMark } from '../../components/marks';
import { PageTitle } from '../../components/PageTitle';
import { SeriesChart } from '../../components/SeriesChart';
import { Loaded } from '../../components/states';
import { formatTime } from '../../format';
import { incidentKinds } from '../../vocabulary';
import { CarePanel } from './CarePanel';
import { HistoryPanel } from './HistoryPanel';
import { IdeasPanel } from './IdeasPanel';
import { PeoplePanel } from './PeoplePanel';
import { PostsPanel } from './PostsPanel';
import { ReasonsPanel } from './ReasonsPanel';

const up = { to: '/incidents', name: 'Incidents' };

/** One incident: why it was opened, how it went, what was said, by whom, and what was done. */
export default function IncidentPage() {
  const { id = '' } = useParams();
  const incident = useIncident(id);
  return (
    <LoadedPage query={incident} title="Incident" up={up}>
      {(data) => <Detail key={data.id} incident={data} />}
    </LoadedPage>
  );
}

function Detail({ incident }: { incident: Incident }) {
  return (
    <>
      <PageTitle title={`${incidentKinds[incident.kind] ?? incident.kind}: ${incident.monitor || 'a deleted monitor'}`} up={up} about={<Times incident={incident} />}>
        <StateMark incident={incident} />
        <SeverityMark severity={incident.severity} />
      </PageTitle>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5, lg: 4 }}>
          <Stack gap="md">
            <ReasonsPanel incident={incident} />
            <May grant="incident:update">
              <CarePanel incident={incident} />
            </May>
            <HistoryPanel incident={incident} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7, lg: 8 }}>
          <Stack gap="md">
            <Curve incident={incident} />
            <PostsPanel incident={incident} />
            <PeoplePanel incident={incident} />
            <IdeasPanel incident={incident} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}

function Times({ incident }: { incident: Incident }) {
  const times = [`Opened ${formatTime(incident.opened_at)}`];
  if (incident.peak_at) times.push(`peak ${formatTime(incident.peak_at)}`);
  if (incident.resolved_at) times.push(`resolved ${formatTime(incident.resolved_at)}`);
  return (
    <>
      {times.join(', ')}
      {incident.merged_into && (
        <>
          . It is a part of{' '}
          <Anchor component={Link} to={`/incidents/${encodeURIComponent(incident.merged_into)}`} fz="sm">
            another incident
          </Anchor>
          , which tells of it.
        </>
      )}
    </>
  );
}

const hour = 3_600_000;

/** The time to show round an incident: an hour before it for comparison, up to now while it lasts. */
export function windowOf(incident: Incident, now: number): { from: string; until: string; step: Step } {
  const opened = Date.parse(incident.opened_at);
  const resolved = incident.resolved_at ? Date.parse(incident.resolved_at) + hour / 2 : undefined;
  const length = Math.max(0, (resolved ?? now) - opened) + hour;
  const step = length <= 4 * hour ? '1m' : length <= 24 * hour ? '5m' : length <= 14 * 24 * hour ? '1h' : '1d';
  return { from: new Date(opened - hour).toISOString(), until: resolved ? new Date(resolved).toISOString() : '', step };
}

function Curve({ incident }: { incident: Incident }) {
  const step = useClock((clock) => windowOf(incident, clock.now()).step);
  const { from, until } = windowOf(incident, 0);
  const series = useSeriesBetween(incident.monitor_id, from, until, step);
  return (
    <Card component="section" aria-label="Volume and sentiment">
      <Title order={2} mb="xs">
        Volume and sentiment around it
      </Title>
      {incident.monitor ? (
        <Loaded query={series} what="the chart" rows={4}>
          {(data) => <SeriesChart series={data} span="around this incident" incidents={[incident]} life />}
        </Loaded>
      ) : (
        <Text fz="sm" c="dimmed">
          Its monitor is deleted, and its counts with it.
        </Text>
      )}
    </Card>
  );
}
