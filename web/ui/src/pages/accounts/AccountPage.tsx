import { Button, Card, Grid, Modal, Stack, Tabs, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, useParams } from 'react-router';
import { useAccount360 } from '../../api/queries';
import type { Account, Account360 } from '../../api/types';
import { type Fact, Facts } from '../../components/Facts';
import { Icon } from '../../components/Icon';
import { LoadedPage } from '../../components/LoadedPage';
import { May } from '../../components/May';
import { MentionRow } from '../../components/MentionRow';
import { OwnValuesList } from '../../components/OwnFields';
import { PageTitle } from '../../components/PageTitle';
import { SightButton } from '../../components/SightButton';
import { PartCard } from '../../components/PartCard';
import { RecordLink } from '../../components/RecordLink';
import { ActivitiesPanel, CampaignsPanel, NewsPanel, PlacePanel, SalesPanel, SentimentPanel } from '../../components/View360';
import { formatNumber } from '../../format';
import { AccountForm } from './AccountForm';
import { MergePanel } from './MergePanel';
import { PeoplePanel } from './PeoplePanel';

const up = { to: '/accounts', name: 'Accounts' };

/** A company: who works there, what belongs to it, what they said, what they buy. */
export default function AccountPage() {
  const { id = '' } = useParams();
  const view = useAccount360(id);
  return (
    <LoadedPage query={view} title="Account" up={up} record={{ type: 'account', id }}>
      {(data) => (data.account ? <Detail view={data} account={data.account} /> : null)}
    </LoadedPage>
  );
}

function Detail({ view, account }: { view: Account360; account: Account }) {
  const [editing, edit] = useDisclosure();
  const parent = view.above[0];
  return (
    <>
      <PageTitle title={account.name} up={up} about={[account.industry, account.city, account.country].filter(Boolean).join(' · ')}>
        <May grant="account:update">
          <Button variant="default" leftSection={<Icon name="edit" size={16} />} onClick={edit.open}>
            Edit
          </Button>
        </May>
        <SightButton record={{ type: 'account', id: account.id }} owner={account.owner_id} version={account.version} />
      </PageTitle>
      <NewsPanel news={view.news} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5, lg: 4 }}>
          <Stack gap="md">
            <About account={account} />
            <Tree view={view} account={account} />
            <SentimentPanel view={view} />
            <CampaignsPanel view={view} />
            <PlacePanel view={view} />
            <MergePanel account={account} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7, lg: 8 }}>
          <Tabs defaultValue="contacts" keepMounted={false}>
            <Tabs.List mb="md">
              <Tabs.Tab value="contacts">Contacts</Tabs.Tab>
              <Tabs.Tab value="sales">Sales</Tabs.Tab>
              <Tabs.Tab value="activities">Activities</Tabs.Tab>
              <Tabs.Tab value="timeline">Timeline</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="contacts">
              <Stack gap="md">
                <Contacts view={view} />
                <PeoplePanel view={view} />
              </Stack>
            </Tabs.Panel>
            <Tabs.Panel value="sales">
              <SalesPanel view={view} />
            </Tabs.Panel>
            <Tabs.Panel value="activities">
              <ActivitiesPanel view={view} record={{ type: 'account', id: account.id }} />
            </Tabs.Panel>
            <Tabs.Panel value="timeline">
              <PartCard title="Timeline" part={view.touches} empty="Nothing heard of its contacts yet" keyOf={(t) => t.contact_id + t.post_id}>
                {(t) => t.mention && <MentionRow mention={t.mention} />}
              </PartCard>
            </Tabs.Panel>
          </Tabs>
        </Grid.Col>
      </Grid>
      <Modal opened={editing} onClose={edit.close} title="Edit account" size="lg">
        <AccountForm account={account} parent={parent} onSaved={edit.close} onCancel={edit.close} />
      </Modal>
    </>
  );
}

function About({ account }: { account: Account }) {
  const facts: Fact[] = [
    ['Domain', account.domain],
    ['Industry', account.industry],
    ['Place', [[account.postal_code, account.city].filter(Boolean).join(' '), account.country].filter(Boolean).join(', ')],
    ['Employees', account.employees > 0 ? formatNumber(account.employees) : ''],
  ];
  return (
    <Card component="section" aria-label="Master data">
      <Title order={2} mb="xs">
        About
      </Title>
      {facts.some(([, value]) => value) || Object.keys(account.fields ?? {}).length > 0 ? (
        <Facts facts={facts}>
          <OwnValuesList type="account" values={account.fields} />
        </Facts>
      ) : (
        <Text fz="sm" c="dimmed">
          Nothing but its name is known yet.
        </Text>
      )}
    </Card>
  );
}

/** The accounts above and below, indented by their level. */
function Tree({ view, account }: { view: Account360; account: Account }) {
  if (view.above.length === 0 && view.below.length === 0) return null;
  const levels = new Map<string, number>();
  const rows = [...view.above].reverse().map((a, level) => ({ ...a, level }));
  rows.push({ id: account.id, name: account.name, parent_id: account.parent_id, level: view.above.length });
  levels.set(account.id, view.above.length);
  const children = new Map<string, { id: string; name: string; parent_id: string }[]>();
  for (const a of view.below) children.set(a.parent_id, [...(children.get(a.parent_id) ?? []), a]);
  const add = (id: string, level: number) => {
    for (const a of children.get(id) ?? []) {
      rows.push({ ...a, level });
      add(a.id, level + 1);
    }
  };
  add(account.id, view.above.length + 1);
  return (
    <Card component="section" aria-label="Group">
      <Title order={2} mb="xs">
        Group
      </Title>
      <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {rows.map((a) => (
          <li key={a.id} style={{ paddingLeft: a.level * 14 }}>
            {a.id === account.id ? (
              <Text fz="sm" fw={600} aria-current="true">
                {a.name}
              </Text>
            ) : (
              <RecordLink type="account" id={a.id}>
                {a.name}
              </RecordLink>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Contacts({ view }: { view: Account360 }) {
  const { contacts } = view;
  return (
    <PartCard title="Contacts" part={contacts} empty="No contacts" keyOf={(c) => c.id}>
      {(c) => (
        <Link to={`/contacts/${encodeURIComponent(c.id)}`} className="row-link" style={{ display: 'block' }}>
          <Stack gap={0} py="xs">
            <Text fz="sm" fw={600} className="row-link-name" dir="auto">
              {c.name}
            </Text>
            <Text fz="xs" c="dimmed">
              {[c.job_title, c.email].filter(Boolean).join(' · ') || 'No details'}
            </Text>
          </Stack>
        </Link>
      )}
    </PartCard>
  );
}
