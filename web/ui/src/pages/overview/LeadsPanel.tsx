import { Anchor, Box } from '@mantine/core';
import { Link } from 'react-router';
import { useLeads } from '../../api/queries';
import { LeadRow } from '../../components/LeadRow';
import { Empty, Loaded } from '../../components/states';
import { Panel } from './Panel';

/** Who wants to buy and has not been looked at. */
export function LeadsPanel() {
  const leads = useLeads({ milestone: 'unqualified' }, 5);
  return (
    <Panel title="New leads" aside={<Anchor component={Link} to="/leads" fz="sm">All leads</Anchor>}>
      <Loaded query={leads} what="leads" rows={2}>
        {(data) => {
          const items = data.pages[0]?.items ?? [];
          if (items.length === 0) return <Empty title="No new leads">A lead opens when somebody says that they want to buy.</Empty>;
          return (
            <Box className="rows">
              {items.map((lead) => (
                <LeadRow key={lead.id} lead={lead} />
              ))}
            </Box>
          );
        }}
      </Loaded>
    </Panel>
  );
}
