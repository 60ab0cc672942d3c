import { SimpleGrid } from '@mantine/core';
import { useIncidents } from '../../api/queries';
import { IncidentCard } from '../../components/IncidentCard';
import { MonitorSelect } from '../../components/MonitorSelect';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Listed } from '../../components/states';
import { known, useFilter } from '../../components/useFilter';
import { WordSelect } from '../../components/WordSelect';
import { incidentKinds, incidentStates } from '../../vocabulary';

/** Every spike that was or is being followed. */
export default function IncidentsPage() {
  const [filter, setFilter] = useFilter('monitor', 'state', 'kind');
  const incidents = useIncidents({ monitor: filter.monitor, state: known(filter.state, incidentStates), kind: known(filter.kind, incidentKinds) });
  const filtered = Object.values(filter).some(Boolean);
  return (
    <>
      <PageTitle title="Incidents" about="Spikes far above what is usual, with what speaks for them." />
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm" mb="md" role="search" aria-label="Filter incidents">
        <MonitorSelect label="Monitor" value={filter.monitor} onChange={(v) => setFilter('monitor', v)} />
        <WordSelect label="State" words={incidentStates} value={filter.state} onChange={(v) => setFilter('state', v)} />
        <WordSelect label="Kind" words={incidentKinds} value={filter.kind} onChange={(v) => setFilter('kind', v)} />
      </SimpleGrid>
      <Listed
        list={incidents}
        what="Incidents"
        keyOf={(i) => i.id}
        empty={<Empty title={filtered ? 'No incident matches this filter' : 'No incidents'}>{!filtered && 'When negative voices or volume rise far above what is usual, an incident opens here.'}</Empty>}
      >
        {(incident) => <IncidentCard incident={incident} />}
      </Listed>
    </>
  );
}
