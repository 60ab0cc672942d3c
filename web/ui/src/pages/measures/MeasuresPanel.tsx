import { Badge, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { Measure } from '../../api/types';
import { formatCompact, formatIndex, formatPercent } from '../../format';
import { monitorKinds } from '../../vocabulary';
import { nameOf } from './SharePanel';

/** The measures of each monitor with their trend, one below the other for comparison. */
export function MeasuresPanel({ measures, about }: { measures: Measure[]; about: string }) {
  return (
    <Card component="section" aria-label="Comparison">
      <Title order={2}>Comparison</Title>
      <Text fz="xs" c="dimmed" mb="xs">
        {about}
      </Text>
      <div className="rows">
        {measures.map((m) => (
          <Row key={m.monitor_id || m.kind} measure={m} />
        ))}
      </div>
    </Card>
  );
}

function Row({ measure }: { measure: Measure }) {
  const { now, trend } = measure;
  return (
    <Stack component="article" gap="xs" py="sm" aria-label={nameOf(measure)} data-testid="measure">
      <Group gap="xs">
        <Text fw={600}>{nameOf(measure)}</Text>
        {measure.monitor_id && (
          <Badge variant="light" color="gray">
            {monitorKinds[measure.kind]}
          </Badge>
        )}
      </Group>
      <SimpleGrid cols={{ base: 2, xs: 3, md: 5 }} spacing="sm">
        <Value name="mentions" value={formatCompact(now.mentions)} trend={growth(trend.mentions)} />
        <Value name="share of voice" value={now.share_of_voice === null ? '–' : formatPercent(now.share_of_voice)} trend={points(trend.share_of_voice)} />
        <Value name="sentiment index" value={formatIndex(now.sentiment_index)} trend={trend.sentiment_index === null ? null : formatIndex(trend.sentiment_index)} />
        <Value name="reach" value={formatCompact(now.reach)} trend={growth(trend.reach)} />
        <Value name="engagement" value={formatCompact(now.engagement)} trend={growth(trend.engagement)} />
      </SimpleGrid>
    </Stack>
  );
}

const signed = new Intl.NumberFormat('en', { style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: 0 });
const signedPoints = new Intl.NumberFormat('en', { signDisplay: 'exceptZero', maximumFractionDigits: 1 });

/** A growth as a percentage; nothing when there was nothing before. */
export const growth = (g: number | null) => (g === null ? null : signed.format(g).replace('-', '−'));

/** A difference of shares in percentage points. */
export const points = (d: number | null) => (d === null ? null : `${signedPoints.format(100 * d).replace('-', '−')} points`);

function Value({ name, value, trend }: { name: string; value: string; trend: string | null }) {
  return (
    <div>
      <Text fz="lg" fw={650} lh={1.2} style={{ fontVariantNumeric: 'tabular-nums' }}>
        {value}
      </Text>
      <Text fz="xs" c="dimmed">
        {name}
      </Text>
      <Text fz="xs" c="dimmed">
        {trend === null ? 'no trend' : `trend ${trend}`}
      </Text>
    </div>
  );
}
