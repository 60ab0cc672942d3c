import { Alert, Button, Drawer, Group, MultiSelect, NumberInput, Progress, Select, Stack, Switch, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useApplyDraft, useDimensions, useDraft, useTryTerritory, type Dimension, type Draft, type Territory, type TerritoryFields } from '../../api/territories';
import { May } from '../../components/May';
import { PeopleSelect, TeamsSelect } from '../../components/People';
import { Failed } from '../../components/states';
import { formatNumber } from '../../format';

interface Props {
  territory: Territory | undefined;
  others: Territory[];
  onClose: () => void;
}

/** Changes a territory: first it is shown which records would move, then it can be done. */
export function TerritoryForm({ territory, others, onClose }: Props) {
  const dimensions = useDimensions();
  const attempt = useTryTerritory();
  const apply = useApplyDraft();
  const [name, setName] = useState(territory?.name ?? '');
  const [parent, setParent] = useState(territory?.parent_id ?? '');
  const [priority, setPriority] = useState(territory?.priority ?? 0);
  const [enabled, setEnabled] = useState(territory?.enabled ?? true);
  const [criteria, setCriteria] = useState(() => (territory?.criteria ?? []).map((c) => ({ ...c, values: c.values ?? [], except: c.except ?? [] })));
  const [members, setMembers] = useState(territory?.members ?? []);
  const [draft, setDraft] = useState('');
  const tried = useDraft(draft);

  const set = (dimension: string, part: 'values' | 'except', values: string[]) => {
    setDraft('');
    setCriteria((before) => {
      const rest = before.filter((c) => c.dimension_id !== dimension);
      const was = before.find((c) => c.dimension_id === dimension) ?? { dimension_id: dimension, values: [], except: [] };
      const is = { ...was, [part]: values };
      return is.values.length || is.except.length ? [...rest, is] : rest;
    });
  };
  const work = (type: 'user' | 'team', ids: string[]) => {
    setDraft('');
    setMembers((before) => [...before.filter((m) => m.type !== type), ...ids.map((id) => ({ type, id }))]);
  };
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const body: TerritoryFields = { name, parent_id: parent, priority, enabled, criteria, members };
    attempt.mutate(territory ? { id: territory.id, version: territory.version, territory: body } : { territory: body }, { onSuccess: (d) => setDraft(d.id) });
  };
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title={territory ? `Change ${territory.name}` : 'New territory'}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput label="Name" required value={name} onChange={(e) => setName(e.currentTarget.value)} maxLength={200} />
          <Group grow align="flex-end">
            <Select
              label="Below"
              description="Its criteria hold here, too"
              clearable
              value={parent || null}
              onChange={(v) => setParent(v ?? '')}
              data={others.filter((o) => o.id !== territory?.id).map((o) => ({ value: o.id, label: o.name }))}
            />
            <NumberInput label="Priority" description="Among equally specific ones" value={priority} onChange={(v) => setPriority(Number(v) || 0)} min={-1000} max={1000} />
          </Group>
          <Switch label="Takes records" checked={enabled} onChange={(e) => setEnabled(e.currentTarget.checked)} />
          {(dimensions.data?.items ?? []).map((d) => {
            const c = criteria.find((o) => o.dimension_id === d.id);
            return (
              <Group grow key={d.id} align="flex-start">
                <MultiSelect label={d.name} searchable limit={100} value={c?.values ?? []} onChange={(v) => set(d.id, 'values', v)} data={choices(d)} />
                <MultiSelect label={`except of ${d.name}`} searchable limit={100} value={c?.except ?? []} onChange={(v) => set(d.id, 'except', v)} data={choices(d)} />
              </Group>
            );
          })}
          <PeopleSelect label="People who work in it" value={idsOf(members, 'user')} onChange={(ids) => work('user', ids)} />
          <TeamsSelect label="Teams that work in it" value={idsOf(members, 'team')} onChange={(ids) => work('team', ids)} />
          {attempt.error && <Failed error={attempt.error} />}
          <Button type="submit" variant="default" loading={attempt.isPending}>
            What would move?
          </Button>
        </Stack>
      </form>
      {tried.error && <Failed error={tried.error} onRetry={() => void tried.refetch()} />}
      {draft && tried.data && (
        <Stack gap="sm" mt="md" aria-live="polite">
          <WhatMoves draft={tried.data} names={Object.fromEntries([...others.map((t) => [t.id, t.name]), [tried.data.id, name], ['', 'the queue']])} />
          {apply.error && <Failed error={apply.error} />}
          <May grant="territory:update">
            <Button disabled={tried.data.stale || tried.data.job.state !== 'done'} loading={apply.isPending} onClick={() => apply.mutate(draft, { onSuccess: onClose })}>
              Make the change
            </Button>
          </May>
        </Stack>
      )}
    </Drawer>
  );
}

const idsOf = (members: NonNullable<Territory['members']>, type: 'user' | 'team') => members.filter((m) => m.type === type).map((m) => m.id);

/** Values of a dimension with those above them, so that Munich reads Europe › Germany › Munich. */
function choices(d: Dimension) {
  const path: Record<string, string> = {};
  return (d.values ?? []).map((v) => {
    const label = v.parent ? `${path[v.parent] ?? v.parent} › ${v.label}` : v.label;
    path[v.id] = label;
    return { value: v.id, label };
  });
}

function WhatMoves({ draft, names }: { draft: Draft; names: Record<string, string> }) {
  const { job } = draft;
  const moved = Object.values(job.moves.primary).reduce((a, b) => a + b, 0);
  return (
    <section aria-label="What would move">
      <Title order={3} mb={4}>
        What would move
      </Title>
      {draft.stale && <Alert color="caution">Territories were changed since: try the change again.</Alert>}
      {job.state === 'failed' && <Alert color="negative">{job.problem}</Alert>}
      {job.state === 'running' && <Progress value={job.total ? (100 * job.done) / job.total : 0} my="xs" aria-label="Records looked at" />}
      <Text fz="sm">
        {formatNumber(moved)} of {formatNumber(job.done)} records get another primary territory.
      </Text>
      <Stack gap="xs" mt="xs">
        {(job.moves.ways ?? []).map((w) => (
          <div key={`${w.from} ${w.to}`}>
            <Text fz="sm" fw={600}>
              {formatNumber(w.records)} from {names[w.from] ?? w.from} to {names[w.to] ?? w.to}
            </Text>
            {(w.samples ?? []).map((s) => (
              <Text key={s.record_type + s.record_id} fz="xs" c="dimmed">
                {s.name || s.record_id}: {s.was} → {s.becomes}
              </Text>
            ))}
          </div>
        ))}
      </Stack>
    </section>
  );
}
