import { Badge, Button, Group, Kbd, List, Modal, ScrollArea, SegmentedControl, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useMay } from '../../api/grants';
import { useReview, useReviewSummary, useUndo, useVerdict, type Queue, type ReviewItem } from '../../api/review';
import type { Decision } from '../../api/types';
import { May } from '../../components/May';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Failed, Loaded } from '../../components/states';
import { useFilter } from '../../components/useFilter';
import { decisions } from '../../vocabulary-crm';
import { Candidate } from './Candidate';
import { Duplicates } from './Duplicates';
import { Matching } from './Matching';

const views = { waiting: 'Waiting', unsure: 'Unsure', sample: 'Sample', duplicates: 'Duplicates', matching: 'Matcher' } as const;
type View = keyof typeof views;

/** What a view needs beside link:read. */
const needs: Partial<Record<View, string>> = { duplicates: 'contact:read', matching: 'matching:read' };

/** Links that wait for a person, contacts that may be one, and how right the matcher was. */
export default function ReviewPage() {
  const [{ view: asked, network }, setFilter] = useFilter('view', 'network');
  const may = useMay();
  const shown = (Object.keys(views) as View[]).filter((v) => may(needs[v] ?? 'link:read'));
  const view: View = shown.find((v) => v === asked) ?? 'waiting';
  const summary = useReviewSummary();
  return (
    <>
      <PageTitle title="Review" about="Is this author this contact? What most depends on comes first.">
        {summary.data && <Badge color={summary.data.waiting > 0 ? 'caution' : 'gray'} variant="light">{summary.data.waiting} waiting</Badge>}
      </PageTitle>
      <ScrollArea mb="md" type="auto" offsetScrollbars="x" viewportProps={{ 'aria-label': 'Views', tabIndex: 0, role: 'group' }}>
        <SegmentedControl size="sm" aria-label="View" value={view} onChange={(v) => setFilter('view', v)} data={shown.map((value) => ({ value, label: views[value] }))} />
      </ScrollArea>
      {view === 'duplicates' && <Duplicates />}
      {view === 'matching' && <Matching />}
      {view !== 'duplicates' && view !== 'matching' && <QueueView key={view} queue={view} network={network} />}
    </>
  );
}

const emptied: Record<Queue, string> = {
  waiting: 'When an author may be one of your contacts, and the matcher is not sure, it asks here.',
  unsure: 'What somebody was unsure about stands here.',
  sample: 'Automatic links that a person should check, so that the published precision is measured. There are none unchecked.',
};

const shortcuts: Record<string, Decision> = { c: 'confirmed', r: 'rejected', i: 'ignored', u: 'unsure' };

function QueueView({ queue, network }: { queue: Queue; network: string }) {
  const list = useReview(queue, network);
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const [at, setAt] = useState(0);
  const [last, setLast] = useState<{ event: string; text: string } | null>(null);
  const [help, { open, close }] = useDisclosure();
  const verdict = useVerdict();
  const may = useMay();
  const undo = useUndo();
  const index = Math.min(at, Math.max(0, items.length - 1));
  const item = items[index];

  const decide = (decision: Decision) => {
    if (!item || verdict.isPending || !may('link:update')) return;
    undo.reset();
    verdict.mutate({ item, decision }, { onSuccess: (done) => setLast({ event: done.event, text: `${decisions[decision]}: ${item.account.name || item.account.handle} – ${item.contact.name}` }) });
  };
  const takeBack = () => {
    if (last && !undo.isPending) undo.mutate(last.event, { onSuccess: () => setLast(null) });
  };
  const move = (by: number) => {
    const to = Math.max(0, Math.min(items.length - 1, index + by));
    setAt(to);
    if (to >= items.length - 3 && list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  };

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || help || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
      const decision = shortcuts[event.key];
      if (decision) decide(decision);
      else if (event.key === 'j') move(1);
      else if (event.key === 'k') move(-1);
      else if (event.key === 'z') takeBack();
      else if (event.key === '?') open();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });

  return (
    <>
      {verdict.error && <Failed error={verdict.error} />}
      {undo.error && <Failed error={undo.error} />}
      {last && (
        <Group gap="xs" mb="sm" role="status">
          <Text fz="sm">{last.text}</Text>
          <Button size="compact-xs" variant="default" loading={undo.isPending} onClick={takeBack}>
            Undo
          </Button>
        </Group>
      )}
      <Loaded query={list} what="links to review" rows={5}>
        {() => (item ? <Shown item={item} index={index} of={items.length} more={list.hasNextPage} busy={verdict.isPending} onMove={move} onDecide={decide} onHelp={open} /> : <Empty title="Nothing waits">{emptied[queue]}</Empty>)}
      </Loaded>
      <Modal opened={help} onClose={close} title="Keyboard">
        <List fz="sm" listStyleType="none">
          {[['j', 'the next link'], ['k', 'the one before'], ['c', 'confirm: it is them'], ['r', 'reject: it is not them'], ['i', 'ignore: do not ask again'], ['u', 'unsure: set aside'], ['z', 'undo the last decision'], ['?', 'this help']].map(([key, text]) => (
            <List.Item key={key}>
              <Kbd>{key}</Kbd> {text}
            </List.Item>
          ))}
        </List>
      </Modal>
    </>
  );
}

interface ShownProps {
  item: ReviewItem;
  index: number;
  of: number;
  more: boolean;
  busy: boolean;
  onMove: (by: number) => void;
  onDecide: (decision: Decision) => void;
  onHelp: () => void;
}

function Shown({ item, index, of, more, busy, onMove, onDecide, onHelp }: ShownProps) {
  return (
    <>
      <Group justify="space-between" mb="sm" gap="xs">
        <Text fz="sm" c="dimmed">
          {index + 1} of {of}
          {more && '+'}
          {item.stakes.length > 0 && ` · ${item.stakes.join(' · ')}`}
        </Text>
        <Group gap={4}>
          <Button size="compact-sm" variant="default" disabled={index === 0} onClick={() => onMove(-1)}>
            Before
          </Button>
          <Button size="compact-sm" variant="default" disabled={index + 1 >= of} onClick={() => onMove(1)}>
            Next
          </Button>
          <Button size="compact-sm" variant="subtle" color="gray" onClick={onHelp}>
            Keyboard
          </Button>
        </Group>
      </Group>
      <Candidate item={item} />
      <May grant="link:update">
        <Group gap="xs" mt="md">
          <Button loading={busy} onClick={() => onDecide('confirmed')}>
            Confirm
          </Button>
          <Button variant="default" disabled={busy} onClick={() => onDecide('rejected')}>
            Reject
          </Button>
          <Button variant="default" disabled={busy} onClick={() => onDecide('ignored')}>
            Ignore
          </Button>
          <Button variant="default" disabled={busy} onClick={() => onDecide('unsure')}>
            Unsure
          </Button>
        </Group>
      </May>
    </>
  );
}
