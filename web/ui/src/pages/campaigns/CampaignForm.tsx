import { Button, Checkbox, Modal, MultiSelect, NumberInput, Select, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useCampaignChoices, useCreateCampaign, useSaveCampaign, type Campaign, type CampaignBody, type CampaignKind } from '../../api/campaigns';
import { Problem } from '../../api/client';
import { useMonitors } from '../../api/queries';
import { FormButtons } from '../../components/FormButtons';
import { Icon } from '../../components/Icon';
import { Failed } from '../../components/states';
import { useOpened } from '../../components/useOpened';
import { minorUnits, toMinor } from '../../format';
import { options } from '../../vocabulary';
import { campaignKinds, campaignStatuses, ideaKinds } from '../../vocabulary-crm';

/** Creates a campaign. */
export function NewCampaign() {
  const [opened, { open, close }] = useDisclosure();
  const create = useCreateCampaign();
  const navigate = useNavigate();
  return (
    <>
      <Button leftSection={<Icon name="plus" size={16} />} onClick={open}>
        New campaign
      </Button>
      <Modal opened={opened} onClose={close} title="New campaign" size="lg">
        <Form error={create.error} pending={create.isPending} onCancel={close} onSubmit={(body) => create.mutate(body, { onSuccess: (c) => void navigate(`/campaigns/${encodeURIComponent(c.id)}`) })} />
      </Modal>
    </>
  );
}

/** Changes a campaign. */
export function EditCampaign({ campaign: read, onClose }: { campaign: Campaign; onClose: () => void }) {
  const campaign = useOpened(read);
  const save = useSaveCampaign(campaign);
  return (
    <Modal opened onClose={onClose} title="Change the campaign" size="lg">
      <Form campaign={campaign} error={save.error} pending={save.isPending} onCancel={onClose} onSubmit={(body) => save.mutate(body, { onSuccess: onClose })} />
    </Modal>
  );
}

interface FormProps {
  campaign?: Campaign;
  error: Error | null;
  pending: boolean;
  onCancel: () => void;
  onSubmit: (body: CampaignBody & { listen?: boolean }) => void;
}

const dayOf = (time: string | undefined) => time?.slice(0, 10) ?? '';

function Form({ campaign: c, error, pending, onCancel, onSubmit }: FormProps) {
  const [values, setValues] = useState({
    name: c?.name ?? '',
    kind: (c?.kind ?? 'classic') as CampaignKind,
    status: c?.status ?? 'active',
    parent: c?.parent_id ?? '',
    currency: c?.budget?.currency || 'EUR',
    budget: c?.budget?.amount ? c.budget.amount / minorUnits(c.budget.currency) : ('' as number | string),
    cost: c?.cost?.amount ? c.cost.amount / minorUnits(c.cost.currency) : ('' as number | string),
    starts: dayOf(c?.starts_at),
    ends: dayOf(c?.ends_at),
    monitors: c?.monitor_ids ?? [],
    hashtag: c?.hashtag ?? '',
    seeks: c?.seeks || 'other',
    thanks: c?.thanks ?? '',
    notes: c?.notes ?? '',
    listen: false,
  });
  const set = (change: Partial<typeof values>) => setValues((before) => ({ ...before, ...change }));
  const monitors = useMonitors();
  const campaigns = useCampaignChoices();
  const told = error instanceof Problem ? error.fields : {};
  const money = (value: number | string) => ({ amount: toMinor(value, values.currency), currency: Number(value) ? values.currency : '' });
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    onSubmit({
      name: values.name, kind: values.kind, status: values.status as CampaignBody['status'] & string, parent_id: values.parent, owner_id: c?.owner_id ?? '', budget: money(values.budget), cost: money(values.cost),
      ...(values.starts ? { starts_at: `${values.starts}T00:00:00Z` } : {}), ...(values.ends ? { ends_at: `${values.ends}T23:59:59Z` } : {}), monitor_ids: values.monitors,
      hashtag: values.hashtag, seeks: values.seeks as CampaignBody['seeks'] & string, thanks: values.thanks, notes: values.notes, ...(values.listen && !c ? { listen: true } : {}),
    });
  };
  const heard = values.kind !== 'classic';
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {error && <Failed error={error} />}
        <TextInput label="Name" required maxLength={200} value={values.name} onChange={(e) => set({ name: e.currentTarget.value })} error={told.name} />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <Select label="Kind" allowDeselect={false} disabled={c !== undefined} value={values.kind} onChange={(v) => set({ kind: (v ?? 'classic') as CampaignKind })} data={options(campaignKinds)} />
          <Select label="Status" allowDeselect={false} value={values.status} onChange={(v) => set({ status: v ?? 'active' })} data={options(campaignStatuses)} />
          <TextInput label="From" type="date" value={values.starts} onChange={(e) => set({ starts: e.currentTarget.value })} error={told.starts_at} />
          <TextInput label="Until" type="date" value={values.ends} onChange={(e) => set({ ends: e.currentTarget.value })} error={told.ends_at} />
          <NumberInput label="Budget" min={0} decimalScale={2} value={values.budget} onChange={(v) => set({ budget: v })} error={told.budget} />
          <NumberInput label="Cost so far" min={0} decimalScale={2} value={values.cost} onChange={(v) => set({ cost: v })} error={told.cost} />
          <TextInput label="Currency" maxLength={3} value={values.currency} onChange={(e) => set({ currency: e.currentTarget.value.toUpperCase() })} error={told['cost.currency']} />
          <Select label="Part of" clearable searchable value={values.parent || null} onChange={(v) => set({ parent: v ?? '' })} error={told.parent_id}
            data={(campaigns.data?.items ?? []).filter((o) => o.id !== c?.id).map((o) => ({ value: o.id, label: o.name }))} />
        </SimpleGrid>
        {heard && (
          <>
            <MultiSelect label="Monitors" description="That hear what is said about it" searchable value={values.monitors} onChange={(v) => set({ monitors: v })} error={told.monitor_ids}
              data={(monitors.data?.items ?? []).map((m) => ({ value: m.id, label: m.name }))} />
            <TextInput label="Hashtag" required={values.kind === 'idea'} maxLength={100} value={values.hashtag} onChange={(e) => set({ hashtag: e.currentTarget.value })} error={told.hashtag} />
            {!c && <Checkbox label="Make a monitor that hears the hashtag" checked={values.listen} onChange={(e) => set({ listen: e.currentTarget.checked })} />}
          </>
        )}
        {values.kind === 'idea' && (
          <>
            <Select label="It asks for" allowDeselect={false} value={values.seeks} onChange={(v) => set({ seeks: v ?? 'other' })} data={options(ideaKinds)} />
            <Textarea label="How ideas are answered" description="With {name}, {handle}, {campaign} and {idea}; empty: in our words" rows={2} maxLength={1000} value={values.thanks} onChange={(e) => set({ thanks: e.currentTarget.value })} error={told.thanks} />
          </>
        )}
        <Textarea label="Notes" rows={2} maxLength={4000} value={values.notes} onChange={(e) => set({ notes: e.currentTarget.value })} />
        <FormButtons label="Save" saving={pending} onCancel={onCancel} />
      </Stack>
    </form>
  );
}
