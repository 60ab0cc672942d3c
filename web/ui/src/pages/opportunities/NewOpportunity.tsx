import { Modal, NumberInput, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from 'react-router';
import { useCreateOpportunity } from '../../api/changes';
import { Problem } from '../../api/client';
import { FormButtons } from '../../components/FormButtons';
import { AccountSelect, ContactSelect } from '../../components/RecordSelect';
import { Failed } from '../../components/states';
import { toMinor } from '../../format';

/** Enters an opportunity that no lead came before. */
export function NewOpportunity({ onClose }: { onClose: () => void }) {
  const create = useCreateOpportunity();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { name: '', need: '', amount: '' as number | string, currency: 'EUR', expected_close: '', account_id: '', contact_id: '' },
    validate: { name: (v) => (v.trim() ? null : 'Give it a name') },
  });
  const submit = form.onSubmit(({ amount, currency, expected_close, ...rest }) =>
    create.mutate(
      { ...rest, ...(amount === '' ? {} : { amount: { amount: toMinor(amount, currency), currency } }), ...(expected_close ? { expected_close: `${expected_close}T00:00:00Z` } : {}) },
      { onSuccess: (o) => void navigate(`/opportunities/${encodeURIComponent(o.id)}`), onError: (e) => e instanceof Problem && form.setErrors(e.fields) },
    ),
  );
  return (
    <Modal opened onClose={onClose} title="New opportunity" size="lg">
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {create.error && <Failed error={create.error} />}
          <TextInput label="Name" required maxLength={200} data-autofocus {...form.getInputProps('name')} />
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <AccountSelect label="Account" value={form.values.account_id} onChange={(id) => form.setFieldValue('account_id', id)} error={form.errors.account_id as string | undefined} />
            <ContactSelect label="Contact" value={form.values.contact_id} onChange={(id) => form.setFieldValue('contact_id', id)} error={form.errors.contact_id as string | undefined} />
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
            <NumberInput label="Value" min={0} decimalScale={2} thousandSeparator hideControls {...form.getInputProps('amount')} />
            <TextInput label="Currency" maxLength={3} {...form.getInputProps('currency')} />
            <TextInput label="Expected close" type="date" {...form.getInputProps('expected_close')} />
          </SimpleGrid>
          <Textarea label="What they need" rows={3} maxLength={4000} {...form.getInputProps('need')} />
          <FormButtons label="Create" saving={create.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
