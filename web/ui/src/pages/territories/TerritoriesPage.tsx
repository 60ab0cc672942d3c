import { Alert, Card, Progress, Text } from '@mantine/core';
import { useAssignment } from '../../api/territories';
import { PageTitle } from '../../components/PageTitle';
import { Parts } from '../../components/Parts';
import { formatNumber } from '../../format';
import { DimensionsPanel } from './DimensionsPanel';
import { QueuePanel } from './QueuePanel';
import { ResultsPanel } from './ResultsPanel';
import { TreePanel } from './TreePanel';

/** Parts of the market: who works in which, what they have, and what no territory takes. */
export default function TerritoriesPage() {
  return (
    <>
      <PageTitle title="Territories" about="Parts of the market. They may overlap: the most specific one is primary, the others own a record with it." />
      <Assigning />
      <Parts
        parts={[
          { value: 'tree', label: 'Territories', needs: 'territory:read', Panel: TreePanel },
          { value: 'queue', label: 'Queue', needs: 'territory:read', Panel: QueuePanel },
          { value: 'results', label: 'Results', needs: 'report:read', Panel: ResultsPanel },
          { value: 'dimensions', label: 'Dimensions', needs: 'dimension:read', Panel: DimensionsPanel },
        ]}
      />
    </>
  );
}

/** How far records are assigned after a change, while they are. */
function Assigning() {
  const { data: job } = useAssignment();
  if (!job || (job.state !== 'running' && job.state !== 'failed')) return null;
  if (job.state === 'failed') {
    return (
      <Alert color="negative" title="Records could not be assigned" mb="md" role="alert">
        {job.problem}
      </Alert>
    );
  }
  const done = job.total ? (100 * job.done) / job.total : 0;
  return (
    <Card mb="md" role="status">
      <Text fz="sm">
        Assigning records: {formatNumber(job.done)} of {formatNumber(job.total)}
      </Text>
      <Progress value={done} mt={6} aria-label="Assigned" />
    </Card>
  );
}
