import { Alert, Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { useClosePeriod, useCreditPeriods, useRecount } from '../../api/territories';
import { Confirm } from '../../components/Confirm';
import { Rows } from '../../components/Rows';
import { Empty, Failed, Loaded } from '../../components/states';
import { formatNumber, formatTime } from '../../format';

const month = /^\d{4}-\d{2}$/;

/** Months that are closed: their statements stand for ever. */
export function PeriodsPanel() {
  const periods = useCreditPeriods();
  const close = useClosePeriod();
  const recount = useRecount();
  const may = useMay();
  const [closing, setClosing] = useState('');
  const [asked, setAsked] = useState(false);
  const [from, setFrom] = useState('');
  return (
    <Stack gap="md">
      {may('credit_rules:update') && (
        <Group align="flex-start" grow preventGrowOverflow={false}>
          <Card component="section" aria-label="Close a month">
            <Title order={2} mb="xs">
              Close a month
            </Title>
            <form
              onSubmit={(e) => {
                e.preventDefault();
                setAsked(true);
              }}
            >
              <Group align="flex-end" gap="xs">
                <TextInput type="month" label="Month" description="Such as 2026-03" placeholder="2026-03" value={closing} onChange={(e) => setClosing(e.currentTarget.value)} />
                <Button type="submit" disabled={!month.test(closing)}>
                  Close
                </Button>
              </Group>
            </form>
          </Card>
          <Card component="section" aria-label="Count again">
            <Title order={2} mb="xs">
              Count again
            </Title>
            <form
              onSubmit={(e) => {
                e.preventDefault();
                recount.mutate(from);
              }}
            >
              <Group align="flex-end" gap="xs">
                <TextInput type="month" label="By the rules in force, from" description="Closed months are corrected in the first open one" placeholder="2026-03" value={from} onChange={(e) => setFrom(e.currentTarget.value)} />
                <Button type="submit" variant="default" loading={recount.isPending} disabled={!month.test(from)}>
                  Count
                </Button>
              </Group>
            </form>
            {recount.error && <Failed error={recount.error} />}
            {recount.data && (
              <Alert color="positive" variant="light" mt="xs" role="status">
                {formatNumber(recount.data.events)} invoices and payments were counted again.
              </Alert>
            )}
          </Card>
        </Group>
      )}
      <Loaded query={periods} what="closed months">
        {({ items }) => (
          <Rows label="Closed months" items={items} keyOf={(p) => p.period} empty={<Empty title="No month is closed yet">A closed month gets no more entries: what belongs to it goes to the first open one, with a note.</Empty>}>
            {(p) => (
              <Group justify="space-between" py="sm" gap="xs">
                <Text fz="sm" fw={600}>
                  {p.period}
                </Text>
                <Text fz="xs" c="dimmed">
                  {formatNumber(p.entries)} entries, closed {formatTime(p.closed_at)}
                </Text>
              </Group>
            )}
          </Rows>
        )}
      </Loaded>
      <Confirm opened={asked} title={`Close ${closing}?`} action="Close it for ever" change={close} onConfirm={() => close.mutate(closing, { onSuccess: () => { setAsked(false); setClosing(''); } })} onClose={() => setAsked(false)}>
        Its statements stand from then on, and cannot be opened again.
      </Confirm>
    </Stack>
  );
}
