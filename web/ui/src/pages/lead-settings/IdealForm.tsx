import { Autocomplete, Button, Card, Drawer, Group, NativeSelect, NumberInput, SimpleGrid, Stack, Switch, TagsInput, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { usePreviewProfile, useSaveIdealProfile, type IdealCriterion, type IdealFields, type IdealProfile } from '../../api/leadSettings';
import { useFields } from '../../api/queries';
import { FormButtons } from '../../components/FormButtons';
import { Icon } from '../../components/Icon';
import { OrderButtons } from '../../components/OrderButtons';
import { changed, moved, without } from '../../components/ordered';
import { Failed } from '../../components/states';
import { options } from '../../vocabulary';
import { leadFields, operators } from '../../vocabulary-crm';
import { GradePreview } from './GradePreview';

const blank = (): IdealCriterion => ({ field: 'industry', operator: 'in', values: [], weight: 10 });

/** What a criterion says in the way it asks: the rest is left out. */
export function tidied(c: IdealCriterion): IdealCriterion {
  const { label, field, operator, weight } = c;
  const common = { ...(label ? { label } : {}), ...(field ? { field } : {}), operator, weight };
  switch (operator) {
    case 'range':
      return { ...common, ...(c.from === undefined ? {} : { from: c.from }), ...(c.to === undefined ? {} : { to: c.to }) };
    case 'expression':
      return { ...(label ? { label } : {}), operator, weight, expression: c.expression ?? '' };
    default:
      return { ...common, values: c.values ?? [] };
  }
}

/** Describes an ideal customer; before it is saved, how open leads would be graded can be seen. */
export function IdealForm({ profile, onClose }: { profile: IdealProfile | undefined; onClose: () => void }) {
  const save = useSaveIdealProfile(profile);
  const preview = usePreviewProfile();
  const [name, setName] = useState(profile?.name ?? '');
  const [active, setActive] = useState(profile?.active ?? true);
  const [criteria, setCriteria] = useState<IdealCriterion[]>(profile?.criteria ?? [blank()]);
  const body: IdealFields = { name, active, criteria: criteria.map(tidied) };
  const change = (next: IdealCriterion[]) => {
    preview.reset();
    setCriteria(next);
  };
  return (
    <Drawer opened onClose={onClose} position="right" size="xl" title={profile ? `Change ${profile.name}` : 'New ideal customer'}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate(body, { onSuccess: onClose });
        }}
      >
        <Stack gap="md">
          <TextInput label="Name" required maxLength={200} data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <Switch label="Leads are graded by it" checked={active} onChange={(e) => setActive(e.currentTarget.checked)} />
          <Title order={3}>Criteria</Title>
          {criteria.map((c, i) => (
            <Criterion
              key={i}
              criterion={c}
              at={i}
              length={criteria.length}
              onChange={(part) => change(changed(criteria, i, part))}
              onMove={(to) => change(moved(criteria, i, to))}
              onRemove={() => change(without(criteria, i))}
            />
          ))}
          <Group justify="space-between">
            <Button variant="default" size="xs" leftSection={<Icon name="plus" size={14} />} onClick={() => change([...criteria, blank()])}>
              New criterion
            </Button>
            <Button variant="default" size="xs" loading={preview.isPending} onClick={() => preview.mutate({ ...body, ...(profile ? { id: profile.id } : {}) })}>
              How would leads be graded?
            </Button>
          </Group>
          {preview.error && <Failed error={preview.error} />}
          {preview.data && <GradePreview preview={preview.data} />}
          {save.error && <Failed error={save.error} />}
          <FormButtons label="Save" saving={save.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Drawer>
  );
}

interface CriterionProps {
  criterion: IdealCriterion;
  at: number;
  length: number;
  onChange: (part: Partial<IdealCriterion>) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

const companyFields = ['domain', 'industry', 'employees', 'postal_code', 'city', 'country'].map((f) => `account.${f}`);

function Criterion({ criterion: c, at, length, onChange, onMove, onRemove }: CriterionProps) {
  const own = (useFields('lead').data?.items ?? []).map((f) => `fields.${f.name}`);
  const end = (name: 'from' | 'to') => ({
    label: name === 'from' ? 'From' : 'To',
    value: c[name] ?? '',
    onChange: (v: number | string) => onChange({ [name]: v === '' ? undefined : Number(v) }),
  });
  return (
    <Card padding="sm" component="section" aria-label={`Criterion ${at + 1}`}>
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <Title order={4} fz="sm">
          Criterion {at + 1}
        </Title>
        <OrderButtons name={`criterion ${at + 1}`} at={at} length={length} onMove={onMove} onRemove={onRemove} />
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
        {c.operator !== 'expression' && (
          <Autocomplete label="Field" required maxLength={100} value={c.field ?? ''} onChange={(field) => onChange({ field })} data={[...Object.keys(leadFields), ...companyFields, 'contact.job_title', 'contact.relationship', ...own]} />
        )}
        <NativeSelect label="Asks" value={c.operator} onChange={(e) => onChange({ operator: e.currentTarget.value })} data={options(operators)} />
        {c.operator === 'range' ? (
          <>
            <NumberInput {...end('from')} />
            <NumberInput {...end('to')} />
          </>
        ) : c.operator === 'expression' ? (
          <TextInput label="Expression" required placeholder='lead.topic.contains("grill")' value={c.expression ?? ''} onChange={(e) => onChange({ expression: e.currentTarget.value })} />
        ) : (
          <TagsInput label="Values" description="Enter after each" {...(c.operator === 'equals' ? { maxTags: 1 } : {})} value={c.values ?? []} onChange={(values) => onChange({ values })} />
        )}
        <NumberInput label="Weight" description="0 to 100, against the others" required min={0} max={100} value={c.weight} onChange={(v) => onChange({ weight: Number(v) || 0 })} />
        <TextInput label="What to call it" description="Empty: by its field" maxLength={200} value={c.label ?? ''} onChange={(e) => onChange({ label: e.currentTarget.value })} />
      </SimpleGrid>
    </Card>
  );
}
