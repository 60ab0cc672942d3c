import { Box, Card } from '@mantine/core';
import { AdvocatesPanel } from '../../components/AdvocatesPanel';
import { MonitorSelect } from '../../components/MonitorSelect';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Failed, Loading } from '../../components/states';
import { useFilter } from '../../components/useFilter';
import { useMonitors } from '../../api/queries';

/** Who speaks for a brand and who against it, in the last 90 days. */
export default function AdvocatesPage() {
  const [filter, setFilter] = useFilter('monitor');
  const monitors = useMonitors();
  const monitor = filter.monitor || monitors.data?.items[0]?.id || '';
  return (
    <>
      <PageTitle title="Advocates and critics" about="Who speaks for a brand again and again, and who against it, in the last 90 days." />
      <Box maw={360} mb="md">
        <MonitorSelect label="Monitor" value={monitor} onChange={(v) => setFilter('monitor', v)} />
      </Box>
      {monitor ? (
        <AdvocatesPanel of={{ monitor }} />
      ) : monitors.error ? (
        <Failed error={monitors.error} onRetry={() => void monitors.refetch()} />
      ) : monitors.data ? (
        <Card>
          <Empty title="Nothing is listened for">Make a monitor first.</Empty>
        </Card>
      ) : (
        <Loading what="monitors" />
      )}
    </>
  );
}
