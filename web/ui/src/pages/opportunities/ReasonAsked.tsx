import { Modal, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { FormButtons } from '../../components/FormButtons';
import { Failed } from '../../components/states';

interface Props {
  title: string;
  action: string;
  change: { isPending: boolean; error: Error | null };
  onAnswer: (reason: string) => void;
  onClose: () => void;
}

/** Asks for the reason of what cannot be undone. */
export function ReasonAsked({ title, action, change, onAnswer, onClose }: Props) {
  const [reason, setReason] = useState('');
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          onAnswer(reason);
        }}
      >
        <Stack gap="md">
          {change.error && <Failed error={change.error} />}
          <Textarea label="Reason" required maxLength={500} rows={3} data-autofocus value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
          <FormButtons label={action} saving={change.isPending} disabled={reason.trim() === ''} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
