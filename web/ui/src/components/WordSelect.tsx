import { Select } from '@mantine/core';
import { options } from '../vocabulary';

interface Props<T extends string> {
  label: string;
  words: Record<T, string>;
  value: string;
  onChange: (value: string) => void;
}

/** Chooses one word of a vocabulary, or none. */
export function WordSelect<T extends string>({ label, words, value, onChange }: Props<T>) {
  return (
    <Select
      label={label}
      placeholder="All"
      clearable
      clearButtonProps={{ 'aria-label': `${label}: all` }}
      value={value || null}
      onChange={(v) => onChange(v ?? '')}
      data={options(words)}
    />
  );
}
