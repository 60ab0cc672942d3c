import { Anchor, Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useIncidentPeople } from '../../api/queries';
import type { Incident, IncidentPerson } from '../../api/types';
import { AuthorName, ContactChip, PostText } from '../../components/MentionRow';
import { Empty, Loaded } from '../../components/states';
import { WebLink } from '../../components/WebLink';
import { formatCompact, formatNumber } from '../../format';

const few = 10;
const proposals: Record<string, string> = { thank: 'Say thanks', advocate: 'Win as advocate' };

/** Who spoke; in a praise with what to propose to them. */
export function PeoplePanel({ incident }: { incident: Incident }) {
  const people = useIncidentPeople(incident.id);
  const [all, setAll] = useState(false);
  const praise = incident.kind === 'praise';
  return (
    <Card component="section" aria-label="People">
      <Title order={2}>{praise ? 'Thanks and advocates' : 'People involved'}</Title>
      <Text fz="xs" c="dimmed">
        {praise
          ? 'Contacts first, then by advocacy = log10(1 + followers) + log10(1 + engagement) + 2 · recommendations + helpful answers (3 of each count at most)'
          : 'Contacts first, then by reach'}
      </Text>
      <Loaded query={people} what="people" rows={3}>
        {(data) => {
          if (data.items.length === 0) return <Empty title="Nobody in this time" />;
          return (
            <>
              <div className="rows">
                {data.items.slice(0, all ? undefined : few).map((p) => (
                  <Person key={p.author.id} person={p} monitor={incident.monitor_id} />
                ))}
              </div>
              {!all && data.items.length > few && (
                <Button variant="default" size="xs" mt="sm" onClick={() => setAll(true)}>
                  Show {data.items.length - few} more
                </Button>
              )}
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Person({ person, monitor }: { person: IncidentPerson; monitor: string }) {
  const { author, contact, top_post: post } = person;
  const said = [`${formatNumber(person.posts)} ${person.posts === 1 ? 'post' : 'posts'}`];
  if (person.negative > 0) said.push(`${formatNumber(person.negative)} negative`);
  if (person.positive > 0) said.push(`${formatNumber(person.positive)} positive`);
  if (person.recommendations > 0) said.push(`${formatNumber(person.recommendations)} recommending`);
  said.push(`${formatCompact(author.followers)} followers`, `reach ${formatCompact(person.reach)}`, `engagement ${formatCompact(person.engagement)}`);
  return (
    <Stack component="article" gap={4} py="sm" data-testid="person" aria-label={author.name || author.handle}>
      <Group gap={8} style={{ rowGap: 2 }}>
        <AuthorName author={author} />
        {contact && <ContactChip contact={contact} />}
        {person.proposal && (
          <Badge color="positive" variant="light">
            {proposals[person.proposal] ?? person.proposal}
          </Badge>
        )}
      </Group>
      {post && <PostText text={post.text} language={post.language} lines={2} />}
      <Text fz="xs" c="dimmed">
        {said.join(' · ')} ·{' '}
        <Anchor component={Link} to={`/mentions?${new URLSearchParams({ monitor, author: author.id }).toString()}`} fz="xs">
          all posts
        </Anchor>
        {post?.url && (
          <>
            {' · '}
            <WebLink address={post.url} fz="xs" label={`Answer ${author.name || author.handle}`}>
              answer
            </WebLink>
          </>
        )}
      </Text>
    </Stack>
  );
}
