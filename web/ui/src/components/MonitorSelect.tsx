import { Select } from '@mantine/core';
import { useMonitors } from '../api/queries';

interface Props {
  value: string;
  onChange: (monitor: string) => void;
  label?: string;
}

/** Chooses a monitor; the empty string stands for all. */
export function MonitorSelect({ value, onChange, label }: Props) {
  const monitors = useMonitors();
  return (
    <Select
      {...(label ? { label } : { 'aria-label': 'Monitor' })}
      placeholder="All monitors"
      clearable
      clearButtonProps={{ 'aria-label': 'All monitors' }}
      value={value || null}
      onChange={(id) => onChange(id ?? '')}
      data={(monitors.data?.items ?? []).map((m) => ({ value: m.id, label: m.name }))}
      error={monitors.error?.message}
      comboboxProps={{ withinPortal: true }}
    />
  );
}
