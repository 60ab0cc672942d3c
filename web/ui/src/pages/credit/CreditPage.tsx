import { Anchor, Badge, Card, SegmentedControl, Select, Stack, Table, TextInput, Title } from '@mantine/core';
import { base } from '../../api/client';
import { useStatement, type StatementFilter, type StatementLine } from '../../api/territories';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Loaded } from '../../components/states';
import { known, useFilter } from '../../components/useFilter';
import { formatMoney } from '../../format';

const bases = { paid: 'Paid', invoiced: 'Invoiced' } as const;
const takers = { user: 'People', team: 'Teams', source: 'Sources', company: 'The company' } as const;
const month = /^\d{4}-\d{2}$/;

/** Who was credited with which revenue, down to the line of the invoice. */
export default function CreditPage() {
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
      <PageTitle title="Credit" about="Revenue is credited to everyone who took part, by rules; what is no overlay adds up to the invoices.">
        <Anchor href={`${base}/credit/statement.csv?${query}`} fz="sm" download>
          Export as CSV
        </Anchor>
        <SegmentedControl size="xs" aria-label="Basis" value={basis} onChange={(v) => setFilter('basis', v)} data={Object.entries(bases).map(([value, label]) => ({ value, label }))} />
        <Select size="xs" w={130} aria-label="Who" placeholder="Everybody" clearable value={taker ?? null} onChange={(v) => setFilter('taker', v ?? '')} data={Object.entries(takers).map(([value, label]) => ({ value, label }))} />
        <TextInput size="xs" w={140} type="month" aria-label="From month" value={filter.from} onChange={(e) => setFilter('from', e.currentTarget.value)} />
        <TextInput size="xs" w={140} type="month" aria-label="Until month" value={filter.until} onChange={(e) => setFilter('until', e.currentTarget.value)} />
      </PageTitle>
      <Loaded query={useStatement(asked)} what="the statement" rows={5}>
        {({ sums, lines }) =>
          lines.length === 0 ? (
            <Card>
              <Empty title="Nothing was credited">Credit comes with invoices and payments.</Empty>
            </Card>
          ) : (
            <Stack gap="md">
              <Card component="section" aria-label="Sums">
                <Table fz="sm">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Who</Table.Th>
                      <Table.Th ta="right">Credit</Table.Th>
                      <Table.Th ta="right">Overlay</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {sums.map((s) => (
                      <Table.Tr key={s.taker_type + s.taker_id + s.currency}>
                        <Table.Th scope="row">{s.taker}</Table.Th>
                        <Table.Td ta="right">{formatMoney({ amount: s.amount, currency: s.currency })}</Table.Td>
                        <Table.Td ta="right">{s.overlay === 0 ? '–' : formatMoney({ amount: s.overlay, currency: s.currency })}</Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Card>
              <Lines lines={lines} />
            </Stack>
          )
        }
      </Loaded>
    </>
  );
}

/** As many lines as a page shows well; the file has all of them. */
const shown = 500;

function Lines({ lines }: { lines: StatementLine[] }) {
  return (
    <Card component="section" aria-label="Lines">
      <Title order={2} mb="xs">
        {lines.length > shown ? `The first ${shown} of ${lines.length} lines` : 'Line by line'}
      </Title>
      <Table.ScrollContainer minWidth={720}>
        <Table fz="sm">
          <Table.Thead>
            <Table.Tr>
              {['Month', 'Who', 'For', 'Invoice', 'Line', 'Case', 'Note'].map((h) => (
                <Table.Th key={h}>{h}</Table.Th>
              ))}
              <Table.Th ta="right">Credit</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.slice(0, shown).map((l) => (
              <Table.Tr key={l.id}>
                <Table.Td>{l.period}</Table.Td>
                <Table.Td>{l.taker}</Table.Td>
                <Table.Td>
                  {l.part} {l.overlay && <Badge variant="outline">overlay</Badge>}
                </Table.Td>
                <Table.Td>{l.invoice}</Table.Td>
                <Table.Td>{l.text}</Table.Td>
                <Table.Td>{l.case}</Table.Td>
                <Table.Td>{l.note}</Table.Td>
                <Table.Td ta="right">{formatMoney({ amount: l.amount, currency: l.currency })}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}
