import { Stack } from '@mantine/core';
import { PageTitle } from '../../components/PageTitle';
import { ChannelsPanel } from './ChannelsPanel';
import { DeliveriesPanel } from './DeliveriesPanel';
import { PreviewPanel } from './PreviewPanel';
import { RoutesPanel } from './RoutesPanel';

/** Who is told what: the channels and how it stands with them, the routes, and what was told. */
export default function ChannelsPage() {
  return (
    <>
      <PageTitle title="Channels and routes" about="Who is told of alerts, when and how; the configuration file says it, here is what comes of it." />
      <Stack gap="md">
        <ChannelsPanel />
        <RoutesPanel />
        <PreviewPanel />
        <DeliveriesPanel />
      </Stack>
    </>
  );
}
