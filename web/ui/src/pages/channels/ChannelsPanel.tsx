import { Alert, Badge, Button, Card, Group, SimpleGrid, Text, Title } from '@mantine/core';
import { useTestChannel } from '../../api/changes';
import { useChannels } from '../../api/queries';
import type { Channel } from '../../api/types';
import { Ago } from '../../components/Ago';
import { May } from '../../components/May';
import { Empty, Loaded } from '../../components/states';
import { formatCompact } from '../../format';

/** The channels, what is wrong with them, and a test of each. */
export function ChannelsPanel() {
  const channels = useChannels();
  return (
    <section aria-label="Channels">
      <Loaded query={channels} what="channels" rows={2}>
        {(data) =>
          data.items.length === 0 ? (
            <Card>
              <Empty title="No channels">Name those to tell in the configuration file, under channels, and restart Groundswell.</Empty>
            </Card>
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
              {data.items.map((c) => (
                <ChannelCard key={c.name} channel={c} />
              ))}
            </SimpleGrid>
          )
        }
      </Loaded>
    </section>
  );
}

function ChannelCard({ channel }: { channel: Channel }) {
  const test = useTestChannel();
  return (
    <Card component="article" aria-label={`Channel ${channel.name}`} data-testid="channel">
      <Group justify="space-between" align="flex-start" wrap="nowrap" mb="xs">
        <div style={{ minWidth: 0 }}>
          <Title order={2} style={{ overflowWrap: 'anywhere' }}>
            {channel.name}
          </Title>
          <Text fz="xs" c="dimmed">
            {channel.kind}
            {channel.delivered_at && (
              <>
                , last told <Ago time={channel.delivered_at} />
              </>
            )}
          </Text>
        </div>
        <Badge color={channel.error ? 'negative' : 'positive'} variant="light" style={{ flex: 'none' }}>
          {channel.error ? 'Failing' : 'Well'}
        </Badge>
      </Group>
      {channel.error && (
        <Alert color="negative" variant="light" mb="xs">
          <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
            {channel.error}
          </Text>
        </Alert>
      )}
      <Text fz="sm">
        {channel.due === 0 ? 'Nothing waits for it' : `${formatCompact(channel.due)} wait for it`}
        {channel.held > 0 && `, ${formatCompact(channel.held)} for their time`}.
      </Text>
      <Group mt="sm" gap="sm">
        <May grant="channel:update">
          <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate(channel.name)}>
            Send a test
          </Button>
        </May>
        <Text fz="sm" role="status" style={{ overflowWrap: 'anywhere' }}>
          {test.data && (test.data.delivered ? 'It arrived.' : test.data.error)}
          {test.error?.message}
        </Text>
      </Group>
    </Card>
  );
}
