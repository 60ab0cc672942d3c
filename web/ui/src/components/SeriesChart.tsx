import '@mantine/charts/styles.css';
import { BarChart, LineChart } from '@mantine/charts';
import { Box, Group, Stack, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { Incident, Point, Polarity, Series } from '../api/types';
import { formatIndex, formatNumber, formatStep, formatTime } from '../format';
import { incidentKinds, polarities } from '../vocabulary';

/** From the bottom of a bar to its top; what is read most often lies on the base line. */
const stack: { name: Polarity; color: string }[] = [
  { name: 'negative', color: 'negative.6' },
  { name: 'positive', color: 'positive.6' },
  { name: 'neutral', color: 'gray.5' },
  { name: 'unknown', color: 'gray.3' },
];

interface Props {
  series: Series;
  /** Incidents whose beginning is marked. */
  incidents?: Incident[];
  /** Whether the peaks and ends of the incidents are marked, too. */
  life?: boolean;
  /** What the series is of, for its summary: "in the last hour". */
  span: string;
  height?: number;
}

/** Volume by polarity, and the sentiment index below it, on one axis of time. */
export function SeriesChart({ series, incidents = [], life = false, span, height = 170 }: Props) {
  const { points, step } = series;
  const letter = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false }) ? 0.018 : 0.01; // its part of the chart
  const marks = [...marksOf(points, incidents, letter), ...(life ? momentsOf(points, incidents) : [])];
  const shared = {
    dataKey: 'time',
    withTooltip: true,
    tooltipAnimationDuration: 0,
    tickLine: 'none' as const,
    strokeDasharray: '3 5',
    yAxisProps: { width: 40, allowDecimals: false },
  };
  const label = (time: string) => formatStep(time, step);
  return (
    <Stack gap={4} component="figure" m={0}>
      <Legend />
      <Box aria-hidden data-testid="chart">
        <BarChart
          {...shared}
          h={height}
          type="stacked"
          data={points}
          series={stack.map((s) => ({ ...s, label: polarities[s.name] }))}
          xAxisProps={{ tickFormatter: label, minTickGap: 40 }}
          tooltipProps={tooltip(label)}
          referenceLines={marks}
          barProps={{ isAnimationActive: false }}
          barChartProps={{ syncId: span, accessibilityLayer: false, barCategoryGap: 1 }}
        />
        <Text fz="xs" c="dimmed" mt={6} pl={4}>
          Sentiment index, −10 to 10
        </Text>
        <LineChart
          {...shared}
          h={92}
          data={points}
          series={[{ name: 'index', label: 'Sentiment index', color: 'brand.6' }]}
          curveType="linear"
          strokeWidth={2}
          withDots={points.length < 40}
          dotProps={{ r: 2 }}
          connectNulls
          withXAxis={false}
          yAxisProps={{ ...shared.yAxisProps, domain: [-11, 11], ticks: [-10, 0, 10], interval: 0, tickFormatter: String }}
          referenceLines={[{ y: 0, color: 'gray.5' }, ...marks.map(({ x, color }) => ({ x, color }))]}
          tooltipProps={tooltip(label)}
          valueFormatter={formatIndex}
          lineProps={{ isAnimationActive: false }}
          lineChartProps={{ syncId: span, accessibilityLayer: false }}
        />
      </Box>
      <Text component="figcaption" fz="sm" c="dimmed" data-testid="chart-summary">
        {summary(points, step, span)}
      </Text>
    </Stack>
  );
}

/** Lines where incidents begin. Of those that would write over each other, the most severe has the word. */
function marksOf(points: Point[], incidents: Incident[], letter: number) {
  const worded: { at: number; word: string }[] = [];
  const marks = [];
  for (const i of incidents.toSorted((a, b) => b.severity - a.severity)) {
    const at = stepOf(points, i.opened_at);
    if (at < 0) continue;
    const word = incidentKinds[i.kind];
    const free = worded.every((other) => Math.abs(other.at - at) > points.length * letter * (other.word.length + word.length));
    if (free) worded.push({ at, word });
    const labelPosition = at > points.length * 0.8 ? ('insideTopRight' as const) : ('insideTopLeft' as const);
    const color = i.kind === 'praise' ? 'positive.7' : 'negative.7';
    marks.push({ x: points[at]?.time ?? '', color, labelPosition, ...(free ? { label: word } : {}) });
  }
  return marks;
}

/** Lines where incidents peak and end; a word where it does not write over that of the beginning. */
function momentsOf(points: Point[], incidents: Incident[]) {
  const near = points.length / 7;
  return incidents.flatMap((i) => {
    const opened = stepOf(points, i.opened_at);
    const moments = [
      { at: i.peak_at, label: 'Peak', color: 'caution.7' },
      { at: i.resolved_at, label: 'Resolved', color: 'gray.6' },
    ];
    let last = opened;
    return moments.flatMap(({ at, label, color }) => {
      const step = at ? stepOf(points, at) : -1;
      if (step < 0 || step === opened) return [];
      const free = step - last > near;
      if (free) last = step;
      const labelPosition = step > points.length * 0.8 ? ('insideTopRight' as const) : ('insideTopLeft' as const);
      return [{ x: points[step]?.time ?? '', color, labelPosition, ...(free ? { label } : {}) }];
    });
  });
}

function tooltip(label: (time: string) => string) {
  return { labelFormatter: (time: unknown) => label(String(time)), isAnimationActive: false };
}

function Legend() {
  return (
    <Group gap="md" aria-hidden>
      {stack.map(({ name, color }) => (
        <Group gap={6} key={name}>
          <Box w={10} h={10} bg={color} style={{ borderRadius: 3 }} />
          <Text fz="xs" c="dimmed">
            {polarities[name]}
          </Text>
        </Group>
      ))}
    </Group>
  );
}

/** The index of the point into whose step a time falls; −1 when it is before the first. */
export function stepOf(points: Point[], time: string): number {
  const at = Date.parse(time);
  return points.findLastIndex((p) => Date.parse(p.time) <= at);
}

/** The sums of some points. */
export function total(points: Point[]) {
  const sum = { posts: 0, negative: 0, neutral: 0, positive: 0, unknown: 0, reach: 0 };
  for (const p of points) {
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += p[key];
  }
  const clear = sum.positive + sum.negative;
  return { ...sum, index: clear === 0 ? null : (10 * (sum.positive - sum.negative)) / clear };
}

/** What the chart shows, in words. */
export function summary(points: Point[], step: string, span: string): string {
  const sum = total(points);
  if (sum.posts === 0) return `No posts ${span}.`;
  const parts = stack.filter(({ name }) => sum[name] > 0).map(({ name }) => `${formatNumber(sum[name])} ${polarities[name].toLowerCase()}`);
  const busiest = points.reduce((a, b) => (b.posts > a.posts ? b : a));
  const when = step === '1d' ? formatStep(busiest.time, step) : formatTime(busiest.time).replace(/:00(?= \S+$)/, '');
  const posts = sum.posts === 1 ? '1 post' : `${formatNumber(sum.posts)} posts`;
  return `${posts} ${span}: ${parts.join(', ')}. Sentiment index ${formatIndex(sum.index)}. Busiest at ${when} with ${formatNumber(busiest.posts)}.`;
}
