import { Grid, Stack } from '@mantine/core';
import { useState } from 'react';
import { MonitorSelect } from '../../components/MonitorSelect';
import { PageTitle } from '../../components/PageTitle';
import { IncidentsPanel } from './IncidentsPanel';
import { LeadsPanel } from './LeadsPanel';
import { LiveFeedPanel } from './LiveFeedPanel';
import { SeriesPanel } from './SeriesPanel';
import { SourcesStrip } from './SourcesStrip';

/** What happens now: the curve, the incidents, the feed, the new leads and whether all sources are heard. */
export default function OverviewPage() {
  const [monitor, setMonitor] = useState('');
  return (
    <>
      <PageTitle title="Overview" about="What people say now, and what needs you.">
        <MonitorSelect value={monitor} onChange={setMonitor} />
      </PageTitle>
      <Stack gap="md">
        <SourcesStrip />
        <Grid gap="md">
          <Grid.Col span={{ base: 12, lg: 8 }}>
            <Stack gap="md">
              <SeriesPanel monitor={monitor} />
              <LiveFeedPanel key={monitor} monitor={monitor} />
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <Stack gap="md">
              <IncidentsPanel monitor={monitor} />
              <LeadsPanel />
            </Stack>
          </Grid.Col>
        </Grid>
      </Stack>
    </>
  );
}
