import { ActionIcon, Button, Checkbox, Group, MultiSelect, NumberInput, SimpleGrid, Stack } from '@mantine/core';
import type { MilestoneRule } from '../../api/leadSettings';
import { Icon } from '../../components/Icon';
import { changed, without } from '../../components/ordered';

type Limit = NonNullable<MilestoneRule['limit']>;

interface Props {
  limit: Limit;
  /** Whom a step may tell. */
  tell: { group: string; items: { value: string; label: string }[] }[];
  readOnly: boolean;
  onChange: (limit: Limit) => void;
}

/** How long a lead may stay, who is told then, and who next while nobody does anything. */
export function LimitFields({ limit, tell, readOnly, onChange }: Props) {
  const steps = limit.escalate ?? [];
  const last = steps.at(-1)?.hours ?? limit.hours ?? 0;
  const whom = (label: string, value: string[] | null | undefined, set: (v: string[]) => void) => (
    <MultiSelect label={label} required searchable limit={50} data={tell} value={value ?? []} onChange={set} />
  );
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <NumberInput label="Time limit in hours" placeholder="none" min={0} max={8784} allowDecimal={false} value={limit.hours || ''} onChange={(v) => onChange(Number(v) > 0 ? { ...limit, hours: Number(v) } : {})} />
        {(limit.hours ?? 0) > 0 && whom('Then tell', limit.tell, (v) => onChange({ ...limit, tell: v }))}
      </SimpleGrid>
      {(limit.hours ?? 0) > 0 && (
        <>
          <Checkbox
            label="Counted from the last activity with them"
            description={limit.untouched ? 'Each activity begins the time anew' : 'Counted from when the lead came; who does something after being told ends it'}
            checked={limit.untouched ?? false}
            onChange={(e) => onChange({ ...limit, untouched: e.currentTarget.checked })}
          />
          {steps.map((step, i) => (
            <Group key={i} gap="sm" align="end" wrap="nowrap" role="group" aria-label={`Step ${i + 2}`}>
              <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm" flex={1}>
                <NumberInput label="Still so after hours" required min={1} max={8784} allowDecimal={false} value={step.hours || ''} onChange={(v) => onChange({ ...limit, escalate: changed(steps, i, { hours: Number(v) }) })} />
                {whom('Tell as well', step.tell, (v) => onChange({ ...limit, escalate: changed(steps, i, { tell: v }) }))}
              </SimpleGrid>
              {!readOnly && (
                <ActionIcon variant="default" size={36} aria-label={`Remove step ${i + 2}`} onClick={() => onChange({ ...limit, escalate: without(steps, i) })}>
                  <Icon name="trash" size={14} />
                </ActionIcon>
              )}
            </Group>
          ))}
          {!readOnly && steps.length < 10 && (
            <Button variant="default" size="xs" style={{ alignSelf: 'flex-start' }} leftSection={<Icon name="plus" size={14} />} onClick={() => onChange({ ...limit, escalate: [...steps, { hours: last + 24, tell: ['manager'] }] })}>
              Escalate further
            </Button>
          )}
        </>
      )}
    </Stack>
  );
}
