import { Card, SegmentedControl, Stack, Table } from '@mantine/core';
import { useState } from 'react';
import { useDimensions, useTerritoryResults } from '../../api/territories';
import { Empty, Loaded } from '../../components/states';
import { formatMoney, formatNumber } from '../../format';

/** What came of each territory this year, or of each value of a dimension. */
export function ResultsPanel() {
  const [by, setBy] = useState('');
  const dimensions = useDimensions();
  const results = useTerritoryResults(by);
  const money = (amount: number, currency: string) => (currency ? formatMoney({ amount, currency }) : '');
  return (
    <Stack gap="md">
      <SegmentedControl
        size="xs"
        aria-label="Results by"
        value={by}
        onChange={setBy}
        style={{ alignSelf: 'flex-start', maxWidth: '100%', overflowX: 'auto' }}
        data={[{ value: '', label: 'Territory' }, ...(dimensions.data?.items ?? []).map((d) => ({ value: d.id, label: d.name }))]}
      />
      <Card>
        <Loaded query={results} what="results" rows={5}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="Nothing came of it yet">Leads, opportunities, invoices and payments of this year are added up here.</Empty>
            ) : (
              <Table.ScrollContainer minWidth={640}>
                <Table fz="sm" aria-label="Results">
                  <Table.Thead>
                    <Table.Tr>
                      {['', 'Leads', 'Accepted', 'Open', 'Won', 'Lost', 'Weighted', 'Won for', 'Invoiced', 'Paid'].map((h) => (
                        <Table.Th key={h} ta={h ? 'right' : 'left'}>
                          {h || 'Group'}
                        </Table.Th>
                      ))}
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((r) => (
                      <Table.Tr key={r.group + r.currency}>
                        <Table.Th scope="row">{r.name || 'No territory'}</Table.Th>
                        {[r.leads, r.accepted, r.open, r.won, r.lost].map((n, i) => (
                          <Table.Td key={i} ta="right">
                            {r.currency ? '' : formatNumber(n)}
                          </Table.Td>
                        ))}
                        {[r.weighted, r.won_for, r.invoiced, r.paid].map((n, i) => (
                          <Table.Td key={i} ta="right">
                            {money(n, r.currency)}
                          </Table.Td>
                        ))}
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            )
          }
        </Loaded>
      </Card>
    </Stack>
  );
}
