import { Badge, Button, Checkbox, Group, Modal, Select, SimpleGrid, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useSaveField } from '../../api/changes';
import { Problem } from '../../api/client';
import { useFields, type FieldType } from '../../api/queries';
import type { FieldDefinition } from '../../api/types';
import { FormButtons } from '../../components/FormButtons';
import { Icon } from '../../components/Icon';
import { May } from '../../components/May';
import { labelOf } from '../../components/OwnFields';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Failed, Loaded } from '../../components/states';
import { known, useFilter } from '../../components/useFilter';
import { useOpened } from '../../components/useOpened';
import { options } from '../../vocabulary';
import { fieldKinds, fieldTypes } from '../../vocabulary-crm';

/** Fields of the company's own, by type of record. */
export default function FieldsPage() {
  const [filter, setFilter] = useFilter('type');
  const type = known(filter.type, fieldTypes) ?? 'contact';
  const fields = useFields(type);
  const [creating, create] = useDisclosure();
  return (
    <>
      <PageTitle title="Fields" about="Fields of your own. From the first one of a type on, what is not defined is refused.">
        <May grant="field:create">
          <Button leftSection={<Icon name="plus" size={16} />} onClick={create.open}>
            New field
          </Button>
        </May>
      </PageTitle>
      <Select label="Type of record" mb="md" maw={280} allowDeselect={false} value={type} onChange={(v) => setFilter('type', v ?? '')} data={options(fieldTypes)} />
      <Loaded query={fields} what="the fields">
        {(data) =>
          data.items.length === 0 ? (
            <Empty title="No fields of your own yet">Define one, and it stands in the forms of this type of record.</Empty>
          ) : (
            <Stack gap={0} className="rows" component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label="Fields">
              {data.items.map((f) => (
                <Row key={f.id} field={f} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <Modal opened={creating} onClose={create.close} title="New field" size="lg">
        <FieldForm type={type} onDone={create.close} />
      </Modal>
    </>
  );
}

function Row({ field: f }: { field: FieldDefinition }) {
  const [editing, edit] = useDisclosure();
  return (
    <li data-testid="field">
      <Group justify="space-between" wrap="nowrap" py="sm">
        <Stack gap={2} miw={0}>
          <Text fz="sm" fw={600} dir="auto">
            {labelOf(f)}
          </Text>
          <Group gap={6}>
            <Text fz="xs" c="dimmed">
              {f.name} · {fieldKinds[f.kind] ?? f.kind}
            </Text>
            {f.required && <Badge size="xs" variant="light">required</Badge>}
            {f.unique && <Badge size="xs" variant="light">unique</Badge>}
            {f.archived && <Badge size="xs" color="gray" variant="light">archived</Badge>}
          </Group>
        </Stack>
        <May grant="field:update">
          <Button size="xs" variant="default" onClick={edit.open} aria-label={`Edit ${labelOf(f)}`}>
            Edit
          </Button>
        </May>
      </Group>
      <Modal opened={editing} onClose={edit.close} title={`Edit ${labelOf(f)}`} size="lg">
        <FieldForm type={f.record_type as FieldType} field={f} onDone={edit.close} />
      </Modal>
    </li>
  );
}

function FieldForm({ type, field: read, onDone }: { type: FieldType; field?: FieldDefinition; onDone: () => void }) {
  const field = useOpened(read);
  const save = useSaveField(field);
  const [choices, setChoices] = useState(field?.choices?.map((c) => c.value) ?? []);
  const form = useForm({
    initialValues: {
      name: field?.name ?? '',
      kind: field?.kind ?? 'text',
      en: field?.labels.en ?? '',
      de: field?.labels.de ?? '',
      required: field?.required ?? false,
      unique: field?.unique ?? false,
      archived: field?.archived ?? false,
      pattern: field?.pattern ?? '',
      min: field?.min ?? '',
      max: field?.max ?? '',
      reference_type: field?.reference_type ?? '',
      position: String(field?.position ?? 0),
    },
    validate: { name: (v) => (/^[a-z][a-z0-9_]{0,49}$/.test(v) ? null : 'a–z, 0–9 and _, beginning with a letter') },
  });
  const { kind } = form.values;
  const chosen = kind === 'choice' || kind === 'multi-choice';
  const submit = form.onSubmit(({ name, kind, en, de, position, reference_type, ...rest }) =>
    save.mutate(
      {
        record_type: type,
        name,
        kind,
        body: {
          ...rest,
          position: Number(position) || 0,
          labels: { ...field?.labels, ...(en && { en }), ...(de && { de }) },
          ...(chosen && { choices: choices.map((value) => ({ value, labels: field?.choices?.find((c) => c.value === value)?.labels ?? {} })) }),
          ...(kind === 'reference' && { reference_type: reference_type as FieldType }),
        },
      },
      { onSuccess: onDone, onError: (e) => e instanceof Problem && form.setErrors(e.fields) },
    ),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {save.error && <Failed error={save.error} />}
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput label="Name" description="The key in the API" required disabled={!!field} {...form.getInputProps('name')} />
          <Select label="Kind" description="It stays" disabled={!!field} allowDeselect={false} data={options(fieldKinds)} {...form.getInputProps('kind')} />
          <TextInput label="Label, English" {...form.getInputProps('en')} />
          <TextInput label="Label, German" {...form.getInputProps('de')} />
          {kind === 'text' && <TextInput label="Pattern" description="A regular expression for the whole text" {...form.getInputProps('pattern')} />}
          {['text', 'number', 'money', 'date'].includes(kind) && (
            <>
              <TextInput label="At least" description={kind === 'text' ? 'Characters' : undefined} {...form.getInputProps('min')} />
              <TextInput label="At most" {...form.getInputProps('max')} />
            </>
          )}
          {kind === 'reference' && <Select label="Names a record of type" data={options(fieldTypes)} {...form.getInputProps('reference_type')} />}
          <TextInput label="Position" description="In forms, the smallest first" inputMode="numeric" {...form.getInputProps('position')} />
        </SimpleGrid>
        {chosen && <TagsInput label="Choices" description="Enter after each" value={choices} onChange={setChoices} error={form.errors.choices} />}
        <Group>
          <Checkbox label="Required" {...form.getInputProps('required', { type: 'checkbox' })} />
          <Checkbox label="Unique" {...form.getInputProps('unique', { type: 'checkbox' })} />
          {field && <Checkbox label="Archived" {...form.getInputProps('archived', { type: 'checkbox' })} />}
        </Group>
        <FormButtons label={field ? 'Save' : 'Define'} saving={save.isPending} onCancel={onDone} />
      </Stack>
    </form>
  );
}
