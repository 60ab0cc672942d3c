import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useAccounts, useContacts } from '../api/queries';

interface Named {
  id: string;
  name: string;
}

interface Props {
  label: string;
  description?: string;
  required?: boolean;
  /** Id; empty: none. */
  value: string;
  onChange: (id: string) => void;
  /** The one that is chosen to begin with. */
  known?: Named | undefined;
  /** One that cannot be chosen. */
  without?: string;
  error?: string | undefined;
}

/** Chooses an account by the beginning of its name. */
export function AccountSelect(props: Props) {
  const [text, setText] = useState('');
  const [searched] = useDebouncedValue(text, 250);
  const found = useAccounts(searched).data?.pages.flatMap((p) => p.items) ?? [];
  return <NamedSelect {...props} found={found} onSearch={setText} nothing="No account is called so" />;
}

/** Chooses a contact by name. */
export function ContactSelect(props: Props) {
  const [text, setText] = useState('');
  const [searched] = useDebouncedValue(text, 250);
  const found = useContacts(searched).data?.pages.flatMap((p) => p.items) ?? [];
  return <NamedSelect {...props} found={found.map((c) => ({ id: c.id, name: c.company ? `${c.name}, ${c.company}` : c.name }))} onSearch={setText} nothing="No contact is called so" />;
}

interface NamedProps extends Props {
  found: Named[];
  onSearch: (text: string) => void;
  nothing: string;
}

function NamedSelect({ label, description, required = false, value, onChange, known, without, error, found, onSearch, nothing }: NamedProps) {
  // Who was chosen keeps the name while the next is looked for.
  const [chosen, setChosen] = useState(known);
  const first = chosen ?? known;
  const choices = [...(first ? [first] : []), ...found.filter((r) => r.id !== first?.id && r.id !== without)];
  return (
    <Select
      label={label}
      {...(description ? { description } : {})}
      searchable
      clearable
      required={required}
      error={error}
      data={choices.map((r) => ({ value: r.id, label: r.name }))}
      value={value || null}
      onChange={(id) => {
        setChosen(choices.find((r) => r.id === id));
        onChange(id ?? '');
      }}
      onSearchChange={onSearch}
      nothingFoundMessage={nothing}
    />
  );
}
