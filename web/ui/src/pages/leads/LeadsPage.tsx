import { ScrollArea, SegmentedControl } from '@mantine/core';
import { useLeads } from '../../api/queries';
import { LeadRow } from '../../components/LeadRow';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Listed } from '../../components/states';
import { known, useFilter } from '../../components/useFilter';
import { milestones, options } from '../../vocabulary';

/** People who may buy, by how far they have come. */
export default function LeadsPage() {
  const [filter, setFilter] = useFilter('milestone');
  const milestone = known(filter.milestone, milestones);
  const leads = useLeads({ milestone });
  return (
    <>
      <PageTitle title="Leads" about="People who may buy, the newest first." />
      <ScrollArea mb="md" type="auto" offsetScrollbars="x" viewportProps={{ 'aria-label': 'Milestones', tabIndex: 0, role: 'group' }}>
        <SegmentedControl
          size="sm"
          aria-label="Milestone"
          value={milestone ?? ''}
          onChange={(v) => setFilter('milestone', v)}
          data={[{ value: '', label: 'All' }, ...options(milestones)]}
        />
      </ScrollArea>
      <Listed
        list={leads}
        what="Leads"
        keyOf={(l) => l.id}
        empty={<Empty title={milestone ? `No lead is ${milestones[milestone].toLowerCase()}` : 'No leads yet'}>A lead opens when somebody says that they want to buy.</Empty>}
      >
        {(lead) => <LeadRow lead={lead} />}
      </Listed>
    </>
  );
}
