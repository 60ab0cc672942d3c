import { Alert, Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useRoles, useTeams } from '../../api/access';
import { useMay } from '../../api/grants';
import { useMilestones, type MilestonePlan } from '../../api/leads';
import { useSaveMilestones, type MilestoneRule } from '../../api/leadSettings';
import { useChannels, useUsers } from '../../api/queries';
import { Editing } from '../../components/Editing';
import { Icon } from '../../components/Icon';
import { changed, moved, nameOf, without } from '../../components/ordered';
import { Failed, Loaded } from '../../components/states';
import { MilestoneCard } from './MilestoneCard';

/** The way of leads: its milestones in their order, what each demands, who may lead there, and time limits. */
export function MilestonesPanel() {
  const plan = useMilestones();
  return (
    <Loaded query={plan} what="the milestones" rows={4}>
      {(p) => <Editing read={p}>{(from, saved) => <Editor plan={from} onSaved={saved} />}</Editing>}
    </Loaded>
  );
}

/** A milestone that is being edited; key tells it from others while its name changes. */
export interface Draft extends MilestoneRule {
  key: string;
  isNew: boolean;
}

/** The milestone as it is saved: a new one is named for what it is called. */
function ruleOf({ isNew, name, label, guidance, entry, roles, limit, marketing }: Draft): MilestoneRule {
  return {
    name: isNew ? nameOf(label ?? '') : name,
    ...(label ? { label } : {}),
    ...(guidance ? { guidance } : {}),
    ...(entry ? { entry } : {}),
    ...(roles?.length ? { roles } : {}),
    ...(limit?.hours ? { limit } : {}),
    ...(marketing ? { marketing } : {}),
  };
}

/** Whom a time limit may tell. Who may not see the channels can choose none of them. */
function useTell(roles: { value: string; label: string }[]) {
  const teams = useTeams().data?.items ?? [];
  const people = useUsers().data?.items ?? [];
  const channels = useChannels(useMay()('channel:read')).data?.items ?? [];
  return [
    { group: 'Of the lead', items: [{ value: 'owner', label: 'Its owner' }, { value: 'manager', label: 'The manager of its owner' }] },
    { group: 'Everybody with the role', items: roles.map((r) => ({ value: `role:${r.value}`, label: r.label })) },
    { group: 'Everybody in the team', items: teams.map((t) => ({ value: `team:${t.id}`, label: t.name })) },
    { group: 'People', items: people.map((u) => ({ value: `user:${u.id}`, label: u.name })) },
    { group: 'Channels', items: channels.filter((c) => c.digests).map((c) => ({ value: `channel:${c.name}`, label: c.name })) },
  ].filter((g) => g.items.length > 0);
}

function Editor({ plan, onSaved }: { plan: MilestonePlan; onSaved: () => void }) {
  const save = useSaveMilestones(plan.version);
  const readOnly = !useMay()('process:update');
  const before = (plan.milestones ?? []).map((m) => ({ ...m, key: m.name, isNew: false }));
  const [drafts, setDrafts] = useState<Draft[]>(before);
  const [mapping, setMapping] = useState<Record<string, string>>({});
  const roles = (useRoles().data?.items ?? []).map((r) => ({ value: r.name, label: r.label }));
  const tell = useTell(roles);
  const gone = before.filter((m) => !drafts.some((d) => d.key === m.key));
  const add = () => setDrafts([...drafts, { key: crypto.randomUUID(), isNew: true, name: '', label: '' }]);
  const submit = (e: React.FormEvent) => {
    e.preventDefault();
    save.mutate({ milestones: drafts.map(ruleOf), mapping: Object.fromEntries(gone.filter((m) => mapping[m.name]).map((m) => [m.name, mapping[m.name] ?? ''])) }, { onSuccess: onSaved });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text fz="sm" c="dimmed">
          A lead begins in the first milestone, and the last opens its opportunity. The order is yours. Version {plan.version}.
        </Text>
        {drafts.map((m, i) => (
          <MilestoneCard
            key={m.key}
            milestone={m}
            at={i}
            length={drafts.length}
            roles={roles}
            tell={tell}
            readOnly={readOnly}
            onChange={(part) => setDrafts(changed(drafts, i, part))}
            onMove={(to) => setDrafts(moved(drafts, i, to))}
            onRemove={() => setDrafts(without(drafts, i))}
          />
        ))}
        {gone.length > 0 && (
          <Alert color="caution" variant="light" title="Leads in milestones that are gone">
            <Stack gap="xs">
              {gone.map((m) => (
                <NativeSelect
                  key={m.key}
                  label={`From ${m.label || m.name} they go to`}
                  value={mapping[m.name] ?? ''}
                  onChange={(e) => setMapping({ ...mapping, [m.name]: e.currentTarget.value })}
                  data={[{ value: '', label: 'none is there' }, ...drafts.filter((d) => !d.isNew).map((d) => ({ value: d.name, label: d.label || d.name }))]}
                />
              ))}
            </Stack>
          </Alert>
        )}
        {save.error && <Failed error={save.error} />}
        {!readOnly && (
          <Group justify="space-between">
            <Button variant="default" leftSection={<Icon name="plus" size={16} />} onClick={add}>
              New milestone
            </Button>
            <Button type="submit" loading={save.isPending}>
              Save the way of leads
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}
