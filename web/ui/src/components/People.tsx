// Choosing people and teams by name.
import { MultiSelect, Select } from '@mantine/core';
import { useTeams } from '../api/access';
import { useUsers } from '../api/queries';

interface Props {
  label: string;
  description?: string;
  required?: boolean;
  error?: string | undefined;
}

interface OneProps extends Props {
  /** Id; empty: nobody. */
  value: string;
  onChange: (id: string) => void;
}

const choices = (items: { id: string; name: string }[] | undefined) => (items ?? []).map(({ id, name }) => ({ value: id, label: name }));

export function PersonSelect({ value, onChange, ...rest }: OneProps) {
  const users = useUsers();
  return <Select searchable clearable={!rest.required} {...rest} error={rest.error ?? users.error?.message} nothingFoundMessage="Nobody is called so" data={choices(users.data?.items)} value={value || null} onChange={(v) => onChange(v ?? '')} />;
}

export function TeamSelect({ value, onChange, ...rest }: OneProps) {
  const teams = useTeams();
  return <Select searchable clearable={!rest.required} {...rest} error={rest.error ?? teams.error?.message} nothingFoundMessage="No team is called so" data={choices(teams.data?.items)} value={value || null} onChange={(v) => onChange(v ?? '')} />;
}

interface SeveralProps extends Props {
  /** Ids. */
  value: string[];
  onChange: (ids: string[]) => void;
}

export function PeopleSelect({ value, onChange, ...rest }: SeveralProps) {
  const users = useUsers();
  return <MultiSelect searchable limit={200} {...rest} error={rest.error ?? users.error?.message} nothingFoundMessage="Nobody is called so" data={choices(users.data?.items)} value={value} onChange={onChange} />;
}

export function TeamsSelect({ value, onChange, ...rest }: SeveralProps) {
  const teams = useTeams();
  return <MultiSelect searchable limit={200} {...rest} error={rest.error ?? teams.error?.message} nothingFoundMessage="No team is called so" data={choices(teams.data?.items)} value={value} onChange={onChange} />;
}
