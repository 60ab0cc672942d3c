import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import type { Lead } from '../../api/types';
import { FigureTable } from '../../components/FigureTable';
import { GradeMark } from '../../components/GradeMark';
import { formatTime } from '../../format';
import { signs } from '../../vocabulary-crm';

const outcomes: Record<string, { sign: string; name: string; color: string }> = {
  met: { sign: '✓', name: 'met', color: 'positive' },
  failed: { sign: '✗', name: 'not met', color: 'negative' },
  unknown: { sign: '?', name: 'not known', color: 'gray' },
};

/** How well the lead fits the ideal customer and how interested it is, with the reason for each. */
export function RatingPanel({ lead }: { lead: Lead }) {
  const { rating } = lead;
  if (!rating) return null;
  return (
    <Card component="section" aria-label="Fit and interest">
      <Group justify="space-between" wrap="wrap" mb="xs">
        <Title order={2}>Fit and interest</Title>
        <GradeMark rating={rating} />
      </Group>
      <Text fz="sm" c="dimmed" mb="sm" className="sentence">
        {rating.reason}
      </Text>
      {rating.criteria.length > 0 && (
        <Stack component="ul" gap={6} m={0} mb="sm" p={0} style={{ listStyle: 'none' }} aria-label="Criteria">
          {rating.criteria.map((c) => {
            const { sign, name, color } = outcomes[c.outcome] ?? { sign: '?', name: c.outcome, color: 'gray' };
            return (
              <Group component="li" key={c.label} gap="xs" wrap="nowrap" align="baseline">
                <Badge color={color} variant="light" size="sm" aria-label={name}>
                  {sign}
                </Badge>
                <Text fz="sm" style={{ flex: 1 }} miw={0}>
                  {c.label}
                  <Text span fz="xs" c="dimmed">
                    {' '}
                    {c.reason}
                  </Text>
                </Text>
                <Text fz="xs" c="dimmed">
                  weight {c.weight}
                </Text>
              </Group>
            );
          })}
        </Stack>
      )}
      {rating.interest.length > 0 && (
        <FigureTable
          label="Interest"
          minWidth={320}
          rows={rating.interest}
          keyOf={(i) => i.kind}
          columns={[
            { name: 'Interest', value: (i) => signs[i.kind] ?? i.kind },
            { name: 'Times', value: (i) => i.count },
            { name: 'Points now', value: (i) => i.points },
            { name: 'Last', value: (i) => formatTime(i.last), text: true },
          ]}
        />
      )}
    </Card>
  );
}
