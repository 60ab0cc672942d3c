import { Accordion, Alert, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useSources } from '../../api/queries';
import type { Source } from '../../api/types';
import { Ago } from '../../components/Ago';
import { Figure, SourceMark } from '../../components/marks';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Loaded } from '../../components/states';
import { formatCompact, formatLength, formatTime } from '../../format';
import { networkName } from '../../vocabulary';

/** Whether every source is heard, how far it lies behind and what it missed. */
export default function SourcesPage() {
  const sources = useSources();
  return (
    <>
      <PageTitle title="Sources" about="Connections to networks: their health, lag and gaps." />
      <Loaded query={sources} what="sources">
        {(data) =>
          data.items.length === 0 ? (
            <Card>
              <Empty title="No sources">Name the networks to listen to in the configuration file, and restart Groundswell.</Empty>
            </Card>
          ) : (
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
              {data.items.map((s) => (
                <SourceCard key={s.name} source={s} />
              ))}
            </SimpleGrid>
          )
        }
      </Loaded>
    </>
  );
}

function SourceCard({ source }: { source: Source }) {
  return (
    <Card component="article" aria-label={`Source ${source.name}`} data-testid="source">
      <Group justify="space-between" mb="sm" wrap="nowrap" align="flex-start">
        <div>
          <Title order={2}>{source.name}</Title>
          <Text fz="xs" c="dimmed">
            {networkName(source.network)}
            {source.last_event_at && (
              <>
                , last heard <Ago time={source.last_event_at} />
              </>
            )}
          </Text>
        </div>
        <SourceMark source={source} />
      </Group>
      {source.error && (
        <Alert color={source.state === 'down' || source.state === 'stopped' ? 'negative' : 'caution'} variant="light" mb="sm">
          <Text fz="sm">{source.error}</Text>
        </Alert>
      )}
      {source.throttled_until && (
        <Text fz="sm" mb="sm">
          The network asks to wait until {formatTime(source.throttled_until)}.
        </Text>
      )}
      <Group gap="xl">
        <Figure value={formatLength(source.lag_seconds)} name="behind" />
        <Figure value={formatCompact(source.received)} name="received" />
        <Figure value={formatCompact(source.accepted)} name="accepted" />
        <Figure value={String(source.gaps.length)} name={source.gaps.length === 1 ? 'gap' : 'gaps'} />
      </Group>
      {source.gaps.length > 0 && <Gaps gaps={source.gaps} />}
    </Card>
  );
}

function Gaps({ gaps }: { gaps: Source['gaps'] }) {
  return (
    <Accordion mt="sm" variant="contained">
      <Accordion.Item value="gaps">
        <Accordion.Control>Times in which something may be missing</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="xs">
            {gaps.map((g, i) => (
              <div key={i}>
                <Text fz="sm">
                  {formatTime(g.from)} to {formatTime(g.until)}
                </Text>
                <Text fz="xs" c="dimmed">
                  {g.reason}
                </Text>
              </div>
            ))}
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
