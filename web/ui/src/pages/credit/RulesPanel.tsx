import { Button, Card, Checkbox, Fieldset, Group, NativeSelect, NumberInput, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useRoles } from '../../api/access';
import { useMay } from '../../api/grants';
import { useCreditRules, useSaveCreditRules, type CreditPart } from '../../api/territories';
import { Editing } from '../../components/Editing';
import { Icon } from '../../components/Icon';
import { OrderButtons } from '../../components/OrderButtons';
import { changed, moved, without } from '../../components/ordered';
import { Failed, Loaded } from '../../components/states';
import { formatNumber } from '../../format';
import { options } from '../../vocabulary';

/** By which rules revenue is credited; a new version holds for what is invoiced and paid from then on. */
export function RulesPanel() {
  return (
    <Loaded query={useCreditRules()} what="the rules" rows={4}>
      {(r) => <Editing read={r}>{(from, saved) => <Editor version={from.version} before={from.parts ?? []} ways={from.ways} onSaved={saved} />}</Editing>}
    </Loaded>
  );
}

/** What the parts that are no overlay add up to, in basis points. */
export const sumOf = (parts: CreditPart[]) => parts.filter((p) => !p.overlay).reduce((sum, p) => sum + p.share, 0);

const whole = 10_000;

interface EditorProps {
  version: number;
  before: CreditPart[];
  ways: Record<string, string>;
  onSaved: () => void;
}

function Editor({ version, before, ways, onSaved }: EditorProps) {
  const save = useSaveCreditRules(version);
  const readOnly = !useMay()('credit_rules:update');
  const [parts, setParts] = useState(before);
  const sum = sumOf(parts);
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate(parts, { onSuccess: onSaved });
      }}
    >
      <Stack gap="md">
        {parts.map((p, i) => (
          <PartCard key={i} part={p} at={i} length={parts.length} ways={ways} readOnly={readOnly} onChange={(c) => setParts(changed(parts, i, c))} onMove={(to) => setParts(moved(parts, i, to))} onRemove={() => setParts(without(parts, i))} />
        ))}
        <Text fz="sm" c={sum === whole ? 'dimmed' : 'var(--mantine-color-error)'} role="status">
          What is no overlay adds up to {formatNumber(sum / 100)} %{sum === whole ? '.' : ': it has to be 100 %.'}
        </Text>
        {save.error && <Failed error={save.error} />}
        {!readOnly && (
          <Group justify="space-between">
            <Button variant="default" leftSection={<Icon name="plus" size={16} />} onClick={() => setParts([...parts, { name: '', share: 1, to: Object.keys(ways)[0] ?? 'owner' }])}>
              New part
            </Button>
            <Button type="submit" loading={save.isPending} disabled={sum !== whole}>
              Put the rules in force
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}

interface PartProps {
  part: CreditPart;
  at: number;
  length: number;
  ways: Record<string, string>;
  readOnly: boolean;
  onChange: (part: Partial<CreditPart>) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

function PartCard({ part: p, at, length, ways, readOnly, onChange, onMove, onRemove }: PartProps) {
  const roles = (useRoles().data?.items ?? []).map((r) => ({ value: r.name, label: r.label }));
  const name = p.name || 'the new part';
  return (
    <Card padding="sm" component="section" aria-label={name}>
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <Title order={2} fz="md">
          {p.name || 'New part'}
        </Title>
        {!readOnly && <OrderButtons name={name} at={at} length={length} onMove={onMove} onRemove={onRemove} />}
      </Group>
      <Fieldset variant="unstyled" disabled={readOnly}>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm">
          <TextInput label="Name" required maxLength={200} value={p.name} onChange={(e) => onChange({ name: e.currentTarget.value })} />
          <NumberInput label="Share" suffix=" %" required min={0.01} max={100} decimalScale={2} value={p.share / 100} onChange={(v) => onChange({ share: Math.round(Number(v) * 100) })} />
          <NativeSelect label="To" value={p.to} onChange={(e) => onChange({ to: e.currentTarget.value })} data={options(ways)} />
          <NativeSelect label="Of the role" value={p.role ?? ''} onChange={(e) => onChange({ role: e.currentTarget.value })} data={[{ value: '', label: 'any' }, ...roles]} />
          <TextInput label="For opportunities (CEL)" description="Empty: for all" value={p.when ?? ''} onChange={(e) => onChange({ when: e.currentTarget.value })} />
          <Checkbox mt={{ base: 0, xs: 28 }} label="Overlay: counted on top, shown apart" checked={p.overlay ?? false} onChange={(e) => onChange({ overlay: e.currentTarget.checked })} />
        </SimpleGrid>
      </Fieldset>
    </Card>
  );
}
