// The sections that the pages of a contact and of an account share.
import { Alert, Badge, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { NotedRecord } from '../api/activities';
import type { Invoice, Order, Quote } from '../api/sales';
import type { Activity, View360 } from '../api/types';
import { formatDate, formatIndex, formatMoney, formatNumber } from '../format';
import { countOf, recordName } from '../records';
import { trends } from '../vocabulary-crm';
import { Ago } from './Ago';
import { LeadRow } from './LeadRow';
import { Figure } from './marks';
import { May } from './May';
import { NoteForm } from './NoteForm';
import { PartCard } from './PartCard';
import { Empty } from './states';

/** What others changed since the visit before this one. */
export function NewsPanel({ news }: { news: View360['news'] }) {
  if (!news.since || (news.changes.length === 0 && news.touches === 0 && news.due === 0)) return null;
  return (
    <Alert color="brand" variant="light" title="Since you looked last" mb="md" data-testid="news">
      <Stack gap={4}>
        {news.touches > 0 && <Text fz="sm">{news.touches === 1 ? 'One new touch' : `${formatNumber(news.touches)} new touches`}</Text>}
        {news.due > 0 && <Text fz="sm">{news.due === 1 ? 'One task has become due' : `${formatNumber(news.due)} tasks have become due`}</Text>}
        {news.counts.length > 0 && <Text fz="sm">{news.counts.map(counted).join(', ')}</Text>}
        {news.changes.slice(0, 5).map((c) => (
          <Text fz="sm" key={`${c.at} ${c.record_id} ${c.action}`}>
            {recordName(c.record_type)}: {c.action}
            {c.fields.length > 0 && ` (${c.fields.slice(0, 4).join(', ')})`} by {c.actor_name} <Ago time={c.at} />
          </Text>
        ))}
        {(news.more || news.changes.length > 5) && (
          <Text fz="xs" c="dimmed">
            and more
          </Text>
        )}
      </Stack>
    </Alert>
  );
}

function counted(c: View360['news']['counts'][number]) {
  const parts = [c.new > 0 && `${formatNumber(c.new)} new`, c.changed > 0 && `${formatNumber(c.changed)} changed`].filter(Boolean);
  return `${recordName(c.record_type)}: ${parts.join(' and ')}`;
}

function Line({ left, right, below, to }: { left: ReactNode; right?: ReactNode; below?: ReactNode; to?: string }) {
  const text = (
    <Text fz="sm" fw={600} span dir="auto" className={to ? 'row-link-name' : ''}>
      {left}
    </Text>
  );
  return (
    <Stack gap={2} py="xs">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        {to ? (
          <Link to={to} className="row-link">
            {text}
          </Link>
        ) : (
          text
        )}
        <Text fz="sm" span style={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>
          {right}
        </Text>
      </Group>
      {below && (
        <Text fz="xs" c="dimmed" component="div" dir="auto">
          {below}
        </Text>
      )}
    </Stack>
  );
}

/** How they speak, and whether that changes. */
export function SentimentPanel({ view }: { view: View360 }) {
  const s = view.sentiment;
  const heard = s.negative + s.neutral + s.positive + s.unknown;
  return (
    <Card component="section" aria-label="Sentiment">
      <Title order={2}>Sentiment</Title>
      {heard === 0 ? (
        <Empty title="Nothing heard yet" />
      ) : (
        <>
          <SimpleGrid cols={3} mt="xs">
            <Figure value={formatIndex(s.index)} name="index, −10 to 10" />
            <Figure value={formatNumber(s.positive)} name="positive" />
            <Figure value={formatNumber(s.negative)} name="negative" />
          </SimpleGrid>
          <Text fz="sm" mt="xs">
            {trends[s.trend] ?? s.trend}
          </Text>
        </>
      )}
    </Card>
  );
}

/** The campaigns they took part in: what they said, responded, and what it brought. */
export function CampaignsPanel({ view }: { view: View360 }) {
  if (view.campaigns.length === 0) return null;
  const took = (c: View360['campaigns'][number]) =>
    Object.entries({ response: c.responses, touch: c.touches, lead: c.leads, opportunity: c.opportunities }).filter(([, n]) => n > 0).map(([what, n]) => countOf(what, n));
  return (
    <Card component="section" aria-label="Campaigns">
      <Title order={2}>Campaigns</Title>
      {view.campaigns.map((c) => (
        <Line key={c.campaign_id || c.monitor_id} left={c.name} below={took(c).join(' · ')} {...(c.campaign_id ? { to: `/campaigns/${encodeURIComponent(c.campaign_id)}` } : {})} />
      ))}
    </Card>
  );
}

/** Who works on it, and which territories take it. */
export function PlacePanel({ view }: { view: View360 }) {
  if (view.territories.length === 0 && view.owners.length === 0) return null;
  return (
    <Card component="section" aria-label="Owners and territories">
      <Title order={2}>Who it belongs to</Title>
      {view.owners.map((o) => (
        <Line key={`${o.how} ${o.type} ${o.id} ${o.of}`} left={o.name} right={o.how === 'owner' ? <Badge variant="light">owner</Badge> : undefined} below={belongs(o)} />
      ))}
      {view.territories.map((t) => (
        <Line key={t.id} left={t.name} right={t.rank === 1 ? <Badge variant="light">primary</Badge> : undefined} below={t.reason} />
      ))}
    </Card>
  );
}

function belongs(o: View360['owners'][number]) {
  switch (o.how) {
    case 'territory':
      return `${o.type}, ${o.rank === 1 ? 'owner' : 'co-owner'} by territory ${o.of}`;
    case 'team':
      return 'team of the owner';
    case 'share':
      return `${o.type}, shared with`;
    case 'sales':
      return 'works on open opportunities';
  }
  return undefined;
}

/** What a quote, an order or an invoice comes to; nothing where a role hides it. */
function grossOf({ sums, currency }: Quote | Order | Invoice) {
  return sums && formatMoney({ amount: sums.gross, currency });
}

/** Leads, opportunities and the way of the money. */
export function SalesPanel({ view }: { view: View360 }) {
  const { leads, opportunities, quotes, orders, invoices, payments } = view;
  return (
    <Stack gap="md">
      {view.pipeline.length > 0 && (
        <Card component="section" aria-label="Pipeline">
          {view.pipeline.map((p) => (
            <SimpleGrid key={p.currency} cols={{ base: 2, sm: 4 }}>
              <Figure value={formatMoney({ amount: p.open, currency: p.currency })} name={`open, ${p.deals}`} />
              <Figure value={formatMoney({ amount: p.weighted, currency: p.currency })} name="weighted" />
              <Figure value={formatMoney({ amount: p.won, currency: p.currency })} name="won" />
              <Figure value={formatMoney({ amount: p.paid, currency: p.currency })} name="paid" />
            </SimpleGrid>
          ))}
        </Card>
      )}
      <PartCard title="Opportunities" part={opportunities} empty="No opportunities" keyOf={(o) => o.id}>
        {(o) => <Line to={`/opportunities/${encodeURIComponent(o.id)}`} left={o.name} right={formatMoney(o.amount)} below={`${o.stage} · ${o.state}`} />}
      </PartCard>
      <PartCard title="Leads" part={leads} empty="No leads" keyOf={(l) => l.id}>
        {(l) => <LeadRow lead={l} />}
      </PartCard>
      {quotes.count > 0 && (
        <PartCard title="Quotes" part={quotes} empty="" keyOf={(q) => q.id}>
          {(q) => <Line left={q.number} right={grossOf(q)} below={q.state} />}
        </PartCard>
      )}
      {orders.count > 0 && (
        <PartCard title="Orders" part={orders} empty="" keyOf={(o) => o.id}>
          {(o) => <Line left={o.number} right={grossOf(o)} below={o.state} />}
        </PartCard>
      )}
      {invoices.count > 0 && (
        <PartCard title="Invoices" part={invoices} empty="" keyOf={(i) => i.id}>
          {(i) => <Line left={i.number} right={grossOf(i)} below={`${i.state} · due ${formatDate(i.due_at)}`} />}
        </PartCard>
      )}
      {payments.count > 0 && (
        <PartCard title="Payments" part={payments} empty="" keyOf={(p) => p.id}>
          {(p) => <Line left={p.reference || p.method} right={formatMoney(p.amount)} below={formatDate(p.paid_at)} />}
        </PartCard>
      )}
    </Stack>
  );
}

/** What was done, and what is to be done. */
export function ActivitiesPanel({ view, record }: { view: View360; record: NotedRecord }) {
  return (
    <Stack gap="md">
      <May grant="activity:create">
        <Card component="section" aria-label="Note an activity">
          <NoteForm record={record} />
        </Card>
      </May>
      <PartCard title="To do" part={view.tasks} empty="Nothing to do" keyOf={(a) => a.id}>
        {(a) => <ActivityLine activity={a} due />}
      </PartCard>
      <PartCard title="Activities" part={view.activities} empty="No activities" keyOf={(a) => a.id}>
        {(a) => <ActivityLine activity={a} />}
      </PartCard>
    </Stack>
  );
}

function ActivityLine({ activity: a, due }: { activity: Activity; due?: boolean }) {
  return <Line left={a.subject} right={due ? `due ${formatDate(a.due_at)}` : <Ago time={a.created_at} />} below={`${a.kind} · ${recordName(a.record_type)}`} />;
}
