import { Table } from '@mantine/core';
import { formatNumber } from '../../format';

/** How many records there are of each table or type; those without any are left out. */
export function Counts({ label, counts }: { label: string; counts: Record<string, number> }) {
  const rows = Object.entries(counts).filter(([, n]) => n > 0).sort(([a], [b]) => a.localeCompare(b));
  if (rows.length === 0) return null;
  return (
    <details>
      <summary>{label}</summary>
      <Table fz="xs" mt={4} aria-label={label}>
        <Table.Tbody>
          {rows.map(([name, n]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400} style={{ overflowWrap: 'anywhere' }}>
                {name.replaceAll('_', ' ')}
              </Table.Th>
              <Table.Td ta="right" style={{ fontVariantNumeric: 'tabular-nums' }}>
                {formatNumber(n)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </details>
  );
}
