import { Modal, NumberInput, Select, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useCampaignChoices } from '../../api/campaigns';
import { Problem } from '../../api/client';
import { fieldsOf, useCreateLead, useSaveLead, type LeadFields, type NewLead } from '../../api/leads';
import type { Lead } from '../../api/types';
import { FormButtons } from '../../components/FormButtons';
import { Failed } from '../../components/states';
import { useOpened } from '../../components/useOpened';
import { leadFields } from '../../vocabulary-crm';
import { Duplicates, duplicatesOf, type Answer } from './Duplicates';

/** Fields of one line. */
const { need: needLabel, employees: employeesLabel, campaign: campaignLabel, ...labels } = leadFields;

type Field = keyof typeof labels;

/** Changes what a lead says. */
export function LeadForm({ lead: read, onClose }: { lead: Lead; onClose: () => void }) {
  const lead = useOpened(read);
  const save = useSaveLead(lead);
  return (
    <Modal opened onClose={onClose} title="Change the lead" size="lg">
      <Form initial={fieldsOf(lead)} error={save.error} pending={save.isPending} onCancel={onClose} onSubmit={(body) => save.mutate(body, { onSuccess: onClose })} />
    </Modal>
  );
}

/** Enters a lead by hand. What is on file already is shown before it is made. */
export function NewLeadForm({ onClose }: { onClose: () => void }) {
  const create = useCreateLead();
  const navigate = useNavigate();
  const found = duplicatesOf(create.error);
  const send = (body: NewLead) => create.mutate(body, { onSuccess: (lead) => void navigate(`/leads/${encodeURIComponent(lead.id)}`) });
  const answer = (a: Answer) => {
    const body = create.variables ?? {};
    if ('reason' in a) send({ ...body, allow_duplicate: true, duplicate_reason: a.reason });
    else if (a.type === 'lead') void navigate(`/leads/${encodeURIComponent(a.id)}`);
    else send({ ...body, ...(a.type === 'account' ? { account_id: a.id } : { contact_id: a.id }) });
  };
  return (
    <Modal opened onClose={onClose} title="New lead" size="lg">
      <Stack gap="md">
        {found && <Duplicates found={found} only={['lead', 'contact', 'account']} pending={create.isPending} onAnswer={answer} />}
        <Form initial={{ source: 'hand' }} error={found ? null : create.error} pending={create.isPending} onCancel={onClose} onSubmit={send} />
      </Stack>
    </Modal>
  );
}

interface FormProps {
  initial: LeadFields;
  error: Error | null;
  pending: boolean;
  onCancel: () => void;
  onSubmit: (body: LeadFields) => void;
}

function Form({ initial, error, pending, onCancel, onSubmit }: FormProps) {
  const fields = Object.keys(labels) as Field[];
  const form = useForm<Record<Field | 'need', string> & { employees: number | string }>({
    initialValues: {
      ...(Object.fromEntries(fields.map((f) => [f, initial[f] ?? ''])) as Record<Field, string>),
      need: initial.need ?? '',
      employees: initial.employees || '',
    },
    validate: { name: (name, all) => (name || all.email || all.phone || initial.handle || initial.contact_id ? null : 'Give a name, an e-mail address or a phone number') },
  });
  const [campaign, setCampaign] = useState(initial.campaign_id ?? '');
  const campaigns = useCampaignChoices();
  const told = error instanceof Problem ? error.fields : {};
  return (
    <form noValidate onSubmit={form.onSubmit((values) => onSubmit({ ...initial, ...values, campaign_id: campaign, campaign: campaign || initial.campaign_id ? '' : (initial.campaign ?? ''), employees: Number(values.employees) || 0 }))}>
      <Stack gap="md">
        {error && <Failed error={error} />}
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          {fields.map((f) => (
            <TextInput key={f} label={labels[f]} maxLength={200} type={f === 'email' ? 'email' : f === 'phone' ? 'tel' : 'text'} {...form.getInputProps(f)} error={form.errors[f] ?? told[f]} />
          ))}
          <Select label={campaignLabel} clearable searchable clearButtonProps={{ 'aria-label': 'No campaign' }} placeholder={initial.campaign_id ? '' : initial.campaign} value={campaign || null} onChange={(id) => setCampaign(id ?? '')} error={told.campaign_id}
            data={(campaigns.data?.items ?? []).map((c) => ({ value: c.id, label: c.name }))} />
          <NumberInput label={employeesLabel} min={0} max={10_000_000} allowDecimal={false} hideControls {...form.getInputProps('employees')} />
        </SimpleGrid>
        <Textarea label={needLabel} rows={3} maxLength={4000} {...form.getInputProps('need')} />
        <FormButtons label="Save" saving={pending} onCancel={onCancel} />
      </Stack>
    </form>
  );
}
