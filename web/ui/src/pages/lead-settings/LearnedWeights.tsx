import { Alert, Badge, Button, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { useMay } from '../../api/grants';
import { useApplyWeights, useLearnWeights, useProposals, type IdealProfile, type Learned } from '../../api/leadSettings';
import { FigureTable } from '../../components/FigureTable';
import { Empty, Failed, Loaded } from '../../components/states';
import { formatNumber, formatTime } from '../../format';
import { GradeCloses } from './GradeCloses';

/** Weights that past decisions speak for, beside those that are set; nothing changes until a person applies them. */
export function LearnedWeights({ profile, onClose }: { profile: IdealProfile; onClose: () => void }) {
  const proposals = useProposals(profile.id);
  const learn = useLearnWeights(profile.id);
  const may = useMay();
  return (
    <Drawer opened onClose={onClose} position="right" size="xl" title={`Learned weights of ${profile.name}`}>
      <Stack gap="md">
        <Text fz="sm" c="dimmed">
          From leads that sales accepted or gave up, and from how their opportunities ended: 50 decisions at least, 10 of potential customers and 10 of others. Nothing changes until you apply it.
        </Text>
        {may('learned_model:create') && (
          <Group>
            <Button variant="default" loading={learn.isPending} onClick={() => learn.mutate()}>
              Learn from past decisions
            </Button>
          </Group>
        )}
        {learn.error && <Failed error={learn.error} />}
        {may('report:read') && <GradeCloses />}
        <Loaded query={proposals} what="what was learned" rows={2}>
          {({ items }) => (items.length === 0 ? <Empty title="Nothing was learned yet" /> : items.map((l) => <Proposal key={l.id} learned={l} profile={profile} onApplied={onClose} />))}
        </Loaded>
      </Stack>
    </Drawer>
  );
}

const three = (n: number) => n.toFixed(3);
/** A difference with its sign; the minus is a minus. */
const signed = (n: number) => `${n > 0 ? '+' : ''}${three(n)}`.replace('-', '−');

function Proposal({ learned: l, profile, onApplied }: { learned: Learned; profile: IdealProfile; onApplied: () => void }) {
  const apply = useApplyWeights(profile.id);
  const may = useMay();
  const w = l.weights;
  if (!w) return null;
  const stale = w.profile_version !== profile.version;
  const loss = w.log_loss_gain;
  const auc = w.auc_gain;
  return (
    <section aria-label={`Learned ${formatTime(l.created_at)}`}>
      <Group gap="xs" mb={4}>
        <Title order={3}>{formatTime(l.created_at)}</Title>
        {l.applied_by && <Badge color="brand">applied</Badge>}
        {!l.applied_by && stale && <Badge color="gray">of an earlier version</Badge>}
      </Group>
      <Text fz="sm" mb="xs">
        {formatNumber(l.examples)} decisions: {formatNumber(w.accepted)} accepted, {formatNumber(w.rejected)} given up.
        {w.potential + w.others > 0 &&
          ` Closed opportunities: ${formatNumber(w.won)} won, ${formatNumber(w.lost)} lost, ${formatNumber(w.unfit)} of them no potential customer. So ${formatNumber(w.potential)} examples of a potential customer, ${formatNumber(w.others)} of others.`}
      </Text>
      <Alert variant="light" color={loss.low > 0 ? 'positive' : 'gray'} mb="xs">
        {w.advice.charAt(0).toUpperCase() + w.advice.slice(1)}.
      </Alert>
      <FigureTable
        label="Set and learned weights"
        minWidth={300}
        rows={w.criteria ?? []}
        keyOf={(c) => c.label}
        columns={[
          { name: 'Criterion', value: (c) => c.label },
          { name: 'Set', value: (c) => formatNumber(c.set) },
          { name: 'Learned', value: (c) => formatNumber(c.learned) },
          { name: 'Known of', value: (c) => formatNumber(c.known) },
        ]}
      />
      <Text fz="xs" c="dimmed" mt="sm">
        On decisions that were not learned from: a smaller log loss and a larger AUC are better.
      </Text>
      <FigureTable
        label="Expected gain"
        minWidth={320}
        rows={[
          { name: 'Log loss', set: w.set_log_loss, learned: w.learned_log_loss, gain: loss },
          { name: 'AUC', set: w.set_auc, learned: w.learned_auc, gain: auc },
        ]}
        keyOf={(r) => r.name}
        columns={[
          { name: 'Measure', value: (r) => r.name },
          { name: 'Set', value: (r) => three(r.set) },
          { name: 'Learned', value: (r) => three(r.learned) },
          { name: 'Gain (95 %)', value: (r) => `${signed(r.gain.mean)} (${signed(r.gain.low)} to ${signed(r.gain.high)})` },
        ]}
      />
      {apply.error && <Failed error={apply.error} />}
      {!l.applied_by && !stale && may('ideal_profile:update') && (
        <Group justify="flex-end" mt="xs">
          <Button loading={apply.isPending} onClick={() => apply.mutate(l.id, { onSuccess: onApplied })}>
            Put the learned weights in place
          </Button>
        </Group>
      )}
    </section>
  );
}
