import { SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import { useMeasures } from '../../api/queries';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Loaded } from '../../components/states';
import { formatTime } from '../../format';
import { FormulasPanel } from './FormulasPanel';
import { MeasuresPanel } from './MeasuresPanel';
import { SharePanel } from './SharePanel';

const periods = { '1': '24 h', '7': '7 d', '30': '30 d' } as const;
type Period = keyof typeof periods;

/** How much is said about each brand and competitor and how, against the period before. */
export default function MeasuresPage() {
  const [period, setPeriod] = useState<Period>('7');
  const [by, setBy] = useState<'monitor' | 'kind'>('monitor');
  const measures = useMeasures(Number(period), by);
  return (
    <>
      <PageTitle title="Measures" about="Share of voice, sentiment, reach and engagement, compared with the period before.">
        <SegmentedControl size="xs" aria-label="Compare" value={by} onChange={(v) => setBy(v as typeof by)} data={[{ value: 'monitor', label: 'Monitors' }, { value: 'kind', label: 'Kinds' }]} />
        <SegmentedControl
          size="xs"
          aria-label="Period"
          value={period}
          onChange={(v) => setPeriod(v as Period)}
          data={(Object.keys(periods) as Period[]).map((value) => ({ value, label: periods[value] }))}
        />
      </PageTitle>
      <Loaded query={measures} what="measures" rows={5}>
        {(data) => {
          if (data.items.length === 0) return <Empty title="Nothing to measure yet">Create a monitor for your brand and one for each competitor.</Empty>;
          return (
            <Stack gap="md">
              <SharePanel measures={data.items} />
              <MeasuresPanel measures={data.items} about={`${formatTime(data.from)} to ${formatTime(data.until)}, against the time from ${formatTime(data.before)} on`} />
              <FormulasPanel />
            </Stack>
          );
        }}
      </Loaded>
    </>
  );
}
