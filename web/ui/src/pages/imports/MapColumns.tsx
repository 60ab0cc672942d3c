import { Select, SimpleGrid, Spoiler, Text } from '@mantine/core';

interface MapColumnsProps {
  header: string[];
  fields: string[];
  /** Field → header. */
  map: Record<string, string>;
  onChange: (map: Record<string, string>) => void;
}

/** Says what columns mean where their header does not. */
export function MapColumns({ header, fields, map, onChange }: MapColumnsProps) {
  const fieldOf = (column: string) => Object.keys(map).find((field) => map[field] === column) ?? null;
  const set = (column: string, field: string | null) => {
    const next = Object.fromEntries(Object.entries(map).filter(([f, h]) => h !== column && f !== field));
    onChange(field ? { ...next, [field]: column } : next);
  };
  return (
    <Spoiler maxHeight={84} showLabel="All columns" hideLabel="Fewer">
      <Text fz="xs" c="dimmed" mb={4}>
        Common headers are understood in English and German. Choose a field where a column means something else.
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="xs">
        {[...new Set(header)].map((column) => (
          <Select key={column} size="xs" label={column} placeholder="As its header says" clearable clearButtonProps={{ 'aria-label': `Clear ${column}` }} searchable data={fields} value={fieldOf(column)} onChange={(v) => set(column, v)} />
        ))}
      </SimpleGrid>
    </Spoiler>
  );
}
