import { Modal, NumberInput, Stack, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useSetOdds } from '../../api/sales';
import type { OpportunityView } from '../../api/types';
import { FormButtons } from '../../components/FormButtons';
import { Failed } from '../../components/states';
import { useOpened } from '../../components/useOpened';

interface Props {
  opportunity: OpportunityView;
  odds: NonNullable<OpportunityView['odds']>;
  onClose: () => void;
}

/** Says how probable it is to win, where the stage's odds are not right. */
export function OddsForm({ opportunity: o, odds, onClose }: Props) {
  const set = useSetOdds(useOpened(o));
  const [percent, setPercent] = useState<number | string>(odds.percent);
  const [reason, setReason] = useState(odds.reason);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    set.mutate({ percent: Number(percent), reason }, { onSuccess: onClose });
  };
  return (
    <Modal opened onClose={onClose} title="How probable is it to win?">
      <form onSubmit={submit}>
        <Stack gap="md">
          {set.error && <Failed error={set.error} />}
          <NumberInput label="Odds" description="They stay until a stage promises more" suffix=" %" required min={1} max={99} allowDecimal={false} data-autofocus value={percent} onChange={setPercent} />
          <Textarea label="Reason" required maxLength={200} rows={2} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
          <FormButtons label="Save" saving={set.isPending} disabled={reason.trim() === ''} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
