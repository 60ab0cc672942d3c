import { Badge, Button, Card, Group, Modal, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useChangeIdea, useIdeas, useThanks, type Idea, type IdeaGroup, type IdeaStatus } from '../../api/campaigns';
import { CopyText } from '../../components/CopyText';
import { May } from '../../components/May';
import { MentionRow } from '../../components/MentionRow';
import { Empty, Failed, Loaded } from '../../components/states';
import { TextAsked } from '../../components/TextAsked';
import { known, useFilter } from '../../components/useFilter';
import { WebLink } from '../../components/WebLink';
import { WordSelect } from '../../components/WordSelect';
import { formatNumber } from '../../format';
import { ideaKinds, ideaStatuses } from '../../vocabulary-crm';

/** Where an idea can go, beside rejection, which takes a reason. */
const steps: Record<IdeaStatus, IdeaStatus[]> = {
  new: ['shortlisted'],
  shortlisted: ['chosen', 'new'],
  chosen: ['shortlisted'],
  thanked: ['shortlisted', 'chosen'],
  rejected: ['new'],
};
const verbs: Record<IdeaStatus, string> = { new: 'Back to new', shortlisted: 'Shortlist', chosen: 'Choose', thanked: 'Thank', rejected: 'Reject' };

/** The ideas of a campaign, those with the most support first. */
export function IdeasPanel({ id }: { id: string }) {
  const [filter, setFilter] = useFilter('status', 'sort');
  const status = known(filter.status, ideaStatuses);
  const newest = filter.sort === 'newest';
  const board = useIdeas(id, status, newest ? 'newest' : 'support');
  return (
    <Stack gap="md">
      <Group align="flex-end" gap="sm">
        <WordSelect label="Status" words={ideaStatuses} value={filter.status} onChange={(v) => setFilter('status', v)} />
        <SegmentedControl size="xs" aria-label="Order" value={newest ? 'newest' : ''} onChange={(v) => setFilter('sort', v)} data={[{ value: '', label: 'Most support' }, { value: 'newest', label: 'Newest' }]} />
      </Group>
      <Loaded query={board} what="ideas" rows={4}>
        {({ items, statuses }) => (
          <>
            <Text fz="sm" c="dimmed">
              {(Object.keys(ideaStatuses) as IdeaStatus[]).map((s) => `${formatNumber(statuses[s] ?? 0)} ${ideaStatuses[s].toLowerCase()}`).join(' · ')}. Support is likes + 2 · replies + 3 · shares.
            </Text>
            {items.length === 0 ? (
              <Card>
                <Empty title={status ? `No idea is ${ideaStatuses[status].toLowerCase()}` : 'No ideas yet'}>Posts under the hashtag that its monitors hear appear here, while the campaign is active.</Empty>
              </Card>
            ) : (
              <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }} aria-label="Ideas">
                {items.map((g) => (
                  <li key={g.id}>
                    <Entry group={g} />
                  </li>
                ))}
              </Stack>
            )}
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function Entry({ group: g }: { group: IdeaGroup }) {
  const [all, setAll] = useState(false);
  return (
    <Card data-testid="idea">
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Badge variant="light" color={g.first.status === 'rejected' ? 'gray' : 'brand'}>
            {ideaStatuses[g.first.status as IdeaStatus]}
          </Badge>
          <Badge variant="outline" color="gray">
            {ideaKinds[g.first.kind as keyof typeof ideaKinds]}
          </Badge>
          {g.first.title && (
            <Text fz="sm" fw={600} dir="auto">
              {g.first.title}
            </Text>
          )}
        </Group>
        <Text fz="sm" title={`${g.support.likes} likes, ${g.support.replies} replies, ${g.support.shares} shares, ${g.support.against} replies against it`}>
          <b>{formatNumber(g.support.score)}</b> support
        </Text>
      </Group>
      <Said idea={g.first} />
      {g.others.length > 0 && (
        <Button size="compact-xs" variant="subtle" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? 'Hide those who say the same' : `${formatNumber(g.others.length)} more say the same`}
        </Button>
      )}
      {all && g.others.map((i) => <Said key={i.id} idea={i} alone />)}
    </Card>
  );
}

function Said({ idea, alone }: { idea: Idea; alone?: boolean }) {
  const change = useChangeIdea(idea);
  const [asked, setAsked] = useState<'reason' | 'title' | 'thanks' | null>(null);
  const status = idea.status as IdeaStatus;
  const close = () => { change.reset(); setAsked(null); };
  return (
    <Stack gap={4}>
      {idea.mention ? (
        <MentionRow mention={idea.mention} />
      ) : (
        <Text fz="sm" c="dimmed" py="xs">
          {idea.post_id ? 'The post is kept no longer.' : 'It was taken back.'}
        </Text>
      )}
      {idea.reason && <Text fz="xs" c="dimmed">Rejected: {idea.reason}</Text>}
      {change.error && !asked && <Failed error={change.error} />}
      <May grant="idea:update">
        <Group gap="xs">
          {!alone && steps[status].map((to) => (
            <Button key={to} size="compact-xs" variant={to === 'new' ? 'subtle' : 'light'} loading={change.isPending && change.variables?.status === to} onClick={() => change.mutate({ status: to })}>
              {verbs[to]}
            </Button>
          ))}
          {idea.mention && (
            <Button size="compact-xs" variant="default" onClick={() => setAsked('thanks')}>
              {idea.thanked_at ? 'Thanked' : 'Thank'}
            </Button>
          )}
          {!alone && status !== 'rejected' && status !== 'chosen' && status !== 'thanked' && (
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setAsked('reason')}>
              Reject
            </Button>
          )}
          {alone ? (
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => change.mutate({ alone: true })}>
              It says something else
            </Button>
          ) : (
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setAsked('title')}>
              Name it
            </Button>
          )}
        </Group>
      </May>
      {asked === 'reason' && <TextAsked title="Reject the idea" label="Why, its author may ask" action="Save" short change={change} onClose={close} onAnswer={(reason) => change.mutate({ status: 'rejected', reason }, { onSuccess: close })} />}
      {asked === 'title' && <TextAsked title="Name the idea" label="What you call it" action="Save" short initial={idea.title} change={change} onClose={close} onAnswer={(title) => change.mutate({ title }, { onSuccess: close })} />}
      {asked === 'thanks' && <Thanks idea={idea} onClose={() => setAsked(null)} />}
    </Stack>
  );
}

/** The reply that a person sends; we post nothing. */
function Thanks({ idea, onClose }: { idea: Idea; onClose: () => void }) {
  const thanks = useThanks(idea.id);
  const change = useChangeIdea(idea);
  return (
    <Modal opened onClose={onClose} title="Thank the author">
      <Loaded query={thanks} what="the reply" rows={2}>
        {({ text, url }) => (
          <Stack gap="sm">
            <Textarea label="A reply you may send" readOnly autosize value={text} />
            <Group gap="sm">
              <CopyText text={text} size="sm" />
              <WebLink address={url} label="The post">
                Open the post
              </WebLink>
            </Group>
            {change.error && <Failed error={change.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button loading={change.isPending} disabled={idea.status === 'thanked'} onClick={() => change.mutate({ status: 'thanked' }, { onSuccess: onClose })}>
                I have sent it
              </Button>
            </Group>
          </Stack>
        )}
      </Loaded>
    </Modal>
  );
}
