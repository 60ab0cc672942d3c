import { Card, Grid, Group, Stack, Text, Timeline, Title } from '@mantine/core';
import { useParams } from 'react-router';
import { useClock } from '../../api/clock';
import { useIncident, useMentions, useSeriesBetween } from '../../api/queries';
import { mentionKey } from '../../api/live';
import type { Incident, Mention, Step } from '../../api/types';
import { Acknowledge, Reasons } from '../../components/IncidentCard';
import { SeverityMark, StateMark } from '../../components/marks';
import { MentionRow } from '../../components/MentionRow';
import { PageTitle } from '../../components/PageTitle';
import { SeriesChart } from '../../components/SeriesChart';
import { Empty, Loaded } from '../../components/states';
import { formatTime } from '../../format';
import { incidentKinds } from '../../vocabulary';

/** One incident: why it was opened, how it went and what was said. */
export default function IncidentPage() {
  const { id = '' } = useParams();
  const incident = useIncident(id);
  return (
    <Loaded query={incident} what="the incident" rows={6}>
      {(data) => <Detail incident={data} />}
    </Loaded>
  );
}

function Detail({ incident }: { incident: Incident }) {
  return (
    <>
      <PageTitle title={`${incidentKinds[incident.kind] ?? incident.kind}: ${incident.monitor}`} about={`Opened ${formatTime(incident.opened_at)}`}>
        <StateMark incident={incident} />
        <SeverityMark severity={incident.severity} />
      </PageTitle>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5, lg: 4 }}>
          <Stack gap="md">
            <Card component="section" aria-label="Reasons">
              <Title order={2} mb="xs">
                What speaks for it
              </Title>
              {incident.reasons.length > 0 ? <Reasons reasons={incident.reasons} /> : <Text fz="sm">The detector gave no reason.</Text>}
              <Group mt="md">
                <Acknowledge incident={incident} />
              </Group>
            </Card>
            <Life incident={incident} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7, lg: 8 }}>
          <Stack gap="md">
            <Curve incident={incident} />
            <TopMentions incident={incident} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}

function Life({ incident }: { incident: Incident }) {
  const steps = [
    ['Opened', incident.opened_at],
    ['Acknowledged', incident.acknowledged_at],
    ['Peak', incident.peak_at],
    ['Resolved', incident.resolved_at],
  ].filter((step): step is [string, string] => step[1] !== null);
  steps.sort((a, b) => Date.parse(a[1]) - Date.parse(b[1]));
  return (
    <Card component="section" aria-label="How it went">
      <Title order={2} mb="sm">
        How it went
      </Title>
      <Timeline active={steps.length - 1} bulletSize={14} lineWidth={2}>
        {steps.map(([name, at]) => (
          <Timeline.Item key={name} title={name}>
            <Text fz="xs" c="dimmed" component="time" dateTime={at}>
              {formatTime(at)}
            </Text>
          </Timeline.Item>
        ))}
      </Timeline>
    </Card>
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
      <Loaded query={series} what="the chart" rows={4}>
        {(data) => <SeriesChart series={data} span="around this incident" incidents={[incident]} />}
      </Loaded>
    </Card>
  );
}

const candidates = 200;
const top = 10;

function TopMentions({ incident }: { incident: Incident }) {
  const negative = incident.kind === 'firestorm';
  const mentions = useMentions(
    {
      monitor: incident.monitor_id,
      polarity: negative ? 'negative' : incident.kind === 'praise' ? 'positive' : undefined,
      from: incident.opened_at,
      until: incident.resolved_at ?? undefined,
    },
    candidates,
  );
  return (
    <Card component="section" aria-label="Top mentions">
      <Title order={2}>Top mentions</Title>
      <Text fz="xs" c="dimmed">
        By engagement, then reach, of the {candidates} newest since it was opened
      </Text>
      <Loaded query={mentions} what="mentions">
        {(data) => {
          const items = topOf(data.pages[0]?.items ?? []);
          if (items.length === 0) return <Empty title="No mentions in this time" />;
          return (
            <div className="rows">
              {items.map((m) => (
                <MentionRow key={mentionKey(m)} mention={m} />
              ))}
            </div>
          );
        }}
      </Loaded>
    </Card>
  );
}

function topOf(mentions: Mention[]): Mention[] {
  return mentions.toSorted((a, b) => b.engagement - a.engagement || b.reach - a.reach).slice(0, top);
}
