import { Badge, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { GradePreview as Preview } from '../../api/leadSettings';
import { FigureTable } from '../../components/FigureTable';
import { Empty } from '../../components/states';
import { formatNumber } from '../../format';

const called = (grade: string) => grade || 'none';

/** How open leads are graded now and would be then, and whose grade changes. */
export function GradePreview({ preview }: { preview: Preview }) {
  const changing = (preview.samples ?? []).filter((l) => l.was !== l.becomes);
  if (preview.leads === 0) return <Empty title="No lead is open">The next ones will be graded.</Empty>;
  return (
    <section aria-label="Preview of grades" aria-live="polite">
      <Title order={3} mb={4}>
        The newest {formatNumber(preview.leads)} open leads
      </Title>
      <FigureTable
        label="Grades"
        minWidth={220}
        rows={preview.grades ?? []}
        keyOf={(g) => g.grade}
        columns={[
          { name: 'Grade', value: (g) => called(g.grade) },
          { name: 'Now', value: (g) => formatNumber(g.was) },
          { name: 'Then', value: (g) => formatNumber(g.becomes) },
        ]}
      />
      <Stack gap="xs" mt="sm">
        {changing.length === 0 && <Text fz="sm">The grade of none of them changes.</Text>}
        {changing.map((l) => (
          <div key={l.id}>
            <Group gap={6}>
              <Link to={`/leads/${encodeURIComponent(l.id)}`}>
                <Text fz="sm" fw={600} span dir="auto">
                  {l.name || 'Unknown'}
                </Text>
              </Link>
              <Badge variant="light" color="gray">
                {called(l.was)} → {called(l.becomes)}
              </Badge>
              {l.profile && (
                <Text fz="xs" c="dimmed">
                  as {l.profile}
                </Text>
              )}
            </Group>
            <Text fz="xs" c="dimmed">
              {(l.criteria ?? []).map((c) => c.reason).join('; ')}
            </Text>
          </div>
        ))}
      </Stack>
    </section>
  );
}
