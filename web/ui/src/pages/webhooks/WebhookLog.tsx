import { Badge, Button, Code, Group, List, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { useRedeliver, useWebhookAttempts, useWebhookLog, type Webhook, type WebhookDelivery } from '../../api/webhooks';
import { Empty, Failed, Listed, Loaded } from '../../components/states';
import { known } from '../../components/useFilter';
import { WordSelect } from '../../components/WordSelect';
import { formatTime } from '../../format';

const states: Record<WebhookDelivery['state'], string> = { waiting: 'Waiting', delivered: 'Delivered', failed: 'Failed' };
const colors: Record<WebhookDelivery['state'], string> = { waiting: 'caution', delivered: 'positive', failed: 'negative' };

/** What a webhook was told, or is to be; the newest first. */
export function WebhookLog({ webhook }: { webhook: Webhook }) {
  const [state, setState] = useState('');
  const log = useWebhookLog(webhook.id, known<WebhookDelivery['state']>(state, states));
  return (
    <Stack gap="sm" mt="md">
      <WordSelect label="State" words={states} value={state} onChange={setState} />
      <Listed list={log} what="deliveries" keyOf={(d) => d.id} empty={<Empty title="Nothing was told">What changes stands here, with what became of it.</Empty>}>
        {(d) => <Row delivery={d} webhook={webhook} />}
      </Listed>
    </Stack>
  );
}

function Row({ delivery: d, webhook }: { delivery: WebhookDelivery; webhook: Webhook }) {
  const may = useMay();
  const again = useRedeliver(webhook.id);
  const [opened, { toggle }] = useDisclosure();
  const what = `${d.type} ${d.action}`;
  return (
    <Stack gap={2} py="sm" data-testid="webhook-delivery">
      <Group justify="space-between" wrap="nowrap" gap="xs" align="flex-start">
        <Text fz="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {what}
        </Text>
        <Badge color={colors[d.state]} variant="light" style={{ flex: 'none' }}>
          {states[d.state]}
        </Badge>
      </Group>
      <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {formatTime(d.since)}
        {d.attempts > 0 && ` · ${d.attempts === 1 ? 'one attempt' : `${d.attempts} attempts`}`}
        {d.tried_at && ` · ${d.status > 0 ? d.status : 'no answer'} in ${d.duration_ms} ms`}
        {d.state === 'waiting' && d.attempts > 0 && d.next_at && ` · again ${formatTime(d.next_at)}`}
      </Text>
      {d.error && (
        <Text fz="xs" c="negative" style={{ overflowWrap: 'anywhere' }}>
          {d.error}
        </Text>
      )}
      {again.error && <Failed error={again.error} />}
      <Group gap="xs">
        <Button size="compact-xs" variant="subtle" onClick={toggle} aria-expanded={opened} aria-label={`${opened ? 'Hide' : 'Show'} what was posted: ${what}`}>
          {opened ? 'Hide' : 'Show'}
        </Button>
        {may('webhook:update') && d.state !== 'waiting' && webhook.state === 'active' && (
          <Button size="compact-xs" variant="subtle" loading={again.isPending} onClick={() => again.mutate(d.id)} aria-label={`Send again: ${what}`}>
            Send again
          </Button>
        )}
      </Group>
      {opened && (
        <>
          <Attempts delivery={d} webhook={webhook} />
          <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
            {d.body}
          </Code>
        </>
      )}
    </Stack>
  );
}

/** What became of each attempt, the newest first. */
function Attempts({ delivery, webhook }: { delivery: WebhookDelivery; webhook: Webhook }) {
  const attempts = useWebhookAttempts(webhook.id, delivery);
  return (
    <Loaded query={attempts} what="attempts" rows={1}>
      {({ items }) =>
        items.length === 0 ? (
          <Text fz="xs">It was not tried yet.</Text>
        ) : (
          <List fz="xs" aria-label="Attempts">
            {items.map((a) => (
              <List.Item key={a.id} style={{ overflowWrap: 'anywhere' }}>
                {formatTime(a.at)} · {a.status > 0 ? a.status : 'no answer'} in {a.duration_ms} ms{a.error && ` · ${a.error}`}
              </List.Item>
            ))}
          </List>
        )
      }
    </Loaded>
  );
}
