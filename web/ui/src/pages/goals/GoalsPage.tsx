import { ActionIcon, Card, Group, Progress, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { useDeleteGoal, useForecast, useGoals, type ForecastGroup, type ForecastRow, type Goal, type GoalFields } from '../../api/territories';
import { Confirm } from '../../components/Confirm';
import { FigureTable } from '../../components/FigureTable';
import { Icon } from '../../components/Icon';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Listed, Loaded } from '../../components/states';
import { formatMoney, formatNumber } from '../../format';
import { options } from '../../vocabulary';
import { goalMetrics } from '../../vocabulary-crm';
import { GoalForm } from './GoalForm';

/** What people, teams and territories are to reach, how far they are, and what is to be expected. */
export default function GoalsPage() {
  const may = useMay();
  return (
    <>
      <PageTitle title="Goals and forecast" about="What people, teams and territories are to reach, beside what is to be expected.">
        {may('goal:create') && <GoalForm />}
      </PageTitle>
      <Stack gap="lg">
        <Listed list={useGoals()} what="Goals" keyOf={(g) => g.id} empty={<Empty title="No goal is set">Set one for a person, a team or a territory.</Empty>}>
          {(g) => <Row goal={g} />}
        </Listed>
        {may('report:read') && <Forecast />}
      </Stack>
    </>
  );
}

function Row({ goal: g }: { goal: Goal }) {
  const remove = useDeleteGoal();
  const may = useMay();
  const [asked, setAsked] = useState(false);
  const { progress: p } = g;
  const value = (n: number) => (g.currency ? formatMoney({ amount: n, currency: g.currency }) : formatNumber(n));
  return (
    <Stack gap={4} py="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text fz="sm" fw={600} dir="auto">
          {g.subject}: {goalMetrics[g.metric as GoalFields['metric']] ?? g.metric}, {g.period}
        </Text>
        {may('goal:delete') && (
          <ActionIcon variant="subtle" color="gray" aria-label={`Delete the goal of ${g.subject}`} onClick={() => setAsked(true)}>
            <Icon name="trash" size={16} />
          </ActionIcon>
        )}
      </Group>
      {p ? (
        <>
          <Progress value={Math.min(100, p.percent)} color={p.percent >= p.elapsed ? 'positive' : 'caution'} aria-label={`${p.percent} % of the goal`} />
          <Text fz="xs" c="dimmed">
            {value(p.value)} of {value(g.target)}, {p.percent} %; {p.elapsed} % of the time is over
            {g.metric === 'revenue-won' && `; expected: commit ${value(p.commit)}, best case ${value(p.best_case)}, weighted ${value(p.weighted)}`}
          </Text>
        </>
      ) : (
        <Text fz="xs" c="dimmed">
          The goal is {value(g.target)}. How far it is reached, your roles do not show you.
        </Text>
      )}
      <Confirm opened={asked} title={`Delete the goal of ${g.subject}?`} action="Delete" change={remove} onConfirm={() => remove.mutate(g.id)} onClose={() => setAsked(false)}>
        What was reached stays where it is; only the goal goes.
      </Confirm>
    </Stack>
  );
}

const groups: Record<ForecastGroup, string> = { owner: 'Person', team: 'Team', territory: 'Territory', stage: 'Stage', process: 'Process' };
const lengths = { month: 'Month', quarter: 'Quarter', year: 'Year' } as const;

const amounts: [string, (r: ForecastRow) => number][] = [
  ['Commit', (r) => r.commit],
  ['Best case', (r) => r.best_case],
  ['Weighted', (r) => r.weighted],
  ['Pipeline', (r) => r.pipeline],
  ['Won', (r) => r.won],
];

function Forecast() {
  const [group, setGroup] = useState<ForecastGroup>('owner');
  const [by, setBy] = useState<keyof typeof lengths>('quarter');
  return (
    <Card component="section" aria-label="Forecast">
      <Group justify="space-between" mb="xs">
        <Title order={2}>Forecast</Title>
        <Group gap="xs">
          <SegmentedControl size="xs" aria-label="Forecast by" value={group} onChange={(v) => setGroup(v as ForecastGroup)} data={options(groups)} style={{ maxWidth: '100%', overflowX: 'auto' }} />
          <SegmentedControl size="xs" aria-label="Periods" value={by} onChange={(v) => setBy(v as keyof typeof lengths)} data={options(lengths)} />
        </Group>
      </Group>
      <Loaded query={useForecast(group, by)} what="the forecast" rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nothing to expect">Opportunities with an amount are added up here.</Empty>
          ) : (
            <FigureTable
              label="Forecast"
              minWidth={620}
              rows={items}
              keyOf={(r) => r.period + r.group + r.currency}
              columns={[
                { name: groups[group], value: (r) => r.name || 'none' },
                { name: 'Period', value: (r) => r.period || 'not said', text: true },
                ...amounts.map(([name, of]) => ({ name, value: (r: ForecastRow) => formatMoney({ amount: of(r), currency: r.currency }) })),
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  );
}
