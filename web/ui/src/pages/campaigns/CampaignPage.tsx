import { Anchor, Button, Card, Grid, Stack, Tabs } from '@mantine/core';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { useCampaign, type Campaign } from '../../api/campaigns';
import { useMay } from '../../api/grants';
import { AdvocatesPanel } from '../../components/AdvocatesPanel';
import { type Fact, Facts } from '../../components/Facts';
import { LoadedPage } from '../../components/LoadedPage';
import { May } from '../../components/May';
import { PageTitle } from '../../components/PageTitle';
import { RecordLink } from '../../components/RecordLink';
import { known, useFilter } from '../../components/useFilter';
import { formatDate, formatMoney } from '../../format';
import { campaignKinds, ideaKinds } from '../../vocabulary-crm';
import { EditCampaign } from './CampaignForm';
import { CampaignMark } from './CampaignsPage';
import { HookPanel } from './HookPanel';
import { IdeasPanel } from './IdeasPanel';
import { ResponsesPanel } from './ResponsesPanel';
import { ResultsPanel } from './ResultsPanel';

const tabs = { results: 'Results', responses: 'Responses', ideas: 'Ideas', people: 'Advocates and critics' };

const up = { to: '/campaigns', name: 'Campaigns' };

/** One campaign: what it is, what came of it, who responded and with what. */
export default function CampaignPage() {
  const { id = '' } = useParams();
  return (
    <LoadedPage query={useCampaign(id)} title="Campaign" up={up}>
      {(campaign) => <Detail campaign={campaign} />}
    </LoadedPage>
  );
}

function Detail({ campaign: c }: { campaign: Campaign }) {
  const may = useMay();
  const [filter, setFilter] = useFilter('show');
  const shown = (Object.keys(tabs) as (keyof typeof tabs)[]).filter((t) => (t !== 'ideas' || (c.kind === 'idea' && may('idea:read'))) && (t !== 'people' || (c.kind !== 'classic' && may('mention:read'))));
  const asked = known(filter.show, tabs);
  const tab = asked && shown.includes(asked) ? asked : 'results';
  return (
    <>
      <PageTitle title={c.name} up={up} about={campaignKinds[c.kind as keyof typeof campaignKinds]}>
        <CampaignMark status={c.status} />
      </PageTitle>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4, lg: 3 }}>
          <Stack gap="md">
            <About campaign={c} />
            <May grant="campaign:update">
              <HookPanel campaign={c} />
            </May>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8, lg: 9 }}>
          <Tabs value={tab} onChange={(t) => setFilter('show', t === 'results' ? '' : (t ?? ''))} keepMounted={false}>
            <Tabs.List mb="md" style={{ flexWrap: 'wrap' }}>
              {shown.map((t) => (
                <Tabs.Tab key={t} value={t}>
                  {tabs[t]}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="results">
              <ResultsPanel id={c.id} />
            </Tabs.Panel>
            <Tabs.Panel value="responses">
              <ResponsesPanel id={c.id} />
            </Tabs.Panel>
            <Tabs.Panel value="ideas">
              <IdeasPanel id={c.id} />
            </Tabs.Panel>
            <Tabs.Panel value="people">
              <AdvocatesPanel of={{ campaign: c.id }} />
            </Tabs.Panel>
          </Tabs>
        </Grid.Col>
      </Grid>
    </>
  );
}

function About({ campaign: c }: { campaign: Campaign }) {
  const [editing, setEditing] = useState(false);
  const facts: Fact[] = [
    ['Owner', c.owner_name],
    ['Part of', c.parent_id && <RecordLink type="campaign" id={c.parent_id}>{c.parent_name || 'a campaign'}</RecordLink>],
    ['From', c.starts_at && formatDate(c.starts_at)],
    ['Until', c.ends_at && formatDate(c.ends_at)],
    ['Budget', c.budget?.amount ? formatMoney(c.budget) : ''],
    ['Cost', c.cost?.amount ? formatMoney(c.cost) : ''],
    ['Hashtag', c.hashtag && `#${c.hashtag}`],
    ['Asks for', c.kind === 'idea' && ideaKinds[c.seeks as keyof typeof ideaKinds]],
    ['Monitors', c.monitors.length > 0 && c.monitors.map((m, i) => (
      <span key={m.id}>
        {i > 0 && ', '}
        <Anchor component={Link} fz="sm" to={`/mentions?monitor=${encodeURIComponent(m.id)}`}>{m.name}</Anchor>
      </span>
    ))],
    ['Notes', c.notes],
  ];
  return (
    <Card component="section" aria-label="About the campaign">
      <Facts facts={facts} />
      <May grant="campaign:update">
        <div>
          <Button size="xs" variant="default" mt="sm" onClick={() => setEditing(true)}>
            Change
          </Button>
        </div>
      </May>
      {editing && <EditCampaign campaign={c} onClose={() => setEditing(false)} />}
    </Card>
  );
}
