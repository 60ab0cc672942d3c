import { Grid, Stack } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { MonitorSelect } from '../../components/MonitorSelect';
import { PageTitle } from '../../components/PageTitle';
import { IncidentsPanel } from './IncidentsPanel';
import { LeadsPanel } from './LeadsPanel';
import { LiveFeedPanel } from './LiveFeedPanel';
import { SeriesPanel } from './SeriesPanel';
import { SourcesStrip } from './SourcesStrip';

/** What happens now: the curve, the incidents, the feed, the new leads and whether all sources are heard, as far as one's roles reach. */
export default function OverviewPage() {
  const [monitor, setMonitor] = useState('');
  const may = useMay();
  const hears = may('mention:read');
  return (
    <>
      <PageTitle title="Overview" about="What people say now, and what needs you.">
        {may('monitor:read') && <MonitorSelect value={monitor} onChange={setMonitor} />}
      </PageTitle>
      <Stack gap="md">
        {may('source:read') && <SourcesStrip />}
        <Grid gap="md">
          <Grid.Col span={{ base: 12, lg: 8 }}>
            <Stack gap="md">
              {hears && <SeriesPanel monitor={monitor} />}
              {hears && <LiveFeedPanel key={monitor} monitor={monitor} />}
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <Stack gap="md">
              {may('incident:read') && <IncidentsPanel monitor={monitor} />}
              {may('lead:read') && <LeadsPanel />}
            </Stack>
          </Grid.Col>
        </Grid>
      </Stack>
    </>
  );
}
