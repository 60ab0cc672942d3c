import { Badge, Card, Group, Stack, Switch, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useDeleteRule, useSaveRule } from '../../api/changes';
import { useMay } from '../../api/grants';
import { useMentionRules } from '../../api/queries';
import type { MentionRule } from '../../api/types';
import { Confirm } from '../../components/Confirm';
import { EditDelete } from '../../components/EditDelete';
import { Empty, Loaded } from '../../components/states';
import { formatNumber } from '../../format';
import { polarities, ruleKinds } from '../../vocabulary';
import { fieldsOf } from './RuleForm';

/** The rules of a monitor, or of all. */
export function RulesPanel({ monitor, onEdit }: { monitor: string; onEdit: (rule: MentionRule) => void }) {
  const rules = useMentionRules(monitor);
  const [deleted, setDeleted] = useState<MentionRule>();
  const remove = useDeleteRule();
  return (
    <Card component="section" aria-label="Rules">
      <Title order={2} mb="xs">
        Rules
      </Title>
      <Loaded query={rules} what="rules" rows={3}>
        {(data) => {
          if (data.items.length === 0) return <Empty title="No rules yet">Make one for influential authors, contacts, people who want to buy, or words of danger.</Empty>;
          return (
            <div className="rows">
              {data.items.map((r) => (
                <Rule key={r.id} rule={r} onEdit={() => onEdit(r)} onDelete={() => setDeleted(r)} />
              ))}
            </div>
          );
        }}
      </Loaded>
      <Confirm
        opened={deleted !== undefined}
        title={`Delete ${deleted?.name ?? ''}?`}
        action="Delete"
        change={remove}
        onConfirm={() => deleted && remove.mutate(deleted.id, { onSuccess: () => setDeleted(undefined) })}
        onClose={() => setDeleted(undefined)}
      >
        What it found stays; what it has not told yet is not told.
      </Confirm>
    </Card>
  );
}

function Rule({ rule, onEdit, onDelete }: { rule: MentionRule; onEdit: () => void; onDelete: () => void }) {
  const save = useSaveRule(rule);
  const may = useMay();
  const onSwitch = () =>
    save.mutate(
      { ...fieldsOf(rule), enabled: !rule.enabled, monitor: rule.monitor_id },
      { onError: (e) => notifications.show({ color: 'negative', title: `${rule.name} was not switched`, message: e.message }) },
    );
  return (
    <Group component="article" py="sm" gap="sm" wrap="nowrap" align="flex-start" aria-label={rule.name} data-testid="rule">
      <Stack gap={6} flex={1} miw={0}>
        <Text fw={600}>{rule.name}</Text>
        <Group gap={6}>
          <Badge variant="light" color="brand">
            {ruleKinds[rule.kind]}
          </Badge>
          <Text fz="xs" c="dimmed">
            {rule.monitor}
          </Text>
        </Group>
        <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {conditions(rule)}
        </Text>
      </Stack>
      <Group gap={4} wrap="nowrap">
        {may('monitor:update') ? <Switch aria-label={`Alert by ${rule.name}`} checked={rule.enabled ?? true} disabled={save.isPending} onChange={onSwitch} mr="xs" /> : !(rule.enabled ?? true) && <Badge color="gray">off</Badge>}
        <EditDelete name={rule.name} type="monitor" onEdit={onEdit} onDelete={onDelete} />
      </Group>
    </Group>
  );
}

/** What a rule asks for, in words. */
export function conditions(rule: MentionRule): string {
  const parts = [];
  if (rule.followers) parts.push(`from ${formatNumber(rule.followers)} followers`);
  if (rule.reach) parts.push(`${rule.followers ? 'or ' : ''}from a reach of ${formatNumber(rule.reach)}`);
  if (rule.query) parts.push(rule.query);
  if (rule.polarity) parts.push(`only ${polarities[rule.polarity].toLowerCase()}`);
  parts.push(`at most ${rule.most_per_hour ?? 10} an hour, the rest together`);
  return parts.join(', ');
}
