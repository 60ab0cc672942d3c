// Who speaks for the brand, and who against it.
import { Card, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useSide, type Side, type SidePerson } from '../api/campaigns';
import { formatCompact } from '../format';
import { AuthorName, ContactChip, PostText } from './MentionRow';
import { Empty, Loaded } from './states';

export function AdvocatesPanel({ of }: { of: { monitor: string } | { campaign: string } }) {
  const [side, setSide] = useState<Side>('advocates');
  const people = useSide(of, side);
  return (
    <Stack gap="sm">
      <Group>
        <SegmentedControl size="sm" aria-label="Side" value={side} onChange={(v) => setSide(v as Side)} data={[{ value: 'advocates', label: 'Advocates' }, { value: 'critics', label: 'Critics' }]} />
      </Group>
      <Loaded query={people} what={side} rows={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Card>
              <Empty title={side === 'advocates' ? 'Nobody speaks for it yet' : 'Nobody speaks against it'}>Those who spoke more often so than the other way round are ranked here.</Empty>
            </Card>
          ) : (
            <Card py={0} component="ol" className="rows" m={0} style={{ listStyle: 'none' }} aria-label={side}>
              {items.map((p) => (
                <li key={p.author.id}>
                  <Person person={p} side={side} />
                </li>
              ))}
            </Card>
          )
        }
      </Loaded>
      <Text fz="xs" c="dimmed">
        Ranked by what they do, log₁₀(1 + followers) + log₁₀(1 + engagement) + {side === 'advocates' ? '2 · recommendations + helpful answers' : '2 · complaints + negative posts'} (3 at most of each), times the part of
        what they said that is on this side.
      </Text>
    </Stack>
  );
}

function Person({ person: p, side }: { person: SidePerson; side: Side }) {
  const did = [
    p.posts === 1 ? '1 post' : `${p.posts} posts`,
    `${p.positive} positive`,
    `${p.negative} negative`,
    p.recommendations > 0 && `${p.recommendations} recommend`,
    p.complaints > 0 && `${p.complaints} complain`,
    p.helpful > 0 && `${p.helpful} help others`,
    `reach ${formatCompact(p.reach)}`,
  ];
  return (
    <Group py="sm" gap="sm" justify="space-between" align="flex-start" wrap="nowrap" data-testid="person">
      <Stack gap={2} miw={0}>
        <Group gap={8}>
          <AuthorName author={p.author} />
          {p.contact && <ContactChip contact={p.contact} />}
        </Group>
        <Text fz="xs" c="dimmed">
          {did.filter(Boolean).join(' · ')}
        </Text>
        {p.top_post && <PostText text={p.top_post.text} language={p.top_post.language} lines={2} />}
      </Stack>
      <Text fw={700} title={side === 'advocates' ? 'Standing as an advocate' : 'Standing as a critic'} style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
        {p.standing.toFixed(1)}
      </Text>
    </Group>
  );
}
