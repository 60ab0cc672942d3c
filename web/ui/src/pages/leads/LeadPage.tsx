import { Button, Card, Grid, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useParams } from 'react-router';
import { useLead } from '../../api/queries';
import type { Lead } from '../../api/types';
import { type Fact, Facts } from '../../components/Facts';
import { leadName } from '../../components/LeadRow';
import { LoadedPage } from '../../components/LoadedPage';
import { May } from '../../components/May';
import { MilestoneMark } from '../../components/marks';
import { AuthorName, ContactChip, MentionRow } from '../../components/MentionRow';
import { PageTitle } from '../../components/PageTitle';
import { RecordLink } from '../../components/RecordLink';
import { SightButton } from '../../components/SightButton';
import { formatTime } from '../../format';
import { leadSources } from '../../vocabulary-crm';
import { LeadForm } from './LeadForm';
import { MergePanel } from './MergePanel';
import { MovePanel } from './MovePanel';
import { RatingPanel } from './RatingPanel';

const up = { to: '/leads', name: 'Leads' };

/** One lead: what they said, how well it fits, and how far they have come. */
export default function LeadPage() {
  const { id = '' } = useParams();
  const lead = useLead(id);
  return (
    <LoadedPage query={lead} title="Lead" up={up} record={{ type: 'lead', id }}>
      {(data) => <Detail lead={data} />}
    </LoadedPage>
  );
}

function Detail({ lead }: { lead: Lead }) {
  return (
    <>
      <PageTitle title={leadName(lead)} up={up} about={lead.company ?? ''}>
        <MilestoneMark milestone={lead.milestone} />
        <SightButton record={{ type: 'lead', id: lead.id }} owner={lead.owner_id ?? ''} version={lead.version} />
      </PageTitle>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5, lg: 4 }}>
          <Stack gap="md">
            <MovePanel lead={lead} />
            <About lead={lead} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7, lg: 8 }}>
          <Stack gap="md">
            <RatingPanel lead={lead} />
            <Card component="section" aria-label="What they said">
              <Title order={2}>What they said</Title>
              {lead.post ? <MentionRow mention={lead.post} /> : <Text fz="sm" c="dimmed" mt="xs">{lead.need || lead.topic || 'There is no post to this lead.'}</Text>}
            </Card>
            <Way lead={lead} />
            <MergePanel lead={lead} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}

function About({ lead }: { lead: Lead }) {
  const [editing, setEditing] = useState(false);
  const facts: Fact[] = [
    ['Contact', lead.contact && <ContactChip contact={lead.contact} />],
    ['Author', lead.author && <AuthorName author={lead.author} />],
    ['E-mail', lead.email],
    ['Phone', lead.phone],
    ['Job title', lead.job_title],
    ['Company', lead.company],
    ['Industry', lead.industry],
    ['Employees', lead.employees || ''],
    ['Place', [[lead.postal_code, lead.city].filter(Boolean).join(' '), lead.country].filter(Boolean).join(', ')],
    ['Topic', lead.topic],
    ['Need', lead.need],
    ['Time frame', lead.time_frame],
    ['Product', lead.product],
    ['Source', [leadSources[lead.source ?? ''] ?? lead.source, lead.detail].filter(Boolean).join(': ')],
    ['Campaign', lead.campaign_id ? <RecordLink type="campaign" id={lead.campaign_id}>{lead.campaign}</RecordLink> : lead.campaign],
    ['Monitor', lead.monitor],
    ['Opened', formatTime(lead.created_at)],
  ];
  return (
    <Card component="section" aria-label="About the lead">
      <Facts facts={facts} />
      <May grant="lead:update">
        <Group mt="sm">
          <Button size="xs" variant="default" onClick={() => setEditing(true)}>
            Change
          </Button>
        </Group>
      </May>
      {editing && <LeadForm lead={lead} onClose={() => setEditing(false)} />}
    </Card>
  );
}

/** The milestones it went through: when, by whom, and why. */
function Way({ lead }: { lead: Lead }) {
  const visits = lead.visits ?? [];
  if (visits.length === 0) return null;
  return (
    <Card component="section" aria-label="The way so far">
      <Title order={2} mb="xs">
        The way so far
      </Title>
      <Stack component="ol" gap={6} m={0} p={0} style={{ listStyle: 'none' }}>
        {visits.map((v) => (
          <Group component="li" key={v.id} gap="xs" justify="space-between" wrap="wrap">
            <Group gap="xs">
              <MilestoneMark milestone={v.milestone} />
              <Text fz="sm" c="dimmed">
                {[v.who && `by ${v.who}`, v.reason, v.comment, v.escalations > 0 && `waited too long, told ${v.escalations === 1 ? 'once' : `${v.escalations} times`}`].filter(Boolean).join(' · ')}
              </Text>
            </Group>
            <Text fz="xs" c="dimmed">
              {formatTime(v.entered_at)}
            </Text>
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
