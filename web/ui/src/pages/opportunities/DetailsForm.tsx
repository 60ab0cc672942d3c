import { Button, Card, Group, NumberInput, SimpleGrid, Stack, Textarea, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useSaveOpportunity } from '../../api/changes';
import { Problem } from '../../api/client';
import type { OpportunityView } from '../../api/types';
import { Failed } from '../../components/states';
import { minorUnits } from '../../format';

/** What people enter of an opportunity. */
export function DetailsForm({ opportunity: o }: { opportunity: OpportunityView }) {
  const save = useSaveOpportunity(o);
  const form = useForm({
    initialValues: { name: o.name, need: o.need, amount: o.amount.amount / minorUnits(o.amount.currency || 'EUR'), currency: o.amount.currency || 'EUR', close: o.expected_close?.slice(0, 10) ?? '' },
  });
  const submit = form.onSubmit(({ name, need, amount, currency, close }) => {
    const worth = Math.round(Number(amount) * minorUnits(currency));
    save.mutate(
      {
        name,
        need,
        account_id: o.account_id,
        contact_id: o.contact_id,
        owner_id: o.owner_id,
        fields: o.fields,
        amount: worth ? { amount: worth, currency } : { amount: 0, currency: '' },
        ...(close ? { expected_close: `${close}T00:00:00Z` } : {}),
      },
      { onError: (e) => e instanceof Problem && form.setErrors(e.fields) },
    );
  });
  return (
    <Card component="section" aria-label="Details">
      <Title order={2} mb="xs">
        Details
      </Title>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          {save.error && <Failed error={save.error} />}
          <TextInput label="Name" required maxLength={200} {...form.getInputProps('name')} />
          <Textarea label="What they need" rows={3} maxLength={4000} {...form.getInputProps('need')} />
          <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
            <NumberInput label="Value" min={0} decimalScale={2} thousandSeparator hideControls {...form.getInputProps('amount')} />
            <TextInput label="Currency" maxLength={3} {...form.getInputProps('currency')} />
            <TextInput label="Expected close" type="date" {...form.getInputProps('close')} />
          </SimpleGrid>
          <Group justify="flex-end">
            <Button type="submit" variant="default" loading={save.isPending} disabled={!form.isDirty()}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
