import { Checkbox, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useTasks, useTickTask, type Task } from '../../api/activities';
import { useClock } from '../../api/clock';
import { useMay } from '../../api/grants';
import { useSession } from '../../api/queries';
import { PageTitle } from '../../components/PageTitle';
import { RecordLink } from '../../components/RecordLink';
import { Empty, Failed, Listed } from '../../components/states';
import { useFilter } from '../../components/useFilter';
import { formatDate } from '../../format';
import { recordName } from '../../records';

/** What somebody is to do: tasks of stages, of time limits, and those that they set themselves. */
export default function TasksPage() {
  const [{ whose }, setFilter] = useFilter('whose');
  const me = useSession().data?.user.id ?? '';
  const tasks = useTasks(whose === 'all' ? '' : me);
  return (
    <>
      <PageTitle title="Tasks" about="What is to be done, with the record that it is for." />
      <SegmentedControl mb="md" size="sm" aria-label="Whose" value={whose === 'all' ? 'all' : ''} onChange={(v) => setFilter('whose', v)} data={[{ value: '', label: 'Mine' }, { value: 'all', label: 'All that I may see' }]} />
      <Listed list={tasks} what="Tasks" keyOf={(t) => t.id} empty={<Empty title="Nothing to do">Tasks come with the stages of opportunities and with time limits of leads; set your own on a lead, an opportunity, a contact or an account.</Empty>}>
        {(t) => <Row task={t} />}
      </Listed>
    </>
  );
}

function Row({ task: t }: { task: Task }) {
  const tick = useTickTask();
  const mayTick = useMay()('activity:update');
  const late = useClock((clock) => Boolean(t.due_at) && Date.parse(t.due_at ?? '') < clock.now());
  return (
    <Stack gap={4} py="sm" data-testid="task">
      <Group justify="space-between" gap="xs" align="flex-start">
        <Checkbox checked={Boolean(t.done_at)} disabled={tick.isPending || !mayTick} onChange={(e) => tick.mutate({ task: t, done: e.currentTarget.checked })} label={t.subject} />
        {t.due_at && (
          <Text fz="sm" c={late ? 'var(--mantine-color-error)' : 'dimmed'}>
            {late ? 'was due' : 'due'} {formatDate(t.due_at)}
          </Text>
        )}
      </Group>
      <Text fz="xs" c="dimmed" pl={32} dir="auto">
        {recordName(t.record_type)}:{' '}
        <RecordLink type={t.record_type} id={t.record_id} fz="xs">
          {t.record_name || 'not yours to see'}
        </RecordLink>
      </Text>
      {tick.error && <Failed error={tick.error} />}
    </Stack>
  );
}
