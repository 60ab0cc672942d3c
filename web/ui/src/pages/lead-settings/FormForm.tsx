import { Modal, SimpleGrid, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Problem } from '../../api/client';
import { useSaveLeadForm, type LeadFormView } from '../../api/leadSettings';
import { FormButtons } from '../../components/FormButtons';
import { PersonSelect } from '../../components/People';
import { Failed } from '../../components/states';

interface Props {
  form: LeadFormView | undefined;
  onClose: () => void;
  onSaved: (form: LeadFormView, secret: string) => void;
}

/** Makes a form, or changes one; it keeps its address. */
export function FormForm({ form: f, onClose, onSaved }: Props) {
  const save = useSaveLeadForm(f);
  const form = useForm({
    initialValues: {
      name: f?.name ?? '',
      campaign: f?.campaign ?? '',
      product: f?.product ?? '',
      owner_id: f?.owner_id ?? '',
      origins: f?.origins ?? [],
      thanks: f?.thanks ?? '',
      signed: f?.signed ?? false,
      active: f?.active ?? true,
    },
  });
  const submit = form.onSubmit((body) =>
    save.mutate(body, {
      onSuccess: (saved) => onSaved(saved as LeadFormView, (saved as LeadFormView).secret ?? ''),
      onError: (e) => e instanceof Problem && form.setErrors(e.fields),
    }),
  );
  return (
    <Modal opened onClose={onClose} title={f ? `Change ${f.name}` : 'New form'} size="lg">
      <form onSubmit={submit}>
        <Stack gap="md">
          {save.error && <Failed error={save.error} />}
          <TextInput label="Name" description="Leads say that they came by it" required maxLength={200} data-autofocus {...form.getInputProps('name')} />
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <TextInput label="Campaign" maxLength={200} {...form.getInputProps('campaign')} />
            <TextInput label="Product" maxLength={200} {...form.getInputProps('product')} />
          </SimpleGrid>
          <PersonSelect label="Who works on its leads" description="Empty: whom the territory gives them to" value={form.values.owner_id} onChange={(id) => form.setFieldValue('owner_id', id)} />
          <TagsInput label="Sites that may send it" description="Such as https://example.com, Enter after each; none: any" maxTags={50} {...form.getInputProps('origins')} />
          <TextInput label="Page shown after it was sent" type="url" maxLength={2000} {...form.getInputProps('thanks')} />
          <Switch label="Signed: for systems that send leads, not for pages" {...form.getInputProps('signed', { type: 'checkbox' })} />
          <Switch label="Open: takes leads" {...form.getInputProps('active', { type: 'checkbox' })} />
          <FormButtons label="Save" saving={save.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
