import { Button, Card, Checkbox, Grid, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useAcceptLead, useMoveLead } from '../../api/changes';
import { Problem } from '../../api/client';
import { useLead } from '../../api/queries';
import type { Lead, Milestone } from '../../api/types';
import { leadName } from '../../components/LeadRow';
import { MilestoneMark } from '../../components/marks';
import { AuthorName, ContactChip, MentionRow } from '../../components/MentionRow';
import { PageTitle } from '../../components/PageTitle';
import { Failed, Loaded } from '../../components/states';
import { formatTime } from '../../format';
import { milestones } from '../../vocabulary';

/** One lead: what they said, and how far they have come. */
export default function LeadPage() {
  const { id = '' } = useParams();
  const lead = useLead(id);
  return (
    <Loaded query={lead} what="the lead" rows={5}>
      {(data) => <Detail lead={data} onReload={() => void lead.refetch()} />}
    </Loaded>
  );
}

function Detail({ lead, onReload }: { lead: Lead; onReload: () => void }) {
  return (
    <>
      <PageTitle title={leadName(lead)} about={lead.company}>
        <MilestoneMark milestone={lead.milestone} />
      </PageTitle>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5, lg: 4 }}>
          <Stack gap="md">
            <Move lead={lead} onReload={onReload} />
            <About lead={lead} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7, lg: 8 }}>
          <Card component="section" aria-label="What they said">
            <Title order={2}>What they said</Title>
            {lead.post ? <MentionRow mention={lead.post} /> : <Text fz="sm" c="dimmed" mt="xs">{lead.topic || 'There is no post to this lead.'}</Text>}
          </Card>
        </Grid.Col>
      </Grid>
    </>
  );
}

function Move({ lead, onReload }: { lead: Lead; onReload: () => void }) {
  const move = useMoveLead();
  const changed = move.error instanceof Problem && move.error.status === 412;
  return (
    <Card component="section" aria-label="Milestone">
      <Title order={2} mb="xs">
        Milestone
      </Title>
      <Text fz="sm" mb="sm">
        {milestones[lead.milestone]}
      </Text>
      {move.error && <Failed error={move.error} onRetry={changed ? () => { move.reset(); onReload(); } : undefined} />}
      {lead.next_milestones.length === 0 ? (
        <Text fz="sm" c="dimmed">
          It stays so.
        </Text>
      ) : (
        <Stack gap="xs" align="stretch" mt="xs">
          {lead.next_milestones.includes('sales-accepted') && <Accept lead={lead} />}
          {lead.next_milestones.filter((next) => next !== 'sales-accepted').map((next, i) => (
            <Button
              key={next}
              variant={i === 0 && !lead.next_milestones.includes('sales-accepted') ? 'filled' : 'default'}
              loading={move.isPending && move.variables.milestone === next}
              disabled={move.isPending}
              onClick={() => move.mutate({ lead, milestone: next as Milestone })}
            >
              Move to {(milestones[next as Milestone] ?? next).toLowerCase()}
            </Button>
          ))}
        </Stack>
      )}
    </Card>
  );
}

/** Sales takes the lead over: from then on it is an opportunity. */
function Accept({ lead }: { lead: Lead }) {
  const accept = useAcceptLead();
  const navigate = useNavigate();
  const [account, setAccount] = useState(lead.company !== '');
  return (
    <Stack gap="xs">
      {accept.error && <Failed error={accept.error} />}
      {lead.company && <Checkbox size="sm" label={`With the account ${lead.company}`} checked={account} onChange={(e) => setAccount(e.currentTarget.checked)} />}
      <Button
        loading={accept.isPending}
        onClick={() => accept.mutate({ lead, account }, { onSuccess: (o) => void navigate(`/opportunities/${encodeURIComponent(o.id)}`) })}
      >
        Accept, and open an opportunity
      </Button>
    </Stack>
  );
}

function About({ lead }: { lead: Lead }) {
  const rows: [string, React.ReactNode][] = [
    ['Contact', lead.contact && <ContactChip contact={lead.contact} />],
    ['Author', lead.author && <AuthorName author={lead.author} />],
    ['E-mail', lead.email],
    ['Topic', lead.topic],
    ['Source', lead.source],
    ['Monitor', lead.monitor],
    ['Opened', formatTime(lead.created_at)],
  ];
  return (
    <Card component="section" aria-label="About the lead">
      <Stack component="dl" gap={6} m={0}>
        {rows
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <Group key={name} gap="xs" wrap="nowrap" align="baseline">
              <Text component="dt" fz="sm" c="dimmed" w={72} style={{ flex: 'none' }}>
                {name}
              </Text>
              <Text component="dd" fz="sm" m={0} miw={0} dir="auto">
                {value}
              </Text>
            </Group>
          ))}
      </Stack>
    </Card>
  );
}
