import { Card, Checkbox, Fieldset, Group, MultiSelect, SimpleGrid, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useFields } from '../../api/queries';
import { OrderButtons } from '../../components/OrderButtons';
import { labelOf } from '../../components/OwnFields';
import { options } from '../../vocabulary';
import { activityKinds, leadFields } from '../../vocabulary-crm';
import { LimitFields } from './LimitFields';
import type { Draft } from './MilestonesPanel';

interface Choice {
  value: string;
  label: string;
}

interface Props {
  milestone: Draft;
  at: number;
  length: number;
  roles: Choice[];
  /** Whom a time limit may tell. */
  tell: { group: string; items: Choice[] }[];
  readOnly: boolean;
  onChange: (part: Partial<Draft>) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

/** One milestone: what it demands, who may lead a lead there, and how long one may stay. */
export function MilestoneCard({ milestone: m, at, length, roles, tell, readOnly, onChange, onMove, onRemove }: Props) {
  const own = (useFields('lead').data?.items ?? []).map((f) => ({ value: `fields.${f.name}`, label: labelOf(f) }));
  const entry = m.entry ?? {};
  const label = m.label || m.name || 'the new milestone';
  const first = at === 0;
  const last = at === length - 1;
  return (
    <Card component="section" aria-label={label}>
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <Title order={2}>
          {at + 1}. {m.label || m.name || 'New milestone'}
        </Title>
        {!readOnly && <OrderButtons name={label} at={at} length={length} onMove={onMove} onRemove={onRemove} />}
      </Group>
      <Fieldset variant="unstyled" disabled={readOnly}>
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            <TextInput label="What it is called" required maxLength={200} value={m.label ?? ''} onChange={(e) => onChange({ label: e.currentTarget.value })} />
            <Checkbox mt={{ base: 0, sm: 28 }} label="Marketing says by it that this is a potential customer" checked={m.marketing ?? false} onChange={(e) => onChange({ marketing: e.currentTarget.checked })} />
          </SimpleGrid>
          <Textarea label="Guidance" description="For who does this the first time" autosize minRows={1} maxRows={6} maxLength={4000} value={m.guidance ?? ''} onChange={(e) => onChange({ guidance: e.currentTarget.value })} />
          {first ? (
            <Text fz="sm" c="dimmed">
              Leads begin here: it demands nothing of them.
            </Text>
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
              <MultiSelect label="Filled in" searchable placeholder={entry.fields?.length ? '' : 'nothing'} data={[...options(leadFields), ...own]} value={entry.fields ?? []} onChange={(fields) => onChange({ entry: { ...entry, fields } })} />
              <MultiSelect label="Done with them, one of" placeholder={entry.activities?.length ? '' : 'nothing'} data={options(activityKinds)} value={entry.activities ?? []} onChange={(activities) => onChange({ entry: { ...entry, activities } })} />
              <TextInput label="True of the lead (CEL)" description={'Such as lead.need != "" && lead.employees > 20'} value={entry.expression ?? ''} onChange={(e) => onChange({ entry: { ...entry, expression: e.currentTarget.value } })} />
              <TextInput label="What to tell people when it is not" maxLength={500} mt={{ base: 0, sm: 20 }} value={entry.message ?? ''} onChange={(e) => onChange({ entry: { ...entry, message: e.currentTarget.value } })} />
              <MultiSelect label="Who may lead a lead here" placeholder={m.roles?.length ? '' : 'everybody'} data={roles} value={m.roles ?? []} onChange={(v) => onChange({ roles: v })} />
            </SimpleGrid>
          )}
          {!last && <LimitFields limit={m.limit ?? {}} tell={tell} readOnly={readOnly} onChange={(limit) => onChange({ limit })} />}
        </Stack>
      </Fieldset>
    </Card>
  );
}
