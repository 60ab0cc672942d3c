import { NumberInput, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useSaveAccount } from '../../api/changes';
import { Problem } from '../../api/client';
import type { Account } from '../../api/types';
import { FormButtons } from '../../components/FormButtons';
import { OwnFields, type OwnValues } from '../../components/OwnFields';
import { AccountSelect } from '../../components/RecordSelect';
import { Failed } from '../../components/states';
import { useOpened } from '../../components/useOpened';

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
export function AccountForm({ account: read, parent, onSaved, onCancel }: Props) {
  const account = useOpened(read);
  const fields = Object.keys(labels) as Field[];
  const save = useSaveAccount(account?.id ?? '', account?.version);
  const [above, setAbove] = useState(account?.parent_id ?? '');
  const [employees, setEmployees] = useState<number | string>(account?.employees || '');
  const [own, setOwn] = useState<OwnValues>(account?.fields ?? {});
  const form = useForm<Record<Field, string>>({
    initialValues: Object.fromEntries(fields.map((f) => [f, account?.[f] ?? ''])) as Record<Field, string>,
    validate: { name: (name) => (name.trim() ? null : 'Give a name') },
  });
  const submit = form.onSubmit((values) =>
    save.mutate(
      { ...values, employees: Number(employees) || 0, parent_id: above, fields: own },
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
          <AccountSelect label="Belongs to" description="The account above this one" known={parent} value={above} onChange={setAbove} without={account?.id ?? ''} error={errors.parent_id} />
          <NumberInput label="Employees" min={0} max={10_000_000} allowDecimal={false} thousandSeparator hideControls value={employees} onChange={setEmployees} error={errors.employees} />
        </SimpleGrid>
        <OwnFields type="account" values={own} onChange={setOwn} errors={errors} />
        <FormButtons label={account ? 'Save' : 'Create'} saving={save.isPending} onCancel={onCancel} />
      </Stack>
    </form>
  );
}
