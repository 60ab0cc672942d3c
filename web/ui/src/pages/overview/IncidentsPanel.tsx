import { Anchor, Box } from '@mantine/core';
import { Link } from 'react-router';
import { useIncidents } from '../../api/queries';
import { IncidentCard } from '../../components/IncidentCard';
import { Empty, Loaded } from '../../components/states';
import { Panel } from './Panel';

const shown = 5;

/** Incidents that are not over, the most severe first. */
export function IncidentsPanel({ monitor }: { monitor: string }) {
  const incidents = useIncidents({ monitor });
  return (
    <Panel title="Open incidents" aside={<Anchor component={Link} to="/incidents" fz="sm">All incidents</Anchor>}>
      <Loaded query={incidents} what="incidents" rows={2}>
        {(data) => {
          const open = data.pages.flatMap((p) => p.items).filter((i) => i.state !== 'resolved').sort((a, b) => b.severity - a.severity);
          if (open.length === 0) return <Empty title="All calm">When negative voices or volume rise far above what is usual, an incident opens here with its reasons.</Empty>;
          return (
            <Box className="rows">
              {open.slice(0, shown).map((i) => (
                <IncidentCard key={i.id} incident={i} reasons={3} />
              ))}
            </Box>
          );
        }}
      </Loaded>
    </Panel>
  );
}
