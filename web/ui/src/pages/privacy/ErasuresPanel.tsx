import { Alert, Badge, Button, Card, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMay } from '../../api/grants';
import { useApproveErasure, useErasures, type Erasure } from '../../api/privacy';
import { Confirm } from '../../components/Confirm';
import { Empty, Loaded } from '../../components/states';
import { formatNumber, formatTime } from '../../format';
import { Counts } from './Counts';

const states: Record<Erasure['state'], string> = { requested: 'waits for approval', approved: 'running', done: 'done' };

/** Who was erased is not said; that it was done is. */
export function ErasuresPanel() {
  return (
    <Card component="section" aria-label="Erasures">
      <Title order={2}>Erasures</Title>
      <Loaded query={useErasures()} what="erasures" rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nobody was erased" />
          ) : (
            <div className="rows">
              {items.map((e) => (
                <Row key={e.id} erasure={e} />
              ))}
            </div>
          )
        }
      </Loaded>
    </Card>
  );
}

function Row({ erasure: e }: { erasure: Erasure }) {
  const approve = useApproveErasure();
  const [asking, ask] = useDisclosure();
  const mayApprove = useMay()('privacy:approve');
  return (
    <Stack gap={6} py="sm" component="article" aria-label={`Erasure of ${formatTime(e.requested_at)}`}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text fz="sm" fw={600} dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {e.reason || 'No reason was given'}
        </Text>
        <Badge variant="light" color={e.state === 'done' ? 'positive' : 'caution'} style={{ flex: 'none' }}>
          {states[e.state]}
        </Badge>
      </Group>
      <Text fz="xs" c="dimmed">
        Asked for by {e.requested_by}, {formatTime(e.requested_at)}
        {e.approved_by && `; approved by ${e.approved_by}`}
        {e.finished_at && `; done ${formatTime(e.finished_at)}, ${formatNumber(e.blocked)} accounts and addresses blocked`}
      </Text>
      {e.state === 'approved' && <Progress value={100 * e.progress} aria-label={`${Math.round(100 * e.progress)} % done`} />}
      {e.problem && (
        <Alert color="caution" variant="light" title="It is tried again">
          {e.problem}
        </Alert>
      )}
      <Counts label="What went, by table" counts={e.removed} />
      {e.state === 'requested' && mayApprove && (
        <Button size="xs" variant="default" onClick={ask.open} style={{ alignSelf: 'start' }}>
          Approve
        </Button>
      )}
      <Confirm opened={asking} title="Let the erasure begin?" action="Erase" change={approve} onConfirm={() => approve.mutate(e.id, { onSuccess: ask.close })} onClose={ask.close}>
        Everything about this person goes, everywhere, and it cannot be undone.
      </Confirm>
    </Stack>
  );
}
