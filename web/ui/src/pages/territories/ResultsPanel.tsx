import { Card, SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import { useDimensions, useTerritoryResults, type Result } from '../../api/territories';
import { FigureTable } from '../../components/FigureTable';
import { Empty, Loaded } from '../../components/states';
import { formatMoney, formatNumber } from '../../format';

/** A row without a currency has the counts, one with it the sums. */
const counts: [string, (r: Result) => number][] = [
  ['Leads', (r) => r.leads],
  ['Accepted', (r) => r.accepted],
  ['Open', (r) => r.open],
  ['Won', (r) => r.won],
  ['Lost', (r) => r.lost],
];
const sums: [string, (r: Result) => number][] = [
  ['Weighted', (r) => r.weighted],
  ['Won for', (r) => r.won_for],
  ['Invoiced', (r) => r.invoiced],
  ['Paid', (r) => r.paid],
];

/** What came of each territory this year, or of each value of a dimension. */
export function ResultsPanel() {
  const [by, setBy] = useState('');
  const dimensions = useDimensions();
  const results = useTerritoryResults(by);
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
              <FigureTable
                label="Results"
                minWidth={720}
                rows={items}
                keyOf={(r) => r.group + r.currency}
                columns={[
                  { name: 'Group', value: (r) => r.name || 'No territory' },
                  ...counts.map(([name, of]) => ({ name, value: (r: Result) => (r.currency ? '' : formatNumber(of(r))) })),
                  ...sums.map(([name, of]) => ({ name, value: (r: Result) => (r.currency ? formatMoney({ amount: of(r), currency: r.currency }) : '') })),
                ]}
              />
            )
          }
        </Loaded>
      </Card>
    </Stack>
  );
}
