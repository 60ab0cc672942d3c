import { Select, SimpleGrid, Switch, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useRef } from 'react';
import { useIncidents, useUsers } from '../../api/queries';
import { IncidentCard } from '../../components/IncidentCard';
import { MonitorSelect } from '../../components/MonitorSelect';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Listed } from '../../components/states';
import { known, useFilter } from '../../components/useFilter';
import { WordSelect } from '../../components/WordSelect';
import { incidentKinds, incidentStates } from '../../vocabulary';

const severities: Record<string, string> = { '2': '2 or more', '3': '3 or more', '4': '4 or more', '5': '5 or more', '6': '6' };

/** Every spike that was or is being followed. J and K go through them, Enter opens one. */
export default function IncidentsPage() {
  const [filter, setFilter] = useFilter('monitor', 'state', 'kind', 'severity', 'assignee', 'on');
  const users = useUsers();
  const incidents = useIncidents({
    monitor: filter.monitor,
    state: known(filter.state, incidentStates),
    kind: known(filter.kind, incidentKinds),
    severity: Number(known(filter.severity, severities) ?? 0) || undefined,
    assignee: filter.assignee,
    on: filter.on ? true : undefined,
  });
  const list = useRef<HTMLDivElement>(null);
  const walk = (step: number) => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>('[data-testid="incident"] a[data-opens]') ?? [])];
    const at = links.findIndex((link) => link === document.activeElement);
    const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step];
    next?.focus();
    next?.scrollIntoView({ block: 'center' });
  };
  useHotkeys([
    ['j', () => walk(1)],
    ['k', () => walk(-1)],
  ]);
  const filtered = Object.values(filter).some(Boolean);
  const names = (users.data?.items ?? []).map((u) => u.name);
  return (
    <>
      <PageTitle title="Incidents" about="Spikes far above what is usual, with what speaks for them." />
      <SimpleGrid cols={{ base: 1, xs: 2, md: 5 }} spacing="sm" mb="sm" role="search" aria-label="Filter incidents">
        <MonitorSelect label="Monitor" value={filter.monitor} onChange={(v) => setFilter('monitor', v)} />
        <WordSelect label="State" words={incidentStates} value={filter.state} onChange={(v) => setFilter('state', v)} />
        <WordSelect label="Kind" words={incidentKinds} value={filter.kind} onChange={(v) => setFilter('kind', v)} />
        <WordSelect label="Severity" words={severities} value={filter.severity} onChange={(v) => setFilter('severity', v)} />
        <Select
          label="Assignee"
          placeholder="All"
          clearable
          clearButtonProps={{ 'aria-label': 'Assignee: all' }}
          value={filter.assignee || null}
          onChange={(v) => setFilter('assignee', v ?? '')}
          data={filter.assignee && !names.includes(filter.assignee) ? [...names, filter.assignee] : names}
          error={users.error?.message}
        />
      </SimpleGrid>
      <Switch label="Only those that are not resolved" checked={filter.on !== ''} onChange={(e) => setFilter('on', e.currentTarget.checked ? '1' : '')} mb="xs" />
      <Text fz="xs" c="dimmed" mb="md" visibleFrom="sm">
        J and K go through the list, Enter opens an incident.
      </Text>
      <div ref={list}>
        <Listed
          list={incidents}
          what="Incidents"
          keyOf={(i) => i.id}
          empty={<Empty title={filtered ? 'No incident matches this filter' : 'No incidents'}>{!filtered && 'When negative voices or volume rise far above what is usual, an incident opens here.'}</Empty>}
        >
          {(incident) => <IncidentCard incident={incident} />}
        </Listed>
      </div>
    </>
  );
}
