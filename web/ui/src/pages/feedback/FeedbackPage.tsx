import { Button, Card, Group, NativeSelect, Stack, Table, Text, Title } from '@mantine/core';
import { address } from '../../api/client';
import { useMay } from '../../api/grants';
import { daysAgo, useDisagreement, useFeedback, useReasons, type Disagreement, type FeedbackBy, type FeedbackRow } from '../../api/leads';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Loaded } from '../../components/states';
import { known, useFilter } from '../../components/useFilter';
import { formatLength, formatMoney, formatNumber } from '../../format';
import { countOf } from '../../records';
import { options } from '../../vocabulary';
import { leadSources, milestones } from '../../vocabulary-crm';
import { percent, reasonKey, reasonOf, type ReasonLabels } from './reasons';
import { Sales } from './Sales';

const groups: Record<FeedbackBy, string> = { all: 'All together', source: 'Source', network: 'Network', monitor: 'Monitor', campaign: 'Campaign', grade: 'Grade' };
const spans: Record<string, string> = { '30': 'Last 30 days', '90': 'Last 90 days', '365': 'Last year' };

/** What became of leads: the report that reaches marketing. */
export default function FeedbackPage() {
  const [filter, setFilter] = useFilter('by', 'days');
  const by = known(filter.by, groups) ?? 'source';
  const days = known(filter.days, spans) ?? '90';
  const from = daysAgo(Number(days));
  const may = useMay();
  const report = useFeedback(by, from);
  const disagreement = useDisagreement(from);
  const lists = [useReasons('disqualified'), useReasons('recycled'), useReasons('won'), useReasons('lost')];
  const reasons = Object.fromEntries(lists.flatMap((l) => (l.data?.items ?? []).map((r) => [reasonKey(r), r.label])));
  return (
    <>
      <PageTitle title="Feedback" about="What became of leads: how far they came, why not further, how their opportunities ended, and what they brought.">
        {may('report:export') && (
        <Button component="a" variant="default" href={address('/feedback.csv', {}, { by, from })} download>
          Save as CSV
        </Button>
        )}
      </PageTitle>
      <Group mb="md" align="flex-end">
        <NativeSelect label="By" value={by} onChange={(e) => setFilter('by', e.currentTarget.value)} data={options(groups)} />
        <NativeSelect label="Made in the" value={days} onChange={(e) => setFilter('days', e.currentTarget.value)} data={options(spans)} />
      </Group>
      <Stack gap="md">
        <Loaded query={report} what="the report" rows={4}>
          {({ items }) =>
            items.length === 0 ? (
              <Card>
                <Empty title="No leads in this time">Choose a longer one.</Empty>
              </Card>
            ) : (
              <>
                {items.map((row) => (
                  <Funnel key={row.key} row={row} reasons={reasons} />
                ))}
              </>
            )
          }
        </Loaded>
        <Loaded query={disagreement} what="who disagrees" rows={2}>
          {({ items }) => <Disagreements rows={items} />}
        </Loaded>
      </Stack>
    </>
  );
}

/** How many leads of a group reached each milestone, as bars of one width. */
function Funnel({ row, reasons }: { row: FeedbackRow; reasons: ReasonLabels }) {
  const steps = row.milestones ?? [];
  const name = leadSources[row.name] ?? (row.name || 'None');
  return (
    <Card component="section" aria-label={name}>
      <Group justify="space-between" wrap="wrap" mb="xs">
        <Title order={2}>{name}</Title>
        <Text fz="sm" c="dimmed">
          {countOf('lead', row.leads)}{row.small && ', too few to conclude from'}
        </Text>
      </Group>
      <Stack component="ol" gap={6} m={0} p={0} style={{ listStyle: 'none' }}>
        {steps.map((s, i) => (
          <li key={s.milestone}>
            <Group justify="space-between" gap="xs" wrap="wrap">
              <Text fz="sm">{milestones[s.milestone] ?? s.milestone}</Text>
              <Text fz="xs" c="dimmed">
                {[formatNumber(s.reached), i > 0 && `${percent(s.conversion)} of those before`, s.timed > 0 && `${formatLength(3600 * s.median_hours)}, median of ${s.timed}`].filter(Boolean).join(' · ')}
              </Text>
            </Group>
            <div aria-hidden style={{ height: 10, borderRadius: 5, background: 'var(--mantine-color-default-border)' }}>
              <div style={{ height: 10, borderRadius: 5, width: `${row.leads > 0 ? (100 * s.reached) / row.leads : 0}%`, background: 'var(--mantine-primary-color-filled)' }} />
            </div>
          </li>
        ))}
      </Stack>
      <Text fz="sm" mt="sm">
        Now {row.open} open · {row.accepted} accepted · {row.disqualified} disqualified · {row.recycled} recycled
      </Text>
      <Decided row={row} reasons={reasons} />
      {row.opportunities && row.opportunities.count > 0 && <Sales sales={row.opportunities} reasons={reasons} />}
      {(row.revenue ?? []).map((r) => (
        <Text fz="sm" key={r.currency}>
          Invoiced {formatMoney({ amount: r.invoiced, currency: r.currency })} net, paid {formatMoney({ amount: r.paid, currency: r.currency })} with tax
        </Text>
      ))}
    </Card>
  );
}

/** How often leads were decided, each time, and why they were given up. */
function Decided({ row: { decisions: d, reasons: given }, reasons }: { row: FeedbackRow; reasons: ReasonLabels }) {
  return (
    <>
      <Text fz="sm">
        Decisions: {d.accepted} to accept · {d.disqualified} to disqualify · {d.recycled} to recycle
        {d.came_back > 0 && `; ${countOf('lead', d.came_back)} came back, ${formatNumber(d.accepted_later)} accepted then`}
      </Text>
      {(given ?? []).length > 0 && (
        <Text fz="sm" c="dimmed">
          Why not: {(given ?? []).map((r) => `${reasonOf(r, reasons)} (${r.outcome}) ${r.count}`).join(', ')}
        </Text>
      )}
    </>
  );
}

const kappa = (a: Disagreement['profile']) => (a.defined ? `${a.kappa.toFixed(2)} ± ${(1.96 * a.kappa_error).toFixed(2)}${a.small ? ' (few)' : ''}` : 'not defined');

/** Who disagrees with the grades, and with marketing, about what a potential customer is. */
function Disagreements({ rows }: { rows: Disagreement[] }) {
  return (
    <Card component="section" aria-label="Who disagrees">
      <Title order={2}>Who disagrees about what a potential customer is</Title>
      <Text fz="sm" c="dimmed" mb="xs">
        Each decision counts, also one that was followed by another. Cohen&apos;s kappa: 1 is always of one mind, 0 as often as by chance. A grade of A to C, and what marketing qualified, counts as a potential customer.
      </Text>
      {rows.length === 0 ? (
        <Empty title="Nobody has decided yet" />
      ) : (
        <Table.ScrollContainer minWidth={560}>
          <Table fz="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Who</Table.Th>
                <Table.Th ta="right">Accepted</Table.Th>
                <Table.Th>By grade</Table.Th>
                <Table.Th>With the grade</Table.Th>
                <Table.Th>With marketing</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((r) => (
                <Table.Tr key={(r.team ? 'team ' : '') + r.who}>
                  <Table.Td>{r.who === '' ? 'All together' : `${r.name || r.who}${r.team ? ' (team)' : ''}`}</Table.Td>
                  <Table.Td ta="right">
                    {r.accepted} of {r.decided}
                  </Table.Td>
                  <Table.Td>{(r.grades ?? []).map((g) => `${g.grade || 'not graded'} ${percent(g.rate)} of ${g.decided}`).join(', ')}</Table.Td>
                  <Table.Td>{kappa(r.profile)}</Table.Td>
                  <Table.Td>{kappa(r.marketing)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  );
}
