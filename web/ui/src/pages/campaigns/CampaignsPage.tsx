import { Badge, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useCampaigns, type Campaign } from '../../api/campaigns';
import { May } from '../../components/May';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Listed } from '../../components/states';
import { known, useFilter } from '../../components/useFilter';
import { WordSelect } from '../../components/WordSelect';
import { formatDate, formatMoney } from '../../format';
import { campaignKinds, campaignStatuses } from '../../vocabulary-crm';
import { NewCampaign } from './CampaignForm';

/** What the company does to be answered, the newest first. */
export default function CampaignsPage() {
  const [filter, setFilter] = useFilter('kind', 'status');
  const kind = known(filter.kind, campaignKinds);
  const status = known(filter.status, campaignStatuses);
  return (
    <>
      <PageTitle title="Campaigns" about="Mailings, fairs, hashtags and calls for ideas, and what came of them.">
        <May grant="campaign:create">
          <NewCampaign />
        </May>
      </PageTitle>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" mb="md" role="search" aria-label="Filter campaigns">
        <WordSelect label="Kind" words={campaignKinds} value={filter.kind} onChange={(v) => setFilter('kind', v)} />
        <WordSelect label="Status" words={campaignStatuses} value={filter.status} onChange={(v) => setFilter('status', v)} />
      </SimpleGrid>
      <Listed
        list={useCampaigns({ kind, status })}
        what="Campaigns"
        keyOf={(c) => c.id}
        empty={<Empty title={kind || status ? 'No campaign matches this filter' : 'No campaigns yet'}>Create one, and name it where leads come from.</Empty>}
      >
        {(c) => <Row campaign={c} />}
      </Listed>
    </>
  );
}

function Row({ campaign: c }: { campaign: Campaign }) {
  const about = [campaignKinds[c.kind as keyof typeof campaignKinds], c.hashtag && `#${c.hashtag}`, c.starts_at && formatDate(c.starts_at), c.budget?.amount ? formatMoney(c.budget) : '', c.owner_name, c.parent_name && `part of ${c.parent_name}`];
  return (
    <Group justify="space-between" py="sm" gap="sm" align="flex-start">
      <Stack gap={0} miw={0} flex="1 1 12rem">
        <Link to={`/campaigns/${encodeURIComponent(c.id)}`} className="row-link">
          <Text fz="sm" fw={600} span className="row-link-name" dir="auto">
            {c.name}
          </Text>
        </Link>
        <Text fz="xs" c="dimmed">
          {about.filter(Boolean).join(' · ')}
        </Text>
      </Stack>
      <CampaignMark status={c.status} />
    </Group>
  );
}

export function CampaignMark({ status }: { status: string }) {
  return (
    <Badge variant="light" color={status === 'active' ? 'brand' : 'gray'}>
      {campaignStatuses[status as keyof typeof campaignStatuses] ?? status}
    </Badge>
  );
}
