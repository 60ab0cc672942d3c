import { Stack, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Problem } from '../../api/client';
import { useSaveWebhook, type Webhook } from '../../api/webhooks';
import { FormButtons } from '../../components/FormButtons';
import { Failed } from '../../components/states';
import { useOpened } from '../../components/useOpened';

/** Types and actions that most programs ask for; others may be typed. */
const types = ['account', 'contact', 'lead', 'opportunity', 'activity', 'quote', 'order', 'invoice', 'payment', 'link', 'campaign'];
const actions = ['create', 'update', 'delete', 'assign', 'move', 'merge', 'unmerge', 'import', 'erase'];

interface Props {
  webhook?: Webhook;
  /** With the secret of a new one. */
  onDone: (secret?: string) => void;
}

export function WebhookForm({ webhook: read, onDone }: Props) {
  const webhook = useOpened(read);
  const save = useSaveWebhook(webhook);
  const form = useForm({
    initialValues: { name: webhook?.name ?? '', url: webhook?.url ?? '', types: webhook?.types ?? [], actions: webhook?.actions ?? [] },
    validate: { name: (v) => (v.trim() ? null : 'Say what program it tells'), url: (v) => (/^https?:\/\/./.test(v) ? null : 'An address like https://example.com/hook') },
  });
  const submit = form.onSubmit((body) =>
    save.mutate(body, {
      onSuccess: (saved) => onDone('secret' in saved && typeof saved.secret === 'string' ? saved.secret : undefined),
      onError: (e) => e instanceof Problem && form.setErrors(e.fields),
    }),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {save.error && <Failed error={save.error} />}
        <TextInput label="Name" description="The program that is told" required data-autofocus {...form.getInputProps('name')} />
        <TextInput label="Address" description="https, in the public internet" inputMode="url" required {...form.getInputProps('url')} />
        <TagsInput label="Types of records" description="None: all" data={types} {...form.getInputProps('types')} />
        <TagsInput label="Changes" description="None: all" data={actions} {...form.getInputProps('actions')} />
        <FormButtons label={webhook ? 'Save' : 'Make it'} saving={save.isPending} onCancel={() => onDone()} />
      </Stack>
    </form>
  );
}
