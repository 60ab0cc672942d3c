import { Alert, Badge, Button, Card, Group, Progress, Stack, Tabs, Text } from '@mantine/core';
import { useState } from 'react';
import { useAssignment, useTerritories, type Territory } from '../../api/territories';
import { Icon } from '../../components/Icon';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Loaded } from '../../components/states';
import { formatNumber } from '../../format';
import { QueuePanel } from './QueuePanel';
import { ResultsPanel } from './ResultsPanel';
import { TerritoryForm } from './TerritoryForm';

/** Parts of the market: who works in which, what they have, and what no territory takes. */
export default function TerritoriesPage() {
  const territories = useTerritories();
  const [open, setOpen] = useState<Territory | 'new'>();
  return (
    <>
      <PageTitle title="Territories" about="Parts of the market. They may overlap: the most specific one is primary, the others own a record with it.">
        <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen('new')}>
          New territory
        </Button>
      </PageTitle>
      <Assigning />
      <Tabs defaultValue="tree" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="tree">Territories</Tabs.Tab>
          <Tabs.Tab value="queue">Queue</Tabs.Tab>
          <Tabs.Tab value="results">Results</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="tree">
          <Loaded query={territories} what="territories" rows={5}>
            {({ items }) =>
              items.length === 0 ? (
                <Card>
                  <Empty title="No territory yet">Describe the market by dimensions, through the API, and cut it into territories.</Empty>
                </Card>
              ) : (
                <Card component="ul" m={0} style={{ listStyle: 'none' }} aria-label="Territories">
                  <Branch all={items} parent="" onOpen={setOpen} />
                </Card>
              )
            }
          </Loaded>
        </Tabs.Panel>
        <Tabs.Panel value="queue">
          <QueuePanel />
        </Tabs.Panel>
        <Tabs.Panel value="results">
          <ResultsPanel />
        </Tabs.Panel>
      </Tabs>
      {open && <TerritoryForm key={open === 'new' ? 'new' : open.id} territory={open === 'new' ? undefined : open} others={territories.data?.items ?? []} onClose={() => setOpen(undefined)} />}
    </>
  );
}

/** How far records are assigned after a change, while they are. */
function Assigning() {
  const { data: job } = useAssignment();
  if (!job || (job.state !== 'running' && job.state !== 'failed')) return null;
  if (job.state === 'failed') {
    return (
      <Alert color="negative" title="Records could not be assigned" mb="md" role="alert">
        {job.problem}
      </Alert>
    );
  }
  const done = job.total ? (100 * job.done) / job.total : 0;
  return (
    <Card mb="md" role="status">
      <Text fz="sm">
        Assigning records: {formatNumber(job.done)} of {formatNumber(job.total)}
      </Text>
      <Progress value={done} mt={6} aria-label="Assigned" />
    </Card>
  );
}

interface BranchProps {
  all: Territory[];
  parent: string;
  onOpen: (t: Territory) => void;
}

function Branch({ all, parent, onOpen }: BranchProps) {
  return all
    .filter((t) => t.parent_id === parent)
    .map((t) => (
      <li key={t.id}>
        <Stack gap={4} py={8}>
          <Group gap="xs" justify="space-between">
            <Button variant="subtle" size="compact-sm" px={4} onClick={() => onOpen(t)} aria-label={`Change ${t.name}`}>
              {t.name}
            </Button>
            <Group gap={6}>
              {!t.enabled && <Badge color="gray">off</Badge>}
              {t.priority !== 0 && <Badge variant="outline">priority {t.priority}</Badge>}
              <Text fz="xs" c="dimmed">
                {sizeOf(t)}
              </Text>
            </Group>
          </Group>
          {t.problems.map((p) => (
            <Text key={p} fz="xs" c="var(--mantine-color-caution-text)" px={4}>
              {p}
            </Text>
          ))}
        </Stack>
        {all.some((c) => c.parent_id === t.id) && (
          <ul className="branch">
            <Branch all={all} parent={t.id} onOpen={onOpen} />
          </ul>
        )}
      </li>
    ));
}

function sizeOf(t: Territory): string {
  const parts = Object.entries(t.size.primary).map(([type, n]) => `${formatNumber(n)} ${n === 1 ? type : plural[type] ?? type}`);
  return parts.join(' · ') || 'no records';
}

const plural: Record<string, string> = { account: 'accounts', contact: 'contacts', lead: 'leads', opportunity: 'opportunities' };
