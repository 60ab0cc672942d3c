import { Button, Card, Group, NumberInput, Progress, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { useRetention, useRunRetention, useSetRetention, type RetentionRule, type RetentionRun } from '../../api/privacy';
import { Confirm } from '../../components/Confirm';
import { Editing } from '../../components/Editing';
import { Failed, Loaded } from '../../components/states';
import { formatNumber, formatTime } from '../../format';
import { Counts } from './Counts';

/** How long records are kept, what is too old, and its end. */
export function RetentionPanel() {
  const retention = useRetention();
  const run = useRunRetention();
  const [asking, ask] = useDisclosure();
  const mayRun = useMay()('privacy:delete');
  return (
    <Card component="section" aria-label="Retention">
      <Title order={2}>Retention</Title>
      <Text fz="sm" c="dimmed">
        What is older goes once a day. What is counted of it stays.
      </Text>
      <Loaded query={retention} what="the retention" rows={4}>
        {({ rules, runs }) => (
          <Stack gap="sm">
            <div className="rows">
              {rules.map((r) => (
                <Editing key={r.type} read={r}>{(from, saved) => <Rule rule={from} onSaved={saved} />}</Editing>
              ))}
            </div>
            {mayRun && (
              <Group gap="xs">
                <Button variant="default" loading={run.isPending} onClick={() => run.mutate(false)}>
                  Count what is too old
                </Button>
                <Button variant="default" onClick={ask.open}>
                  Remove it now
                </Button>
              </Group>
            )}
            {run.error && !asking && <Failed error={run.error} />}
            {runs.slice(0, 5).map((r) => (
              <Round key={r.id} run={r} />
            ))}
          </Stack>
        )}
      </Loaded>
      <Confirm opened={asking} title="Remove what is too old?" action="Remove" change={run} onConfirm={() => run.mutate(true, { onSuccess: ask.close })} onClose={ask.close}>
        All records that are older than the rules say go; it cannot be undone.
      </Confirm>
    </Card>
  );
}

function Rule({ rule: r, onSaved }: { rule: RetentionRule; onSaved: () => void }) {
  const save = useSetRetention();
  const maySet = useMay()('privacy:delete');
  const [days, setDays] = useState<number | string>(r.days);
  const [asking, ask] = useDisclosure();
  const shorter = Number(days) > 0 && (r.days === 0 || Number(days) < r.days);
  const put = () => save.mutate({ type: r.type, version: r.version, days: Number(days) }, { onSuccess: () => { ask.close(); onSaved(); } });
  return (
    <Stack gap={4} py="sm">
      <Group align="flex-end" gap="xs">
        <NumberInput
          label={r.what}
          description={r.updated_by ? `Set by ${r.updated_by}` : r.days > 0 ? 'As the configuration says' : 'Kept for ever'}
          suffix=" days"
          min={0}
          max={36_500}
          value={days}
          disabled={!maySet}
          onChange={setDays}
          style={{ flex: '1 1 200px' }}
        />
        {maySet && (
          <Button variant="default" disabled={days === '' || days === r.days} loading={save.isPending} onClick={() => (shorter ? ask.open() : put())} aria-label={`Save: ${r.what}`}>
            Save
          </Button>
        )}
      </Group>
      {save.error && !asking && <Failed error={save.error} />}
      <Confirm opened={asking} title={`Keep for ${formatNumber(Number(days))} days only?`} action="Keep it shorter" change={save} onConfirm={put} onClose={ask.close}>
        {r.what}: what is older goes with the next round, within a day, and does not come back.
      </Confirm>
    </Stack>
  );
}

function Round({ run: r }: { run: RetentionRun }) {
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
  const words = r.applies ? `${formatNumber(sum(r.removed))} of ${formatNumber(sum(r.expected))} records removed` : `${formatNumber(sum(r.expected))} records are too old`;
  return (
    <Stack gap={4} component="article" aria-label={`Round of ${formatTime(r.requested_at)}`}>
      <Text fz="sm">
        {r.state === 'running' && sum(r.expected) === 0 ? 'Counting …' : words}{' '}
        <Text span fz="xs" c="dimmed">
          {r.requested_by}, {formatTime(r.requested_at)}
        </Text>
      </Text>
      {r.state === 'running' && <Progress value={100 * r.progress} aria-label={`${Math.round(100 * r.progress)} % done`} />}
      {r.problem && (
        <Text fz="xs" c="dimmed">
          It is tried again: {r.problem}
        </Text>
      )}
      <Counts label="By type" counts={r.applies ? r.removed : r.expected} />
    </Stack>
  );
}
