import { Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useSaveAccount } from '../../api/changes';
import { Problem } from '../../api/client';
import { useAccounts } from '../../api/queries';
import type { Account } from '../../api/types';
import { FormButtons } from '../../components/FormButtons';
import { OwnFields, type OwnValues } from '../../components/OwnFields';
import { Failed } from '../../components/states';

const labels = { name: 'Name', domain: 'Domain', industry: 'Industry', postal_code: 'Postal code', city: 'City', country: 'Country' };

type Field = keyof typeof labels;

interface Props {
  account?: Account;
  /** The account it belongs to, when it has one. */
  parent?: { id: string; name: string } | undefined;
  onSaved: (saved: Account) => void;
  onCancel: () => void;
}

/** Creates an account, or changes one. */
export function AccountForm({ account, parent, onSaved, onCancel }: Props) {
  const fields = Object.keys(labels) as Field[];
  const save = useSaveAccount(account?.id ?? '', account?.version);
  const [above, setAbove] = useState(account?.parent_id ?? '');
  const [own, setOwn] = useState<OwnValues>(account?.fields ?? {});
  const form = useForm<Record<Field, string>>({
    initialValues: Object.fromEntries(fields.map((f) => [f, account?.[f] ?? ''])) as Record<Field, string>,
    validate: { name: (name) => (name.trim() ? null : 'Give a name') },
  });
  const submit = form.onSubmit((values) =>
    save.mutate(
      { ...values, employees: account?.employees ?? 0, parent_id: above, fields: own },
      { onSuccess: (saved) => onSaved(saved as Account), onError: (e) => e instanceof Problem && form.setErrors(e.fields) },
    ),
  );
  const errors = save.error instanceof Problem ? save.error.fields : {};
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {save.error && <Failed error={save.error} />}
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          {fields.map((f) => (
            <TextInput key={f} label={labels[f]} required={f === 'name'} {...form.getInputProps(f)} />
          ))}
          <ParentSelect known={parent} value={above} onChange={setAbove} self={account?.id ?? ''} error={errors.parent_id} />
        </SimpleGrid>
        <OwnFields type="account" values={own} onChange={setOwn} errors={errors} />
        <FormButtons label={account ? 'Save' : 'Create'} saving={save.isPending} onCancel={onCancel} />
      </Stack>
    </form>
  );
}

interface ParentSelectProps {
  known: { id: string; name: string } | undefined;
  value: string;
  self: string;
  error: string | undefined;
  onChange: (id: string) => void;
}

/** Chooses the account that this one belongs to, by the beginning of its name. */
function ParentSelect({ known, value, self, error, onChange }: ParentSelectProps) {
  const [text, setText] = useState(known?.name ?? '');
  const [searched] = useDebouncedValue(text, 250);
  const found = useAccounts(searched).data?.pages.flatMap((p) => p.items) ?? [];
  const choices = [...(known ? [known] : []), ...found.filter((a) => a.id !== known?.id && a.id !== self)];
  return (
    <Select
      label="Belongs to"
      description="The account above this one"
      searchable
      clearable
      error={error}
      data={choices.map((a) => ({ value: a.id, label: a.name }))}
      value={value || null}
      onChange={(id) => onChange(id ?? '')}
      searchValue={text}
      onSearchChange={setText}
      nothingFoundMessage="No account begins so"
    />
  );
}
