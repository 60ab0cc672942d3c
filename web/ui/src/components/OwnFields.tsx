// The company's own fields: in forms, and where a record is shown.
import { Group, MultiSelect, NumberInput, Select, SimpleGrid, TextInput } from '@mantine/core';
import { useFields, type FieldType } from '../api/queries';
import type { FieldDefinition } from '../api/types';
import { formatDate, formatMoney, formatNumber, minorUnits, toMinor } from '../format';
import { FactRow } from './Facts';

export type OwnValues = Record<string, unknown>;

/** What a field is called, in the language of the pages or else by its name. */
export const labelOf = ({ labels, name }: Pick<FieldDefinition, 'labels' | 'name'>) => labels.en || Object.values(labels)[0] || name;

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');

function moneyOf(value: unknown): { amount: number; currency: string } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { amount, currency } = value as { amount?: unknown; currency?: unknown };
  return typeof amount === 'number' && typeof currency === 'string' ? { amount, currency } : undefined;
}

interface Props {
  type: FieldType;
  values: OwnValues;
  onChange: (values: OwnValues) => void;
  errors: Record<string, string>;
}

export function OwnFields({ type, values, onChange, errors }: Props) {
  const fields = useFields(type).data?.items.filter((f) => !f.archived) ?? [];
  if (fields.length === 0) return null;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      {fields.map((f) => (
        <OwnInput key={f.id} field={f} value={values[f.name]} error={errors[`fields.${f.name}`]} onChange={(v) => onChange({ ...values, [f.name]: v })} />
      ))}
    </SimpleGrid>
  );
}

function OwnInput({ field: f, value, error, onChange }: { field: FieldDefinition; value: unknown; error: string | undefined; onChange: (value: unknown) => void }) {
  const common = { label: labelOf(f), required: f.required, error };
  const choices = (f.choices ?? []).map((c) => ({ value: c.value, label: labelOf({ labels: c.labels, name: c.value }) }));
  switch (f.kind) {
    case 'number':
      return <NumberInput {...common} value={typeof value === 'number' ? value : ''} onChange={(v) => onChange(typeof v === 'number' ? v : null)} />;
    case 'boolean':
      return (
        <Select
          {...common}
          clearable
          data={[
            { value: 'true', label: 'Yes' },
            { value: 'false', label: 'No' },
          ]}
          value={typeof value === 'boolean' ? String(value) : null}
          onChange={(v) => onChange(v === null ? null : v === 'true')}
        />
      );
    case 'choice':
      return <Select {...common} clearable data={choices} value={textOf(value) || null} onChange={onChange} />;
    case 'multi-choice':
      return <MultiSelect {...common} clearable data={choices} value={Array.isArray(value) ? value.map(String) : []} onChange={onChange} />;
    case 'money':
      return <MoneyInput {...common} value={moneyOf(value)} onChange={onChange} />;
  }
  return <TextInput {...common} type={{ date: 'date', url: 'url' }[f.kind] ?? 'text'} value={textOf(value)} onChange={(e) => onChange(e.currentTarget.value)} />;
}

interface MoneyInputProps {
  label: string;
  required: boolean;
  error: string | undefined;
  value: { amount: number; currency: string } | undefined;
  onChange: (value: unknown) => void;
}

function MoneyInput({ value, onChange, label, ...common }: MoneyInputProps) {
  const currency = value?.currency ?? 'EUR';
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <NumberInput
        {...common}
        label={label}
        flex={1}
        value={value ? value.amount / minorUnits(currency) : ''}
        onChange={(v) => onChange(typeof v === 'number' ? { amount: toMinor(v, currency), currency } : null)}
      />
      <TextInput
        label="Currency"
        w={84}
        maxLength={3}
        value={currency}
        onChange={(e) => onChange({ amount: value?.amount ?? 0, currency: e.currentTarget.value.toUpperCase() })}
      />
    </Group>
  );
}

function written(f: FieldDefinition, value: unknown): string {
  const money = moneyOf(value);
  if (money) return formatMoney(money);
  const name = (v: unknown) => {
    const choice = f.choices?.find((c) => c.value === v);
    return choice ? labelOf({ labels: choice.labels, name: choice.value }) : String(v);
  };
  if (Array.isArray(value)) return value.map(name).join(', ');
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') return formatNumber(value);
  return f.kind === 'date' ? formatDate(textOf(value)) : name(value);
}

/** What a record has in them, as rows of a description list. */
export function OwnValuesList({ type, values = {} }: { type: FieldType; values: OwnValues | undefined }) {
  const fields = useFields(type).data?.items ?? [];
  return (
    <>
      {fields
        .filter((f) => values[f.name] !== undefined && values[f.name] !== null)
        .map((f) => (
          <FactRow key={f.id} name={labelOf(f)} value={written(f, values[f.name])} />
        ))}
    </>
  );
}
