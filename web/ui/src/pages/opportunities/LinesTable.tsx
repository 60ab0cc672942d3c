import { Text } from '@mantine/core';
import type { Line, Sums } from '../../api/sales';
import { FigureTable } from '../../components/FigureTable';
import { Facts, type Fact } from '../../components/Facts';
import { formatBasisPoints, formatMoney, formatQuantity } from '../../format';

interface Props {
  label: string;
  lines: Line[];
  sums: Sums;
  currency: string;
  /** On all lines, in basis points. */
  discount: number;
}

/** The lines of a quote, an order or an invoice, and what they come to. */
export function LinesTable({ label, lines, sums, currency, discount }: Props) {
  const money = (amount: number) => formatMoney({ amount, currency });
  const facts: Fact[] = [
    ['Discount', sums.discount !== 0 && `${money(-sums.discount)} (${formatBasisPoints(discount)})`],
    ['Net', money(sums.net)],
    ...(sums.taxes ?? []).map((t): Fact => [`Tax ${formatBasisPoints(t.rate)}`, money(t.tax)]),
    ['Total', <b key="total">{money(sums.gross)}</b>],
  ];
  return (
    <>
      <FigureTable
        label={label}
        minWidth={460}
        rows={lines.map((line, at) => ({ line, at }))}
        keyOf={({ at }) => at}
        columns={[
          { name: 'Text', value: ({ line }) => <Text fz="sm" span dir="auto" style={{ overflowWrap: 'anywhere' }}>{line.text}</Text> },
          { name: 'Quantity', value: ({ line }) => formatQuantity(line.quantity, line.unit) },
          { name: 'Price', value: ({ line }) => money(line.price) },
          { name: 'Discount', value: ({ line }) => (line.discount ? formatBasisPoints(line.discount) : '') },
          { name: 'Net', value: ({ at }) => money(sums.lines?.[at] ?? 0) },
        ]}
      />
      <Facts facts={facts} />
    </>
  );
}
