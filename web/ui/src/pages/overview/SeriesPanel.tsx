import { Group, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { ranges, useIncidents, useSeries, type Range } from '../../api/queries';
import { Figure } from '../../components/marks';
import { SeriesChart, total } from '../../components/SeriesChart';
import { Loaded } from '../../components/states';
import { formatCompact, formatIndex, formatPercent } from '../../format';
import { Panel } from './Panel';

const spans: Record<Range, string> = {
  '1h': 'in the last hour',
  '6h': 'in the last 6 hours',
  '24h': 'in the last 24 hours',
  '7d': 'in the last 7 days',
  '30d': 'in the last 30 days',
};

/** How much is said and how, in the range that was picked. */
export function SeriesPanel({ monitor }: { monitor: string }) {
  const [range, setRange] = useState<Range>('1h');
  const series = useSeries(monitor, range);
  const incidents = useIncidents({ monitor });
  return (
    <Panel
      title="Volume and sentiment"
      aside={
        <SegmentedControl
          size="xs"
          aria-label="Range"
          value={range}
          onChange={(value) => setRange(value as Range)}
          data={(Object.keys(ranges) as Range[]).map((value) => ({ value, label: ranges[value].label }))}
        />
      }
    >
      <Loaded query={series} what="volume and sentiment" rows={5}>
        {(data) => {
          const sum = total(data.points);
          return (
            <>
              <Group gap="xl" mb="sm">
                <Figure value={formatCompact(sum.posts)} name="mentions" />
                <Figure value={formatIndex(sum.index)} name="sentiment index" />
                <Figure value={sum.posts ? formatPercent(sum.negative / sum.posts) : '–'} name="negative" />
                <Figure value={formatCompact(sum.reach)} name="reach" />
              </Group>
              <SeriesChart series={data} span={spans[range]} incidents={incidents.data?.pages[0]?.items ?? []} />
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}
