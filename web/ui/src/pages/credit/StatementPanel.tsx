import { Anchor, Badge, Card, Group, SegmentedControl, Select, Stack, TextInput, Title } from '@mantine/core';
import { base } from '../../api/client';
import { useStatement, type StatementFilter, type StatementLine } from '../../api/territories';
import { FigureTable } from '../../components/FigureTable';
import { May } from '../../components/May';
import { RecordLink } from '../../components/RecordLink';
import { Empty, Loaded } from '../../components/states';
import { known, useFilter } from '../../components/useFilter';
import { formatMoney } from '../../format';
import { options } from '../../vocabulary';

const bases = { paid: 'Paid', invoiced: 'Invoiced' } as const;
const takers = { user: 'People', team: 'Teams', source: 'Sources', company: 'The company' } as const;
const kinds: Record<string, string> = { user: 'person', team: 'team', source: 'source', company: 'company' };
const month = /^\d{4}-\d{2}$/;

/** Who was credited with which revenue, down to the line of the invoice. */
export function StatementPanel() {
  const [filter, setFilter] = useFilter('basis', 'taker', 'from', 'until');
  const basis = known(filter.basis, bases) ?? 'paid';
  const taker = known(filter.taker, takers);
  const asked: StatementFilter = {
    basis,
    ...(taker ? { taker_type: taker } : {}),
    ...(month.test(filter.from) ? { from: filter.from } : {}),
    ...(month.test(filter.until) ? { until: filter.until } : {}),
  };
  const query = new URLSearchParams({ ...asked }).toString();
  return (
    <>
      <Group gap="sm" mb="md" align="flex-end">
        <May grant="credit_rules:export">
          <Anchor href={`${base}/credit/statement.csv?${query}`} fz="sm" download>
            Export as CSV
          </Anchor>
        </May>
        <SegmentedControl size="xs" aria-label="Basis" value={basis} onChange={(v) => setFilter('basis', v)} data={options(bases)} />
        <Select size="xs" w={130} label="Who" placeholder="Everybody" clearable value={taker ?? null} onChange={(v) => setFilter('taker', v ?? '')} data={options(takers)} />
        <TextInput size="xs" w={150} type="month" label="From month" value={filter.from} onChange={(e) => setFilter('from', e.currentTarget.value)} />
        <TextInput size="xs" w={150} type="month" label="Until month" value={filter.until} onChange={(e) => setFilter('until', e.currentTarget.value)} />
      </Group>
      <Loaded query={useStatement(asked)} what="the statement" rows={5}>
        {({ sums, lines }) =>
          lines.length === 0 ? (
            <Card>
              <Empty title="Nothing was credited">Credit comes with invoices and payments.</Empty>
            </Card>
          ) : (
            <Stack gap="md">
              <Card component="section" aria-label="Sums">
                <FigureTable
                  label="Sums"
                  minWidth={280}
                  rows={sums}
                  keyOf={(s) => s.taker_type + s.taker_id + s.currency}
                  columns={[
                    { name: 'Who', value: (s) => s.taker },
                    { name: 'Is', value: (s) => kinds[s.taker_type] ?? s.taker_type, text: true },
                    { name: 'Credit', value: (s) => formatMoney({ amount: s.amount, currency: s.currency }) },
                    { name: 'Overlay', value: (s) => (s.overlay === 0 ? '–' : formatMoney({ amount: s.overlay, currency: s.currency })) },
                  ]}
                />
              </Card>
              <Lines lines={lines} />
            </Stack>
          )
        }
      </Loaded>
    </>
  );
}

/** What reads as one word. */
function Whole({ children }: { children: string }) {
  return <span style={{ whiteSpace: 'nowrap' }}>{children}</span>;
}

/** As many lines as a page shows well; the file has all of them. */
const shown = 500;

function Lines({ lines }: { lines: StatementLine[] }) {
  return (
    <Card component="section" aria-label="Lines">
      <Title order={2} mb="xs">
        {lines.length > shown ? `The first ${shown} of ${lines.length} lines` : 'Line by line'}
      </Title>
      <FigureTable
        label="Lines"
        minWidth={1060}
        rows={lines.slice(0, shown)}
        keyOf={(l) => l.id}
        columns={[
          { name: 'Who', value: (l) => l.taker },
          { name: 'Month', value: (l) => <Whole>{l.period}</Whole>, text: true },
          {
            name: 'For',
            text: true,
            value: (l) => (
              <>
                {l.part} {l.overlay && <Badge variant="outline">overlay</Badge>}
              </>
            ),
          },
          { name: 'Invoice', value: (l) => <Whole>{l.invoice}</Whole>, text: true },
          { name: 'Line', value: (l) => l.text, text: true },
          { name: 'Case', value: (l) => <RecordLink type="opportunity" id={l.opportunity_id}>{l.case}</RecordLink>, text: true },
          { name: 'Note', value: (l) => l.note, text: true },
          { name: 'Credit', value: (l) => formatMoney({ amount: l.amount, currency: l.currency }) },
        ]}
      />
    </Card>
  );
}
