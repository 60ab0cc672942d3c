import { NativeSelect } from '@mantine/core';
import { useReasons, type Outcome } from '../api/leads';
import { Failed } from './states';

interface Props {
  outcome: Outcome;
  value: string;
  onChange: (code: string) => void;
}

/** Asks for a reason of the list that people keep. */
export function ReasonSelect({ outcome, value, onChange }: Props) {
  const reasons = useReasons(outcome);
  if (reasons.error) return <Failed error={reasons.error} onRetry={() => void reasons.refetch()} />;
  const data = (reasons.data?.items ?? []).filter((r) => r.active).map((r) => ({ value: r.code, label: r.label }));
  return (
    <NativeSelect
      label="Reason"
      required
      disabled={!reasons.data}
      value={value}
      onChange={(e) => onChange(e.currentTarget.value)}
      data={[{ value: '', label: reasons.data ? 'Choose one' : 'Loading …', disabled: true }, ...data]}
    />
  );
}
