import { Anchor, Button, Card, Center, Stack, Text, Textarea, Timeline, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useChangeIncident } from '../../api/changes';
import { useIncidentHistory } from '../../api/queries';
import type { HistoryEntry, Incident } from '../../api/types';
import { May } from '../../components/May';
import { Empty, Failed, Loaded } from '../../components/states';
import { formatTime } from '../../format';
import { actions, labels } from '../../vocabulary';

/** What happened to an incident, the newest first, and a place for a comment. */
export function HistoryPanel({ incident }: { incident: Incident }) {
  const history = useIncidentHistory(incident.id);
  return (
    <Card component="section" aria-label="History">
      <Title order={2} mb="sm">
        History
      </Title>
      <May grant="incident:update">
        <Comment incident={incident} />
      </May>
      <Loaded query={history} what="the history" rows={3}>
        {(data) => {
          const entries = data.pages.flatMap((p) => p.items);
          if (entries.length === 0) return <Empty title="Nothing was noted yet" />;
          return (
            <>
              <Timeline bulletSize={12} lineWidth={2} mt="md">
                {entries.map((e) => (
                  <Timeline.Item key={e.id} title={<Happened entry={e} />} data-testid="history-entry">
                    <Text fz="xs" c="dimmed" component="time" dateTime={e.at}>
                      {formatTime(e.at)}
                    </Text>
                    <Text fz="xs" c="dimmed" span>
                      {' '}
                      by {e.by || 'the detector'}
                      {e.incident_id !== incident.id && ', in the part'}
                    </Text>
                    {e.text && (
                      <Text fz="sm" mt={4} className="post-text" dir="auto">
                        {e.text}
                      </Text>
                    )}
                  </Timeline.Item>
                ))}
              </Timeline>
              {history.isFetchNextPageError && <Failed error={history.error} onRetry={() => void history.fetchNextPage()} />}
              {history.hasNextPage && (
                <Center mt="sm">
                  <Button variant="default" size="xs" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
                    Show earlier ones
                  </Button>
                </Center>
              )}
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Happened({ entry }: { entry: HistoryEntry }) {
  const words = actions[entry.action] ?? entry.action;
  if (entry.action === 'merged' || entry.action === 'took_in' || entry.action === 'separated') {
    return (
      <Anchor component={Link} to={`/incidents/${encodeURIComponent(entry.value)}`} fz="sm">
        {words}
      </Anchor>
    );
  }
  return (
    <Text fz="sm" fw={500} span>
      {words.replace('%', () => valueOf(entry))}
    </Text>
  );
}

function valueOf({ action, value }: HistoryEntry): string {
  if (action === 'silenced') return formatTime(value);
  if (action === 'labelled' || action === 'unlabelled') return (labels as Record<string, string>)[value] ?? value;
  return value;
}

const longest = 4000;

function Comment({ incident }: { incident: Incident }) {
  const [text, setText] = useState('');
  const change = useChangeIncident();
  const send = () => change.mutate({ incident, change: { comment: text } }, { onSuccess: () => setText('') });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        send();
      }}
    >
      <Stack gap="xs">
        {change.error && <Failed error={change.error} />}
        <Textarea label="Comment" autosize minRows={2} maxRows={8} maxLength={longest} value={text} onChange={(e) => setText(e.currentTarget.value)} />
        <Button type="submit" size="xs" variant="light" disabled={!text.trim()} loading={change.isPending} style={{ alignSelf: 'flex-start' }}>
          Add comment
        </Button>
      </Stack>
    </form>
  );
}
