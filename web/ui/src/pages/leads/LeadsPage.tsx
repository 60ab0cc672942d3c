import { Button, Group, ScrollArea, SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import { useMilestones } from '../../api/leads';
import { useLeads } from '../../api/queries';
import { Icon } from '../../components/Icon';
import { LeadRow } from '../../components/LeadRow';
import { May } from '../../components/May';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Listed } from '../../components/states';
import { useFilter } from '../../components/useFilter';
import { milestones as names } from '../../vocabulary-crm';
import { NewLeadForm } from './LeadForm';

/** People who may buy, the most promising first. */
export default function LeadsPage() {
  const [filter, setFilter] = useFilter('milestone', 'sort');
  const [entering, setEntering] = useState(false);
  const plan = useMilestones();
  const newest = filter.sort === 'newest';
  const { milestone } = filter;
  const leads = useLeads({ milestone: milestone || undefined, state: milestone || newest ? undefined : 'open', sort: newest ? 'newest' : 'queue' });
  const ways = plan.data?.milestones ? plan.data.milestones.map((m) => ({ value: m.name, label: m.label || m.name })) : ['unqualified', 'marketing-qualified', 'sales-qualified', 'sales-accepted'].map((m) => ({ value: m, label: names[m] ?? m }));
  const all = [...ways, { value: 'recycled', label: 'Recycled' }, { value: 'disqualified', label: 'Disqualified' }];
  const chosen = all.find((m) => m.value === milestone)?.label;
  return (
    <>
      <PageTitle title="Leads" about={newest ? 'People who may buy, the newest first.' : 'People who may buy, the most promising first.'}>
        <May grant="lead:create">
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setEntering(true)}>
            New lead
          </Button>
        </May>
      </PageTitle>
      <Stack gap="xs" mb="md">
        <ScrollArea type="auto" offsetScrollbars="x" viewportProps={{ 'aria-label': 'Milestones', tabIndex: 0, role: 'group' }}>
          <SegmentedControl
            size="sm"
            aria-label="Milestone"
            value={chosen ? milestone : ''}
            onChange={(v) => setFilter('milestone', v)}
            data={[{ value: '', label: newest ? 'All' : 'Open' }, ...all]}
          />
        </ScrollArea>
        <Group>
          <SegmentedControl
            size="xs"
            aria-label="Order"
            value={newest ? 'newest' : ''}
            onChange={(v) => setFilter('sort', v)}
            data={[{ value: '', label: 'Most promising' }, { value: 'newest', label: 'Newest' }]}
          />
        </Group>
      </Stack>
      <Listed
        list={leads}
        what="Leads"
        keyOf={(l) => l.id}
        empty={<Empty title={chosen ? `No lead is ${chosen.toLowerCase()}` : 'No leads yet'}>A lead opens when somebody says that they want to buy, fills in a form, or is entered here.</Empty>}
      >
        {(lead) => <LeadRow lead={lead} />}
      </Listed>
      {entering && <NewLeadForm onClose={() => setEntering(false)} />}
    </>
  );
}
