import { Badge, Card, Group, MultiSelect, Stack, Switch, Text, Title } from '@mantine/core';
import { useCase, useFollow, useSetFollow, type CaseEvent } from '../../api/territories';
import { Empty, Failed, Loaded } from '../../components/states';
import { NoteForm } from '../../components/NoteForm';
import { formatMoney, formatTime } from '../../format';
import { caseEvents } from '../../vocabulary-crm';

/** The way of a case from the first touch to the money. */
export function CasePanel({ opportunity }: { opportunity: string }) {
  return (
    <Card component="section" aria-label="The way from the first touch to the money">
      <Title order={2} mb="xs">
        From the first touch to the money
      </Title>
      <FollowSwitch opportunity={opportunity} />
      <NoteForm record={{ type: 'opportunity', id: opportunity }} />
      <Loaded query={useCase(opportunity)} what="the timeline" rows={4}>
        {(c) => (
          <>
            {c.events.length === 0 && <Empty title="Nothing happened yet" />}
            <Stack component="ol" gap={8} m={0} mt="sm" p={0} style={{ listStyle: 'none' }}>
              {c.events.map((e, i) => (
                <Event key={`${e.at} ${e.record_id} ${i}`} event={e} />
              ))}
            </Stack>
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Event({ event: e }: { event: CaseEvent }) {
  return (
    <li>
      <Group gap="xs" justify="space-between" wrap="wrap">
        <Group gap={6}>
          <Badge variant="light" color={e.kind === 'payment' || e.kind === 'close' ? 'brand' : 'gray'}>
            {caseEvents[e.kind] ?? e.kind}
          </Badge>
          <Text fz="sm" dir="auto">
            {e.title}
          </Text>
        </Group>
        {e.amount.currency && (
          <Text fz="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
            {formatMoney(e.amount)}
          </Text>
        )}
      </Group>
      {e.text && (
        <Text fz="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {e.text}
        </Text>
      )}
      <Text fz="xs" c="dimmed">
        {[formatTime(e.at), e.by_name, e.reason].filter(Boolean).join(' · ')}
      </Text>
    </li>
  );
}

/** What people are told of, in its order. */
const kinds = ['stage', 'approval', 'close', 'quote', 'order', 'invoice', 'payment', 'process', 'people', 'activity'].map((value) => ({ value, label: caseEvents[value] ?? value }));

/** What somebody hears of the case. */
function FollowSwitch({ opportunity }: { opportunity: string }) {
  const follow = useFollow(opportunity);
  const set = useSetFollow(opportunity);
  return (
    <Loaded query={follow} what="what you hear" rows={1}>
      {(f) => (
        <Stack gap="xs" mb="sm">
          <Switch label="Tell me what happens here" checked={f.following} disabled={set.isPending} onChange={(e) => set.mutate({ muted: !e.currentTarget.checked, kinds: f.kinds ?? [] })} />
          {f.following && (
            <MultiSelect size="xs" label="Only of" placeholder={f.kinds?.length ? '' : 'everything'} clearable data={kinds} value={f.kinds ?? []} onChange={(v) => set.mutate({ muted: false, kinds: v })} />
          )}
          {set.error && <Failed error={set.error} />}
        </Stack>
      )}
    </Loaded>
  );
}
