import { Alert, Button, Card, Checkbox, Group, Modal, Select, Stack, Text, Textarea, Title } from '@mantine/core';
import { useState } from 'react';
import { useTickTask } from '../../api/activities';
import { useStepOpportunity, type OpportunityStep } from '../../api/changes';
import { Problem } from '../../api/client';
import { useMay } from '../../api/grants';
import { useProcesses, type Stage } from '../../api/processes';
import type { OpportunityView } from '../../api/types';
import { FormButtons } from '../../components/FormButtons';
import { ReasonSelect } from '../../components/ReasonSelect';
import { Failed } from '../../components/states';
import { formatDate } from '../../format';
import { opportunityFields } from '../../vocabulary-crm';
import { ApproveButton, SideProcesses } from './SideProcesses';

/** The stage: guidance, tasks, what its gate still demands, and the ways out of it. */
export function StagePanel({ opportunity: o }: { opportunity: OpportunityView }) {
  const step = useStepOpportunity(o);
  const may = useMay();
  const stages = useStages(o);
  const last = isLast(o, stages);
  const before = earlier(o, stages);
  const [asked, setAsked] = useState<Question | null>(null);
  const refused = step.error instanceof Problem && step.error.status === 409 ? null : step.error;
  const ask = (question: Question) => {
    step.reset();
    setAsked(question);
  };
  return (
    <Card component="section" aria-label="Stage">
      <Title order={2} mb="xs">
        {o.stage}
      </Title>
      {o.guidance && (
        <Text fz="sm" c="dimmed" mb="sm">
          {o.guidance}
        </Text>
      )}
      <Tasks opportunity={o} />
      <Demands opportunity={o} />
      <SideProcesses opportunity={o} />
      {refused && <Failed error={refused} />}
      {may('opportunity:update') && (
        <Group gap="xs" mt="md">
          {!last && (
            <Button loading={step.isPending && step.variables.step === 'advance'} disabled={o.missing.length > 0} onClick={() => step.mutate({ step: 'advance' })}>
              Go on
            </Button>
          )}
          {o.state === 'open' && (last || !stages) && (
            <Button variant={last ? 'filled' : 'default'} disabled={o.missing.length > 0} onClick={() => ask('won')}>
              Won
            </Button>
          )}
          {o.state === 'open' && <Button variant="default" onClick={() => ask('lost')}>Lost</Button>}
          {o.state !== 'open' && <Button variant="default" onClick={() => ask('reopen')}>Reopen</Button>}
          {before.length > 0 && <Button variant="subtle" color="gray" onClick={() => ask('back')}>Go back</Button>}
        </Group>
      )}
      {asked && <Ask question={asked} stages={before} step={step} onClose={() => setAsked(null)} />}
    </Card>
  );
}

/** The stages of its process in their order, when it is on the version in force. */
function useStages(o: OpportunityView): Stage[] | undefined {
  return useProcesses().data?.items.find((p) => p.id === o.process_id && p.version === o.process_version)?.stages ?? undefined;
}

/** Whether no stage of the same phase follows. */
function isLast(o: OpportunityView, stages: Stage[] | undefined): boolean {
  const at = stages?.findIndex((s) => s.name === o.stage) ?? -1;
  const here = stages?.[at];
  if (!stages || !here || here.branches?.length) return false;
  return !stages.slice(at + 1).some((s) => (s.phase ?? '') === (here.phase ?? ''));
}

/** The stages before this one that it has been in. */
function earlier(o: OpportunityView, stages: Stage[] | undefined): string[] {
  const been = [...new Set(o.visits.filter((v) => v.process_id === o.process_id && v.stage !== o.stage).map((v) => v.stage))];
  const place = (name: string) => stages?.findIndex((s) => s.name === name) ?? -1;
  return stages ? been.filter((name) => place(name) >= 0 && place(name) < place(o.stage) && (stages[place(name)]?.phase ?? '') === (stages[place(o.stage)]?.phase ?? '')) : been;
}

function Tasks({ opportunity: o }: { opportunity: OpportunityView }) {
  const tick = useTickTask();
  const mayTick = useMay()('activity:update');
  if (o.tasks.length === 0) return null;
  return (
    <Stack component="ul" gap="xs" m={0} p={0} style={{ listStyle: 'none' }} aria-label="Tasks">
      {tick.error && <Failed error={tick.error} />}
      {o.tasks.map((t) => (
        <li key={t.id}>
          <Checkbox
            checked={Boolean(t.done_at)}
            disabled={tick.isPending || !mayTick}
            onChange={(e) => tick.mutate({ task: t, done: e.currentTarget.checked })}
            label={t.subject}
            description={t.due_at && !t.done_at ? `Due ${formatDate(t.due_at)}` : undefined}
          />
        </li>
      ))}
    </Stack>
  );
}

/** What is missing, with fields and processes by what people call them. */
function demand({ kind, name, reason }: OpportunityView['missing'][number]): string {
  if (kind === 'field') return `${opportunityFields[name] ?? name.replace(/^fields\./, '')} is not filled in`;
  return kind === 'process' ? 'Another process has to run to its end: see below' : reason;
}

function Demands({ opportunity: o }: { opportunity: OpportunityView }) {
  if (o.missing.length === 0) return null;
  return (
    <Alert color="caution" variant="light" mt="sm" title="Before it goes on" data-testid="missing">
      <ul style={{ margin: 0, paddingInlineStart: '1.2em' }}>
        {o.missing.map((m) => (
          <li key={m.kind + m.name}>
            {demand(m)}
            {m.kind === 'approval' && <ApproveButton opportunity={o} role={m.name} process={o.process_id} stage={o.stage} />}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

type Question = 'won' | 'lost' | 'reopen' | 'back';

const titles: Record<Question, string> = { won: 'Why was it won?', lost: 'Why was it lost?', reopen: 'Why does it go on?', back: 'Back to which stage, and why?' };

interface AskProps {
  question: Question;
  /** To which it can go back. */
  stages: string[];
  step: ReturnType<typeof useStepOpportunity>;
  onClose: () => void;
}

/** Asks for the reason, which the next ones learn from. */
function Ask({ question, stages, step, onClose }: AskProps) {
  const [reason, setReason] = useState('');
  const [comment, setComment] = useState('');
  const [stage, setStage] = useState(stages.at(-1) ?? '');
  const closes = question === 'won' || question === 'lost';
  const send = () => {
    let s: OpportunityStep;
    if (question === 'back') s = { step: 'back', stage, reason };
    else if (question === 'reopen') s = { step: 'reopen', reason };
    else s = { step: question, reason, comment };
    step.mutate(s, { onSuccess: onClose });
  };
  return (
    <Modal opened onClose={onClose} title={titles[question]}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          send();
        }}
      >
        <Stack gap="md">
          {step.error && <Failed error={step.error} />}
          {question === 'back' && <Select label="Stage" data={stages} value={stage} onChange={(v) => setStage(v ?? '')} allowDeselect={false} />}
          {closes ? (
            <>
              <ReasonSelect outcome={question} value={reason} onChange={setReason} />
              <Textarea label="What else there is to say" maxLength={200} rows={3} value={comment} onChange={(e) => setComment(e.currentTarget.value)} />
            </>
          ) : (
            <Textarea label="Reason" required maxLength={200} rows={3} data-autofocus value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
          )}
          <FormButtons label="Save" saving={step.isPending} disabled={reason.trim() === ''} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
