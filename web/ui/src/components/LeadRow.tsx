import { Group, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Lead } from '../api/types';
import { networkName } from '../vocabulary';
import { leadSources } from '../vocabulary-crm';
import { Ago } from './Ago';
import { GradeMark } from './GradeMark';
import { MilestoneMark } from './marks';
import { ContactChip, PostText } from './MentionRow';

/** What to call a lead: a name where there is one. */
export const leadName = (lead: Lead) => lead.name || lead.author?.name || lead.author?.handle || 'Unknown';

/** A lead in a list. */
export function LeadRow({ lead }: { lead: Lead }) {
  return (
    <Stack component="article" gap={6} py="sm" data-testid="lead" aria-label={`Lead ${leadName(lead)}`}>
      <Group gap={8} justify="space-between" wrap="nowrap" align="flex-start">
        <Link to={`/leads/${encodeURIComponent(lead.id)}`} className="row-link">
          <Text fw={600} fz="sm" span className="row-link-name" dir="auto">
            {leadName(lead)}
          </Text>
          {lead.company && (
            <Text fz="sm" c="dimmed" span>
              {' '}
              · {lead.company}
            </Text>
          )}
        </Link>
        <Ago time={lead.created_at} style={{ whiteSpace: 'nowrap' }} />
      </Group>
      {lead.post ? <PostText text={lead.post.text} language={lead.post.language} lines={2} /> : lead.topic && <PostText text={lead.topic} lines={2} />}
      <Group gap={6}>
        <GradeMark rating={lead.rating} />
        <MilestoneMark milestone={lead.milestone} />
        {lead.contact && <ContactChip contact={lead.contact} />}
        <Text fz="xs" c="dimmed">
          {[lead.monitor, lead.post ? networkName(lead.post.network) : leadSources[lead.source ?? '']].filter(Boolean).join(' · ')}
        </Text>
      </Group>
      <Text fz="xs" c="dimmed" className="sentence">
        {lead.rating?.reason}
      </Text>
    </Stack>
  );
}
