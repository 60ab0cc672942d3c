import { Alert, Button, Card, Checkbox, Modal, Stack, Text, Textarea, Title } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useMay } from '../../api/grants';
import { useAcceptLead, useMilestones, useMoveLead, type Acceptance, type LeadStep, type Outcome } from '../../api/leads';
import type { Lead } from '../../api/types';
import { FormButtons } from '../../components/FormButtons';
import { NoteForm } from '../../components/NoteForm';
import { ReasonSelect } from '../../components/ReasonSelect';
import { Failed } from '../../components/states';
import { milestones } from '../../vocabulary-crm';
import { Duplicates, duplicatesOf, type Answer } from './Duplicates';

/** Where the lead can go, and what each milestone still demands. */
export function MovePanel({ lead }: { lead: Lead }) {
  const move = useMoveLead(lead);
  const plan = useMilestones();
  const [asked, setAsked] = useState<Outcome | null>(null);
  const here = plan.data?.milestones?.find((m) => m.name === lead.milestone);
  const may = useMay();
  const steps = may('lead:update') ? (lead.steps ?? []) : [];
  const go = (step: LeadStep) => {
    move.reset();
    if (step.reason) setAsked(step.milestone as Outcome);
    else move.mutate({ milestone: step.milestone });
  };
  return (
    <Card component="section" aria-label="Milestone">
      <Title order={2} mb="xs">
        Milestone
      </Title>
      <Text fz="sm">{here?.label ?? milestones[lead.milestone] ?? lead.milestone}</Text>
      {here?.guidance && (
        <Text fz="sm" c="dimmed" mb="sm">
          {here.guidance}
        </Text>
      )}
      {move.error && !asked && <Failed error={move.error} />}
      {(lead.steps ?? []).length === 0 && (
        <Text fz="sm" c="dimmed">
          It stays so.
        </Text>
      )}
      <Stack gap="xs" align="stretch" mt="xs">
        {steps.map((step, i) => (
          <Stack key={step.milestone} gap={4}>
            <Demands step={step} />
            {step.accepts ? (
              <Accept lead={lead} disabled={(step.missing ?? []).length > 0} />
            ) : (
              <Button
                variant={i === 0 ? 'filled' : 'default'}
                loading={move.isPending && move.variables.milestone === step.milestone}
                disabled={move.isPending || (step.missing ?? []).length > 0}
                onClick={() => go(step)}
              >
                Move to {(milestones[step.milestone] ?? step.label).toLowerCase()}
              </Button>
            )}
          </Stack>
        ))}
      </Stack>
      {lead.state === 'open' && <NoteForm record={{ type: 'lead', id: lead.id }} />}
      {asked && <Ask outcome={asked} move={move} onClose={() => setAsked(null)} />}
    </Card>
  );
}

function Demands({ step }: { step: LeadStep }) {
  if ((step.missing ?? []).length === 0) return null;
  return (
    <Alert color="caution" variant="light" title={`Before it is ${step.label.toLowerCase()}`} data-testid="missing">
      <ul style={{ margin: 0, paddingInlineStart: '1.2em' }}>
        {(step.missing ?? []).map((m) => (
          <li key={m.kind + m.name}>{m.reason}</li>
        ))}
      </ul>
    </Alert>
  );
}

/** Asks why a lead is given up: marketing learns from it. */
function Ask({ outcome, move, onClose }: { outcome: Outcome; move: ReturnType<typeof useMoveLead>; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const [comment, setComment] = useState('');
  return (
    <Modal opened onClose={onClose} title={`Why is it ${outcome}?`}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          move.mutate({ milestone: outcome, reason, comment }, { onSuccess: onClose });
        }}
      >
        <Stack gap="md">
          {move.error && <Failed error={move.error} />}
          <ReasonSelect outcome={outcome} value={reason} onChange={setReason} />
          <Textarea label="What else there is to say" maxLength={500} rows={3} value={comment} onChange={(e) => setComment(e.currentTarget.value)} />
          <FormButtons label="Save" saving={move.isPending} disabled={reason === ''} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}

/** Sales takes the lead over: from then on it is an opportunity. */
function Accept({ lead, disabled }: { lead: Lead; disabled: boolean }) {
  const accept = useAcceptLead(lead);
  const navigate = useNavigate();
  const [account, setAccount] = useState(Boolean(lead.company));
  const found = duplicatesOf(accept.error);
  // A promise, for this button goes when the lead is read again, which may be before the callback of a mutation.
  const send = (more: Partial<Acceptance> = {}) =>
    void accept.mutateAsync({ account, ...more }).then(
      (o) => navigate(`/opportunities/${encodeURIComponent(o.id)}`),
      () => undefined, // shown by accept.error
    );
  const answer = (a: Answer) => send('reason' in a ? { allow_duplicate: true, duplicate_reason: a.reason } : a.type === 'account' ? { account_id: a.id } : { contact_id: a.id });
  return (
    <Stack gap="xs">
      {accept.error && !found && <Failed error={accept.error} />}
      {found && <Duplicates found={found} only={['contact', 'account']} onAnswer={answer} pending={accept.isPending} />}
      {lead.company && <Checkbox size="sm" label={`With the account ${lead.company}`} checked={account} onChange={(e) => setAccount(e.currentTarget.checked)} />}
      <Button loading={accept.isPending} disabled={disabled} onClick={() => send()}>
        Accept, and open an opportunity
      </Button>
    </Stack>
  );
}
