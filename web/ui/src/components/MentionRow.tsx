import { Avatar, Badge, Box, Group, Stack, Text } from '@mantine/core';
import { memo, useState } from 'react';
import { Link } from 'react-router';
import type { Author, ContactRef, Mention } from '../api/types';
import { formatClockSeconds, formatCompact, formatTime, initials } from '../format';
import { networkName } from '../vocabulary';
import { Ago } from './Ago';
import { Icon } from './Icon';
import { IntentMark, PolarityMark } from './marks';
import { May } from './May';
import { MentionMenu } from './MentionMenu';
import { WebLink } from './WebLink';

interface Props {
  mention: Mention;
  /** Lines of the text to show; all when left out. */
  lines?: number;
  /** Show the time of day, as a feed does, instead of how long ago it was. */
  clock?: boolean;
}

/** A mention. Its text and names come from strangers: they are only ever text. */
export const MentionRow = memo(function MentionRow({ mention: read, lines, clock }: Props) {
  // What a person has just said of it, until the list is read anew.
  const [said, setSaid] = useState<{ of: Mention; mention: Mention }>();
  const mention = said?.of === read ? said.mention : read;
  const { author } = mention;
  return (
    <Group component="article" align="flex-start" gap="sm" py="sm" wrap="nowrap" data-testid="mention" aria-label={`Post by ${author.name || author.handle}`}>
      <Avatar size={36} radius="xl" color="gray" visibleFrom="xs" aria-hidden>
        {initials(author.name || author.handle)}
      </Avatar>
      <Stack gap={6} flex={1} miw={0}>
        <Group gap={8} justify="space-between" wrap="nowrap" align="flex-start">
          <Group gap={8} style={{ rowGap: 2 }} miw={0}>
            <AuthorName author={author} />
            {mention.contact && <ContactChip contact={mention.contact} />}
          </Group>
          {clock ? (
            <Text component="time" dateTime={mention.posted_at} title={formatTime(mention.posted_at)} fz="xs" c="dimmed" style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
              {formatClockSeconds(mention.posted_at)}
            </Text>
          ) : (
            <Ago time={mention.posted_at} style={{ whiteSpace: 'nowrap' }} />
          )}
        </Group>
        <PostText text={mention.text} language={mention.language} {...(lines ? { lines } : {})} />
        <Group gap={6} style={{ rowGap: 6 }}>
          <PolarityMark polarity={mention.polarity} score={mention.score} confidence={mention.confidence} />
          <IntentMark intent={mention.intent} confidence={mention.intent_confidence} />
          <Details mention={mention} />
        </Group>
      </Stack>
      <May grant="mention:update">
        <MentionMenu mention={mention} onChanged={(changed) => setSaid({ of: read, mention: { ...mention, ...changed } })} />
      </May>
    </Group>
  );
});

function Details({ mention }: { mention: Mention }) {
  const parts = [mention.monitor];
  if (mention.kind !== 'post') parts.push(mention.kind);
  if (mention.reach > 0) parts.push(`reach ${formatCompact(mention.reach)}`);
  if (mention.engagement > 0) parts.push(`engagement ${formatCompact(mention.engagement)}`);
  if (mention.edited_at) parts.push('edited');
  if (mention.correction) parts.push(correctedBy(mention.correction));
  return (
    <Text fz="xs" c="dimmed">
      <WebLink address={mention.url} fz="xs" label={`Post on ${networkName(mention.network)}`}>
        {networkName(mention.network)}
        {mention.url && <Icon name="external" size={11} style={{ marginLeft: 3, verticalAlign: '-1px' }} />}
      </WebLink>
      {parts.map((part) => ` · ${part}`)}
    </Text>
  );
}

function correctedBy(correction: NonNullable<Mention['correction']>): string {
  const said = `${correction.confirms ? 'confirmed' : 'corrected'} by ${correction.corrected_name || 'a person'}`;
  return correction.own ? said : `${said}, like a near-duplicate`;
}

export function PostText({ text, language, lines }: { text: string; language?: string; lines?: number }) {
  return (
    <Text className="post-text" dir="auto" fz="sm" lh={1.5} lang={language && language !== 'und' ? language : undefined} {...(lines ? { lineClamp: lines } : {})}>
      {text}
    </Text>
  );
}

export function AuthorName({ author }: { author: Author }) {
  return (
    <Box miw={0}>
      <Text fz="sm" fw={600} span dir="auto">
        {author.name || author.handle || 'Unknown author'}
      </Text>{' '}
      {author.handle && (
        <WebLink address={author.url} fz="xs" c="dimmed" label={`Profile of ${author.handle}`}>
          <Text fz="xs" c="dimmed" span>
            @{author.handle.replace(/^@/, '')}
          </Text>
        </WebLink>
      )}
    </Box>
  );
}

/** Whom an author was recognised as. */
export function ContactChip({ contact }: { contact: ContactRef }) {
  return (
    <Badge
      component={Link}
      to={`/contacts/${encodeURIComponent(contact.id)}`}
      variant="light"
      color="brand"
      data-testid="contact-chip"
      aria-label={`Contact ${contact.name}`}
      leftSection={<Icon name="contacts" size={12} />}
      style={{ cursor: 'pointer', maxWidth: '100%' }}
    >
      {contact.name}
    </Badge>
  );
}
