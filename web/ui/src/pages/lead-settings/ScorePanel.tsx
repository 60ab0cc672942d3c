import { Button, Card, Group, NumberInput, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { useSaveScoreRules, useScoreRules, type ScoreRule } from '../../api/leadSettings';
import { Editing } from '../../components/Editing';
import { Failed, Loaded } from '../../components/states';
import { signs } from '../../vocabulary-crm';

/** What signs of interest are worth, and how fast that fades. */
export function ScorePanel() {
  return (
    <Loaded query={useScoreRules()} what="the rules of interest" rows={4}>
      {(rules) => <Editing read={rules}>{(from, saved) => <Editor version={from.version} kinds={from.kinds ?? []} onSaved={saved} />}</Editing>}
    </Loaded>
  );
}

type Cell = number | string;

function Editor({ version, kinds, onSaved }: { version: number; kinds: ScoreRule[]; onSaved: () => void }) {
  const save = useSaveScoreRules(version);
  const readOnly = !useMay()('ideal_profile:update');
  const [rules, setRules] = useState<Record<string, { points: Cell; half: Cell }>>(() =>
    Object.fromEntries(Object.keys(signs).map((kind) => {
      const rule = kinds.find((k) => k.kind === kind);
      return [kind, { points: rule?.points ?? 0, half: rule?.half_life_days ?? 14 }];
    })),
  );
  const set = (kind: string, part: Partial<{ points: Cell; half: Cell }>) => setRules({ ...rules, [kind]: { ...(rules[kind] ?? { points: 0, half: 14 }), ...part } });
  return (
    <Card component="section" aria-label="Interest">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate(Object.entries(rules).map(([kind, r]) => ({ kind, points: Number(r.points), half_life_days: Number(r.half) })), { onSuccess: onSaved });
        }}
      >
        <Stack gap="sm">
          <Text fz="sm" c="dimmed">
            Each sign adds its points, which halve after so many days. The score is 100 · (1 − e^(−points / 50)): 50 points make 63.
          </Text>
          <Table.ScrollContainer minWidth={300}>
            <Table fz="sm" aria-label="Signs of interest">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Sign</Table.Th>
                  <Table.Th>Points</Table.Th>
                  <Table.Th>Half in days</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {Object.entries(signs).map(([kind, label]) => (
                  <Table.Tr key={kind}>
                    <Table.Th scope="row" fw={500}>
                      {label}
                    </Table.Th>
                    <Table.Td>
                      <NumberInput size="xs" w={76} aria-label={`Points of: ${label}`} min={-1000} max={1000} disabled={readOnly} value={rules[kind]?.points ?? 0} onChange={(points) => set(kind, { points })} />
                    </Table.Td>
                    <Table.Td>
                      <NumberInput size="xs" w={76} aria-label={`Days until half, of: ${label}`} min={0.1} max={3650} disabled={readOnly} value={rules[kind]?.half ?? 14} onChange={(half) => set(kind, { half })} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
          {save.error && <Failed error={save.error} />}
          {!readOnly && (
            <Group justify="flex-end">
              <Button type="submit" loading={save.isPending}>
                Save, and score open leads anew
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Card>
  );
}
