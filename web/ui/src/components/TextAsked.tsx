import { Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useState, type ChangeEvent } from 'react';
import { FormButtons } from './FormButtons';
import { Failed } from './states';

interface Props {
  title: string;
  label?: string;
  /** What comes of it. */
  about?: string;
  action: string;
  /** A name, in a single line. */
  short?: boolean;
  initial?: string;
  change: { isPending: boolean; error: Error | null };
  onAnswer: (text: string) => void;
  onClose: () => void;
}

/** Asks for a text before something is done: the reason of what cannot be undone, or a name. */
export function TextAsked({ title, label = 'Reason', about, action, short, initial = '', change, onAnswer, onClose }: Props) {
  const [text, setText] = useState(initial);
  const input = { label, description: about, required: true, 'data-autofocus': true, value: text, onChange: (e: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => setText(e.currentTarget.value) };
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          onAnswer(text);
        }}
      >
        <Stack gap="md">
          {change.error && <Failed error={change.error} />}
          {short ? <TextInput maxLength={200} {...input} /> : <Textarea maxLength={500} rows={3} {...input} />}
          <FormButtons label={action} saving={change.isPending} disabled={text.trim() === ''} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
