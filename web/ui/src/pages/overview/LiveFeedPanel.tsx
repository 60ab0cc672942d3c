import { Badge, Box, Button, Group, Text } from '@mantine/core';
import { mentionKey, type LiveState } from '../../api/live';
import { feedLimit, useLive } from '../../api/useLive';
import { Icon } from '../../components/Icon';
import { MentionRow } from '../../components/MentionRow';
import { Empty, Loaded } from '../../components/states';
import { Panel } from './Panel';

/** The mentions as they arrive. */
export function LiveFeedPanel({ monitor }: { monitor: string }) {
  const live = useLive(monitor);
  return (
    <Panel
      title="Live"
      aside={
        <Group gap="xs">
          <Standing state={live.state} paused={live.paused} />
          {live.paused ? (
            <Button size="xs" leftSection={<Icon name="play" size={14} />} onClick={live.resume}>
              {live.held === 0 ? 'Go on' : `Show ${live.held >= feedLimit ? `${feedLimit}+` : live.held} new`}
            </Button>
          ) : (
            <Button size="xs" variant="default" leftSection={<Icon name="pause" size={14} />} onClick={live.pause}>
              Pause
            </Button>
          )}
        </Group>
      }
    >
      <Loaded query={live.first} what="mentions" rows={6}>
        {(mentions) =>
          mentions.length === 0 ? (
            <Empty title="Nothing was said yet">Posts appear here as soon as a source hears one that a monitor listens for.</Empty>
          ) : (
            <Box component="ul" className="rows" m={0} p={0} style={{ listStyle: 'none' }} aria-label="Live mentions" data-testid="live-feed">
              {mentions.map((m) => (
                <li key={mentionKey(m)}>
                  <MentionRow mention={m} lines={4} clock />
                </li>
              ))}
            </Box>
          )
        }
      </Loaded>
    </Panel>
  );
}

const standings: Record<LiveState, { word: string; color: string }> = {
  connecting: { word: 'Connecting', color: 'gray' },
  live: { word: 'Live', color: 'brand' },
  waiting: { word: 'Reconnecting', color: 'caution' },
};

function Standing({ state, paused }: { state: LiveState; paused: boolean }) {
  const { word, color } = paused ? { word: 'Paused', color: 'gray' } : standings[state];
  return (
    <Badge variant="light" color={color} role="status" leftSection={<Text span inherit aria-hidden className={state === 'live' && !paused ? 'live-dot' : ''}>●</Text>}>
      {word}
    </Badge>
  );
}
