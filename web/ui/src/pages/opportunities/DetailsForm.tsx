import { Button, Card, Fieldset, Group, NativeSelect, NumberInput, SimpleGrid, Stack, Textarea, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useSaveOpportunity } from '../../api/changes';
import { Problem } from '../../api/client';
import { useMay } from '../../api/grants';
import { useAccount, useContact } from '../../api/queries';
import type { OpportunityView } from '../../api/types';
import { OwnFields } from '../../components/OwnFields';
import { AccountSelect, ContactSelect } from '../../components/RecordSelect';
import { Failed } from '../../components/states';
import { minorUnits, toMinor } from '../../format';
import { options } from '../../vocabulary';
import { forecasts } from '../../vocabulary-crm';
import { Parties } from './Parties';

/** What people enter of an opportunity. */
export function DetailsForm({ opportunity: o, onSaved }: { opportunity: OpportunityView; onSaved: () => void }) {
  const save = useSaveOpportunity(o);
  const may = useMay();
  const accounts = may('account:read');
  const contacts = may('contact:read');
  const account = useAccount(accounts ? o.account_id : '');
  const contact = useContact(contacts ? o.contact_id : '');
  const readOnly = !may('opportunity:update');
  const closed = o.state !== 'open';
  const told = save.error instanceof Problem ? save.error.fields : {};
  const form = useForm({
    initialValues: { name: o.name, need: o.need, amount: (o.amount?.amount ?? 0) / minorUnits(o.amount?.currency || 'EUR'), currency: o.amount?.currency || 'EUR', close: o.expected_close?.slice(0, 10) ?? '', forecast: o.forecast || 'pipeline', account_id: o.account_id, contact_id: o.contact_id, fields: o.fields ?? {} },
  });
  const submit = form.onSubmit(({ amount, currency, close, forecast, ...rest }) => {
    const worth = toMinor(amount, currency);
    save.mutate(
      {
        ...rest,
        owner_id: o.owner_id,
        forecast: forecast as keyof typeof forecasts,
        amount: worth ? { amount: worth, currency } : { amount: 0, currency: '' },
        ...(close ? { expected_close: `${close}T00:00:00Z` } : {}),
      },
      { onSuccess: onSaved, onError: (e) => e instanceof Problem && form.setErrors(e.fields) },
    );
  });
  return (
    <Card component="section" aria-label="Details">
      <Title order={2} mb="xs">
        Details
      </Title>
      <Parties opportunity={o} />
      <form onSubmit={submit} noValidate>
        <Fieldset variant="unstyled" disabled={readOnly} mt="sm">
          <Stack gap="sm">
            {save.error && <Failed error={save.error} />}
            <TextInput label="Name" required maxLength={200} {...form.getInputProps('name')} />
            <Textarea label="What they need" rows={3} maxLength={4000} {...form.getInputProps('need')} />
            {(accounts || contacts) && (
              <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
                {accounts && <AccountSelect label="Account" known={account.data} value={form.values.account_id} onChange={(id) => form.setFieldValue('account_id', id)} error={told.account_id} />}
                {contacts && <ContactSelect label="Contact" known={contact.data} value={form.values.contact_id} onChange={(id) => form.setFieldValue('contact_id', id)} error={told.contact_id} />}
              </SimpleGrid>
            )}
            <SimpleGrid cols={2} spacing="sm">
              <NumberInput
                label="Value"
                description={closed ? `What was ${o.state} stays as it was closed: reopen it to change that.` : undefined}
                min={0}
                decimalScale={2}
                fixedDecimalScale
                thousandSeparator
                hideControls
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                {...form.getInputProps('amount')}
                disabled={closed}
              />
              <TextInput label="Currency" maxLength={3} {...form.getInputProps('currency')} disabled={closed} />
              <TextInput label="Expected close" type="date" {...form.getInputProps('close')} />
              {o.state === 'open' && <NativeSelect label="In the forecast" data={options(forecasts)} {...form.getInputProps('forecast')} />}
            </SimpleGrid>
            <OwnFields type="opportunity" values={form.values.fields} onChange={(v) => form.setFieldValue('fields', v)} errors={told} />
            {!readOnly && (
              <Group justify="flex-end">
                <Button type="submit" variant="default" loading={save.isPending} disabled={!form.isDirty()}>
                  Save
                </Button>
              </Group>
            )}
          </Stack>
        </Fieldset>
      </form>
    </Card>
  );
}
