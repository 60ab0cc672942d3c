import { Badge, Box, Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useAnswerReference, useRecommendations, useResolveRecommendation, useWaitingRecommendations, type Recommendation, type RecommendationEnd, type WaitingRecommendation } from '../../api/campaigns';
import { useMay } from '../../api/grants';
import { May } from '../../components/May';
import { MentionRow, PostText } from '../../components/MentionRow';
import { MonitorSelect } from '../../components/MonitorSelect';
import { PageTitle } from '../../components/PageTitle';
import { RecordLink } from '../../components/RecordLink';
import { Empty, Failed, Listed } from '../../components/states';
import { useFilter } from '../../components/useFilter';
import { formatDay } from '../../format';
import { options } from '../../vocabulary';
import { recommendationEnds, referenceStates } from '../../vocabulary-crm';

/** Posts that recommend the brand: each becomes a lead, a request for a reference, or nothing. */
export default function RecommendationsPage() {
  const [filter, setFilter] = useFilter('monitor', 'show');
  const done = filter.show === 'done';
  return (
    <>
      <PageTitle title="Recommendations" about="Who recommends us in public: a lead, or somebody to ask for a reference." />
      <Group mb="md" gap="sm" align="flex-end">
        <SegmentedControl size="sm" aria-label="Which" value={done ? 'done' : ''} onChange={(v) => setFilter('show', v)} data={[{ value: '', label: 'To decide' }, { value: 'done', label: 'What they became' }]} />
        {!done && (
          <Box flex="0 1 16rem">
            <MonitorSelect value={filter.monitor} onChange={(v) => setFilter('monitor', v)} />
          </Box>
        )}
      </Group>
      {done ? <Resolved /> : <Waiting monitor={filter.monitor} />}
    </>
  );
}

function Waiting({ monitor }: { monitor: string }) {
  return (
    <Listed list={useWaitingRecommendations(monitor)} what="Recommendations" keyOf={(r) => r.mention.post_id} empty={<Empty title="Nothing to decide">Posts that recommend the brand appear here.</Empty>}>
      {(r) => <Choice waiting={r} />}
    </Listed>
  );
}

function Choice({ waiting: { mention, suggestion } }: { waiting: WaitingRecommendation }) {
  const resolve = useResolveRecommendation();
  const ends: [RecommendationEnd, string][] = [['lead', 'Make it a lead'], ['reference', 'Ask for a reference'], ['nothing', 'Nothing']];
  return (
    <Stack gap={4} pb="sm">
      <MentionRow mention={mention} />
      {resolve.error && <Failed error={resolve.error} />}
      <May grant="recommendation:create">
        <Group gap="xs">
          {ends.map(([became, label]) => (
            <Button key={became} size="compact-sm" variant={became === suggestion ? 'filled' : 'default'} loading={resolve.isPending && resolve.variables?.became === became} disabled={resolve.isPending} onClick={() => resolve.mutate({ post_id: mention.post_id, became })}>
              {label}
            </Button>
          ))}
        </Group>
      </May>
    </Stack>
  );
}

function Resolved() {
  return (
    <Listed list={useRecommendations()} what="Recommendations" keyOf={(r) => r.id} empty={<Empty title="Nothing was decided yet" />}>
      {(r) => <Done recommendation={r} />}
    </Listed>
  );
}

function Done({ recommendation: r }: { recommendation: Recommendation }) {
  const answer = useAnswerReference(r);
  const may = useMay();
  return (
    <Stack gap={6} py="sm">
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Badge variant="light">{recommendationEnds[r.became as RecommendationEnd]}</Badge>
          {r.contact_id && (
            <RecordLink type="contact" id={r.contact_id}>
              {r.contact_name || 'the contact'}
            </RecordLink>
          )}
          {r.lead_id && (
            <RecordLink type="lead" id={r.lead_id}>
              the lead
            </RecordLink>
          )}
        </Group>
        <Text fz="xs" c="dimmed">
          {formatDay(r.created_at)}
        </Text>
      </Group>
      {r.mention ? <PostText text={r.mention.text} language={r.mention.language} lines={2} /> : <Text fz="sm" c="dimmed">The post was taken back, or is kept no longer.</Text>}
      {r.note && <Text fz="xs" c="dimmed" dir="auto">{r.note}</Text>}
      {r.became === 'reference' && (
        <SegmentedControl size="xs" aria-label={`Reference of ${r.contact_name || 'the author'}`} value={r.state} disabled={answer.isPending || !may('recommendation:update')} onChange={(v) => answer.mutate(v as keyof typeof referenceStates)}
          data={options(referenceStates)} style={{ alignSelf: 'flex-start', maxWidth: '100%', overflowX: 'auto' }} />
      )}
      {answer.error && <Failed error={answer.error} />}
    </Stack>
  );
}
