import { Button, Card, Center, List, Text, Title } from '@mantine/core';
import { useMentionAlerts } from '../../api/queries';
import type { MentionAlert } from '../../api/types';
import { MentionRow } from '../../components/MentionRow';
import { Empty, Failed, Loaded } from '../../components/states';
import { formatTime } from '../../format';

/** The mentions that met a rule, the newest first. */
export function AlertsPanel({ monitor }: { monitor: string }) {
  const alerts = useMentionAlerts(monitor);
  return (
    <Card component="section" aria-label="Alerts">
      <Title order={2} mb="xs">
        Alerts
      </Title>
      <Loaded query={alerts} what="alerts" rows={4}>
        {(data) => {
          const items = data.pages.flatMap((p) => p.items);
          if (items.length === 0) return <Empty title="No alerts yet">A mention that meets a rule stands here, whether or not a channel tells of it.</Empty>;
          return (
            <>
              <ul className="rows" style={{ listStyle: 'none', margin: 0, padding: 0 }} aria-label="Alerts on mentions">
                {items.map((a) => (
                  <li key={a.id} data-testid="mention-alert">
                    <Alert alert={a} />
                  </li>
                ))}
              </ul>
              {alerts.isFetchNextPageError && <Failed error={alerts.error} onRetry={() => void alerts.fetchNextPage()} />}
              {alerts.hasNextPage && (
                <Center mt="sm">
                  <Button variant="default" loading={alerts.isFetchingNextPage} onClick={() => void alerts.fetchNextPage()}>
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

function Alert({ alert }: { alert: MentionAlert }) {
  return (
    <>
      <List fz="sm" spacing={2} pt="sm" style={{ overflowWrap: 'anywhere' }}>
        {alert.reasons.map((reason, i) => (
          <List.Item key={i}>{reason}</List.Item>
        ))}
      </List>
      <Text fz="xs" c="dimmed">
        {alert.told_at ? `${alert.together ? 'Told together with others' : 'Told'}, ${formatTime(alert.told_at)}` : 'Waits to be told'}
      </Text>
      {alert.mention ? (
        <MentionRow mention={alert.mention} lines={4} />
      ) : (
        <Text fz="sm" c="dimmed" pb="sm">
          The post is no mention any more.
        </Text>
      )}
    </>
  );
}
