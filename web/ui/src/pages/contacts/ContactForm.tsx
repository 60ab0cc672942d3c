import { Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useSaveContact } from '../../api/changes';
import { Problem } from '../../api/client';
import { useAccount } from '../../api/queries';
import type { Contact, ContactFields } from '../../api/types';
import { FormButtons } from '../../components/FormButtons';
import { OwnFields, type OwnValues } from '../../components/OwnFields';
import { AccountSelect } from '../../components/RecordSelect';
import { Failed } from '../../components/states';
import { known } from '../../components/useFilter';
import { useOpened } from '../../components/useOpened';
import { options } from '../../vocabulary';
import { relationships } from '../../vocabulary-crm';

const labels = {
  first_name: 'First name',
  last_name: 'Last name',
  display_name: 'Display name',
  company: 'Company',
  job_title: 'Job title',
  email: 'E-mail',
  phone: 'Phone',
  postal_code: 'Postal code',
  city: 'City',
  country: 'Country',
  url: 'Own page',
} satisfies Partial<Record<keyof ContactFields, string>>;

type Field = keyof typeof labels;

const kinds: Partial<Record<Field, string>> = { email: 'email', phone: 'tel', url: 'url' };

interface Props {
  contact?: Contact;
  onSaved: (saved: Contact) => void;
  onCancel: () => void;
}

/** Creates a contact, or changes one. */
export function ContactForm({ contact: read, onSaved, onCancel }: Props) {
  const contact = useOpened(read);
  const fields = Object.keys(labels) as Field[];
  const save = useSaveContact(contact?.id ?? '', contact?.version);
  const form = useForm<Record<Field | 'relationship', string>>({
    initialValues: { ...(Object.fromEntries(fields.map((f) => [f, contact?.[f] ?? ''])) as Record<Field, string>), relationship: contact?.relationship ?? '' },
    validate: (values) => ({
      last_name: values.first_name || values.last_name || values.display_name || values.company ? null : 'Give a name or a company',
    }),
  });
  const [account, setAccount] = useState(contact?.account_id ?? '');
  const company = useAccount(account).data;
  const [own, setOwn] = useState<OwnValues>(contact?.fields ?? {});
  const submit = form.onSubmit(({ relationship, ...values }) => {
    const said = known(relationship, relationships);
    // What the form does not show is kept: the server empties what is left out.
    const kept = contact ? { external_id: contact.external_id } : {};
    save.mutate(
      { ...kept, ...values, account_id: account, fields: own, ...(said ? { relationship: said } : {}) },
      {
        onSuccess: (saved) => onSaved(saved as Contact),
        onError: (e) => e instanceof Problem && form.setErrors(e.fields),
      },
    );
  });
  const errors = save.error instanceof Problem ? save.error.fields : {};
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {save.error && <Failed error={save.error} />}
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          {fields.map((f) => (
            <TextInput key={f} label={labels[f]} type={kinds[f] ?? 'text'} {...form.getInputProps(f)} />
          ))}
          <AccountSelect label="Account" description="The company on file that they belong to" known={company} value={account} onChange={setAccount} error={errors.account_id} />
          <Select
            label="Relationship"
            description="What they are to the company"
            placeholder="Not said"
            clearable
            clearButtonProps={{ 'aria-label': 'Relationship: not said' }}
            data={options(relationships)}
            value={form.values.relationship || null}
            onChange={(v) => form.setFieldValue('relationship', v ?? '')}
            error={form.errors.relationship}
          />
        </SimpleGrid>
        <OwnFields type="contact" values={own} onChange={setOwn} errors={errors} />
        <FormButtons label={contact ? 'Save' : 'Create'} saving={save.isPending} onCancel={onCancel} />
      </Stack>
    </form>
  );
}
