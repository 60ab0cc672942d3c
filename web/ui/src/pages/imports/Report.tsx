import { Group, Spoiler, Stack, Table, Text } from '@mantine/core';
import type { Import } from '../../api/types';
import { formatNumber } from '../../format';

const shown = 20;

/** What became of the rows of a file. */
export function Report({ report: r, dryRun }: { report: Import['report']; dryRun: boolean }) {
  const would = dryRun ? 'would be ' : '';
  const counts: [number, string][] = [
    [r.read, 'rows read'],
    [r.created, `${would}created`],
    [r.updated, `${would}changed`],
    [r.unchanged, 'unchanged'],
    [r.refused, 'refused'],
  ];
  const columns = Object.entries(r.columns);
  return (
    <Stack gap="xs">
      <Group gap="md">
        {counts.map(([n, what]) => (
          <Text key={what} fz="sm">
            <b>{formatNumber(n)}</b> {what}
          </Text>
        ))}
      </Group>
      {columns.length > 0 && (
        <Spoiler maxHeight={44} showLabel="All columns" hideLabel="Fewer">
          <Text fz="xs" c="dimmed">
            Columns: {columns.map(([header, field]) => `${header} → ${field}`).join(', ')}
            {(r.ignored ?? []).length > 0 && `; left out: ${(r.ignored ?? []).join(', ')}`}
          </Text>
        </Spoiler>
      )}
      {r.refused > 0 && (
        <Table.ScrollContainer minWidth={420} tabIndex={0} aria-label="Refused rows">
          <Table fz="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">Line</Table.Th>
                <Table.Th scope="col">Column</Table.Th>
                <Table.Th scope="col">Why</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {(r.refusals ?? []).slice(0, shown).map((x) => (
                <Table.Tr key={`${x.line} ${x.reason}`}>
                  <Table.Td>{x.line}</Table.Td>
                  <Table.Td dir="auto">{x.column}</Table.Td>
                  <Table.Td dir="auto" style={{ overflowWrap: 'anywhere' }}>
                    {x.reason}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          {r.refused > shown && (
            <Text fz="xs" c="dimmed">
              and {formatNumber(r.refused - shown)} more
            </Text>
          )}
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}
