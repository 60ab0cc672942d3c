import { ActionIcon, Button, Card, Checkbox, Fieldset, Group, MultiSelect, NativeSelect, NumberInput, SimpleGrid, Stack, TagsInput, Textarea, TextInput, Title } from '@mantine/core';
import { useRoles } from '../../api/access';
import type { Process } from '../../api/processes';
import { Icon } from '../../components/Icon';
import { OrderButtons } from '../../components/OrderButtons';
import { changed, without } from '../../components/ordered';
import type { Draft } from './ProcessPage';

interface Props {
  stage: Draft;
  at: number;
  length: number;
  /** Of all stages. */
  names: string[];
  /** Processes that a gate may wait for. */
  others: Process[];
  readOnly: boolean;
  onChange: (part: Partial<Draft>) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

const opportunityFields = ['account_id', 'contact_id', 'need', 'amount', 'expected_close', 'owner_id'];
const phases = [
  { value: 'open', label: 'open' },
  { value: 'won', label: 'after it is won' },
  { value: 'lost', label: 'after it is lost' },
];
const forecasts = [
  { value: 'pipeline', label: 'pipeline' },
  { value: 'best-case', label: 'best case' },
  { value: 'commit', label: 'commit' },
];

/** One stage: guidance, what it asks for, its tasks, its gate and its branches. */
export function StageCard({ stage: s, at, length, names, others, readOnly, onChange, onMove, onRemove }: Props) {
  const name = s.name || 'the new stage';
  const open = (s.phase ?? 'open') === 'open';
  return (
    <Card component="section" aria-label={name}>
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <Title order={2}>
          {at + 1}. {s.name || 'New stage'}
        </Title>
        {!readOnly && <OrderButtons name={name} at={at} length={length} onMove={onMove} onRemove={onRemove} />}
      </Group>
      <Fieldset variant="unstyled" disabled={readOnly}>
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
            <TextInput label="Name" required maxLength={200} value={s.name} onChange={(e) => onChange({ name: e.currentTarget.value })} />
            <NativeSelect label="Phase" value={s.phase ?? 'open'} onChange={(e) => onChange({ phase: e.currentTarget.value })} data={phases} />
            {open && (
              <>
                <NumberInput label="Odds of winning" suffix=" %" min={1} max={99} allowDecimal={false} value={s.probability || ''} onChange={(v) => onChange({ probability: Number(v) || 0 })} />
                <NativeSelect label="Forecast" value={s.forecast ?? 'pipeline'} onChange={(e) => onChange({ forecast: e.currentTarget.value })} data={forecasts} />
              </>
            )}
          </SimpleGrid>
          <Textarea label="Guidance" description="For who does this the first time" autosize minRows={1} maxRows={8} maxLength={4000} value={s.guidance ?? ''} onChange={(e) => onChange({ guidance: e.currentTarget.value })} />
          <TagsInput
            label="Fields that it asks for"
            description="Such as amount, or fields.NAME"
            data={opportunityFields}
            value={(s.steps ?? []).map((f) => f.field)}
            onChange={(fields) => onChange({ steps: fields.map((field) => s.steps?.find((f) => f.field === field) ?? { field }) })}
          />
          <Tasks stage={s} onChange={onChange} readOnly={readOnly} />
          <Gate stage={s} others={others} onChange={onChange} />
          <Branches stage={s} names={names} onChange={onChange} readOnly={readOnly} />
        </Stack>
      </Fieldset>
    </Card>
  );
}

type PartProps = Pick<Props, 'stage' | 'onChange' | 'readOnly'>;

/** Tasks that are made when the stage is entered. */
function Tasks({ stage, onChange, readOnly }: PartProps) {
  const tasks = stage.tasks ?? [];
  return (
    <Stack gap="xs">
      <Title order={3} fz="sm">
        Tasks
      </Title>
      {tasks.map((t, i) => (
        <Group key={i} gap="xs" align="flex-end" wrap="wrap">
          <TextInput label="Task" required flex="2 1 12rem" maxLength={200} value={t.subject} onChange={(e) => onChange({ tasks: changed(tasks, i, { subject: e.currentTarget.value }) })} />
          <TextInput label="How" flex="2 1 12rem" maxLength={4000} value={t.guidance ?? ''} onChange={(e) => onChange({ tasks: changed(tasks, i, { guidance: e.currentTarget.value }) })} />
          <NumberInput label="Due after days" w={120} min={0} allowDecimal={false} value={t.due_days || ''} onChange={(v) => onChange({ tasks: changed(tasks, i, { due_days: Number(v) || 0 }) })} />
          {!readOnly && (
            <ActionIcon size="lg" variant="default" aria-label={`Remove the task ${t.subject}`} onClick={() => onChange({ tasks: without(tasks, i) })}>
              <Icon name="trash" size={16} />
            </ActionIcon>
          )}
        </Group>
      ))}
      {!readOnly && (
        <Group>
          <Button size="xs" variant="default" leftSection={<Icon name="plus" size={14} />} onClick={() => onChange({ tasks: [...tasks, { subject: '' }] })}>
            New task
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** What the stage demands before the next. */
function Gate({ stage, others, onChange }: Pick<Props, 'stage' | 'others' | 'onChange'>) {
  const roles = (useRoles().data?.items ?? []).map((r) => ({ value: r.name, label: r.label }));
  const gate = stage.gate ?? {};
  const set = (part: Partial<typeof gate>) => onChange({ gate: { ...gate, ...part } });
  return (
    <Stack gap="xs">
      <Title order={3} fz="sm">
        Before the next stage
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TagsInput label="Filled in" data={opportunityFields} value={gate.fields ?? []} onChange={(fields) => set({ fields })} />
        <NativeSelect label="Approved by the role" value={gate.approval ?? ''} onChange={(e) => set({ approval: e.currentTarget.value })} data={[{ value: '', label: 'nobody need to' }, ...roles]} />
        <TextInput label="True of the opportunity (CEL)" value={gate.expression ?? ''} onChange={(e) => set({ expression: e.currentTarget.value })} />
        <TextInput label="What to tell people when it is not" maxLength={500} value={gate.message ?? ''} onChange={(e) => set({ message: e.currentTarget.value })} />
        <MultiSelect label="Processes that have run to their end" data={others.map((p) => ({ value: p.id, label: p.name }))} value={gate.processes ?? []} onChange={(processes) => set({ processes })} />
        <Checkbox mt={{ base: 0, sm: 28 }} label="All tasks of the stage are done" checked={gate.tasks ?? false} onChange={(e) => set({ tasks: e.currentTarget.checked })} />
      </SimpleGrid>
    </Stack>
  );
}

/** Where else it can lead, and when. */
function Branches({ stage, names, onChange, readOnly }: PartProps & Pick<Props, 'names'>) {
  const branches = stage.branches ?? [];
  const targets = names.filter((n) => n && n !== stage.name);
  if (readOnly && branches.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={3} fz="sm">
        Branches
      </Title>
      {branches.map((b, i) => (
        <Group key={i} gap="xs" align="flex-end" wrap="wrap">
          <TextInput label="When (CEL)" required flex="2 1 12rem" value={b.when} onChange={(e) => onChange({ branches: changed(branches, i, { when: e.currentTarget.value }) })} />
          <NativeSelect label="Goes to" value={b.to} onChange={(e) => onChange({ branches: changed(branches, i, { to: e.currentTarget.value }) })} data={[...new Set([b.to, ...targets])]} />
          {!readOnly && (
            <ActionIcon size="lg" variant="default" aria-label={`Remove the branch to ${b.to}`} onClick={() => onChange({ branches: without(branches, i) })}>
              <Icon name="trash" size={16} />
            </ActionIcon>
          )}
        </Group>
      ))}
      {!readOnly && (
        <Group>
          <Button size="xs" variant="default" disabled={targets.length === 0} leftSection={<Icon name="plus" size={14} />} onClick={() => onChange({ branches: [...branches, { when: '', to: targets[0] ?? '' }] })}>
            New branch
          </Button>
        </Group>
      )}
    </Stack>
  );
}
