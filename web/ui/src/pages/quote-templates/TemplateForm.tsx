import { Checkbox, Modal, NativeSelect, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Problem } from '../../api/client';
import { useQuoteTemplate, useSaveQuoteTemplate, type QuoteTemplate, type QuoteTemplateFields } from '../../api/sales';
import { FormButtons } from '../../components/FormButtons';
import { Failed, Loaded } from '../../components/states';
import { options } from '../../vocabulary';
import { paperLanguages } from '../../vocabulary-crm';

/** What the texts may name, which the quote fills in. */
const names = ['{contact}', '{account}', '{number}', '{date}', '{valid_until}', '{owner}', '{opportunity}'];

const texts = [
  { field: 'sender', label: 'Sender', about: 'Who offers, with the address, line by line' },
  { field: 'intro', label: 'Introduction', about: 'Above the lines' },
  { field: 'closing', label: 'Closing', about: 'Below the sums' },
  { field: 'footer', label: 'Footer', about: 'Of every page: register, bank, tax number' },
] as const;

/** Makes a template. */
export function NewTemplate({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="New template" size="lg">
      <Form onClose={onClose} />
    </Modal>
  );
}

/** Saves a new version of a template, made of the one that is in force when it is opened. */
export function ChangeTemplate({ template: { id, name }, onClose }: { template: QuoteTemplate; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={`Change ${name}`} size="lg">
      <Loaded query={useQuoteTemplate(id)} what="the template">
        {(template) => <Form template={template} onClose={onClose} />}
      </Loaded>
    </Modal>
  );
}

function Form({ template, onClose }: { template?: QuoteTemplate; onClose: () => void }) {
  const save = useSaveQuoteTemplate(template);
  const form = useForm<Required<QuoteTemplateFields>>({
    initialValues: {
      name: template?.name ?? '', language: template?.language === 'de' ? 'de' : 'en', sender: template?.sender ?? '', intro: template?.intro ?? '', closing: template?.closing ?? '', footer: template?.footer ?? '', archived: template?.archived ?? false,
    },
    validate: { name: (v) => (v.trim() ? null : 'Give it a name') },
  });
  const submit = form.onSubmit((values) => save.mutate(values, { onSuccess: onClose, onError: (e) => e instanceof Problem && form.setErrors(e.fields) }));
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput label="Name" description="Shown beside each quote" required maxLength={200} data-autofocus {...form.getInputProps('name')} />
          <NativeSelect label="Language" description="Of headings, dates and amounts" data={options(paperLanguages)} {...form.getInputProps('language')} />
        </SimpleGrid>
        <Text fz="sm" c="dimmed">
          The texts may name {names.join(' ')}, which the quote fills in.
        </Text>
        {texts.map(({ field, label, about }) => (
          <Textarea key={field} label={label} description={about} autosize minRows={2} maxRows={10} maxLength={4000} {...form.getInputProps(field)} />
        ))}
        {template && (
          <Stack gap="xs">
            <Checkbox label="Archived: offered beside quotes no more" {...form.getInputProps('archived', { type: 'checkbox' })} />
            <Text fz="sm" c="dimmed">
              This makes version {template.version + 1}. Quotes that were sent keep theirs.
            </Text>
          </Stack>
        )}
        {save.error && <Failed error={save.error} />}
        <FormButtons label={template ? 'Save' : 'Create'} saving={save.isPending} onCancel={onClose} />
      </Stack>
    </form>
  );
}
