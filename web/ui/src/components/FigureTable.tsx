import { Table } from '@mantine/core';
import type { Key, ReactNode } from 'react';

export interface Column<T> {
  name: string;
  value: (row: T) => ReactNode;
  /** Text stands on the left; figures, which most are, on the right. */
  text?: boolean;
}

interface Props<T> {
  label: string;
  /** The first one names the row. */
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => Key;
  /** In pixels; on a narrower screen the table scrolls sideways. */
  minWidth: number;
}

/** Figures of several things, one a row. */
export function FigureTable<T>({ label, columns, rows, keyOf, minWidth }: Props<T>) {
  const [first, ...others] = columns;
  if (!first) return null;
  const side = (c: Column<T>) => (c.text ? 'left' : 'right');
  return (
    <Table.ScrollContainer minWidth={minWidth}>
      <Table fz="sm" aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{first.name}</Table.Th>
            {others.map((c) => (
              <Table.Th key={c.name} ta={side(c)}>
                {c.name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((r) => (
            <Table.Tr key={keyOf(r)}>
              <Table.Th scope="row" fw={500}>
                {first.value(r)}
              </Table.Th>
              {others.map((c) => (
                <Table.Td key={c.name} ta={side(c)} style={c.text ? undefined : { fontVariantNumeric: 'tabular-nums' }}>
                  {c.value(r)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
