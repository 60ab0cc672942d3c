// The sections that the pages of a contact and of an account share.
import { Alert, Badge, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Activity, View360 } from '../api/types';
import { formatDay, formatIndex, formatMoney, formatNumber } from '../format';
import { recordName, trends } from '../vocabulary';
import { Ago } from './Ago';
import { LeadRow } from './LeadRow';
import { Figure } from './marks';
import { Empty } from './states';

/** What others changed since the visit before this one. */
export function NewsPanel({ news }: { news: View360['news'] }) {
  if (!news.since || (news.changes.length === 0 && news.touches === 0)) return null;
  return (
    <Alert color="brand" variant="light" title="Since you looked last" mb="md" data-testid="news">
      <Stack gap={4}>
        {news.touches > 0 && <Text fz="sm">{news.touches === 1 ? 'One new touch' : `${formatNumber(news.touches)} new touches`}</Text>}
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

/** A card with a list that says how long it is. */
export function PartCard({ title, count, more, empty, children }: { title: string; count: number; more: boolean; empty: string; children: ReactNode }) {
  return (
    <Card component="section" aria-label={title}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={2}>{title}</Title>
        <Text fz="sm" c="dimmed">
          {formatNumber(count)}
          {more && '+'}
        </Text>
      </Group>
      {count === 0 ? <Empty title={empty} /> : <div className="rows">{children}</div>}
    </Card>
  );
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
    [[c.responses, 'responses'], [c.touches, 'touches'], [c.leads, 'leads'], [c.opportunities, 'opportunities']].filter(([n]) => n).map(([n, what]) => `${n} ${what}`);
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
      {view.owners.length > 0 && <Text fz="sm">Open sales: {view.owners.map((o) => o.name).join(', ')}</Text>}
      {view.territories.map((t) => (
        <Line key={t.id} left={t.name} right={t.rank === 1 ? <Badge variant="light">primary</Badge> : undefined} below={t.reason} />
      ))}
    </Card>
  );
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
      <PartCard title="Opportunities" count={opportunities.count} more={opportunities.more} empty="No opportunities">
        {opportunities.items.map((o) => (
          <Line key={o.id} to={`/opportunities/${encodeURIComponent(o.id)}`} left={o.name} right={formatMoney(o.amount)} below={`${o.stage} · ${o.state}`} />
        ))}
      </PartCard>
      <PartCard title="Leads" count={leads.count} more={leads.more} empty="No leads">
        {leads.items.map((l) => (
          <LeadRow key={l.id} lead={l} />
        ))}
      </PartCard>
      {quotes.count > 0 && (
        <PartCard title="Quotes to payments" count={quotes.count + orders.count + invoices.count + payments.count} more={false} empty="">
          {quotes.items.map((q) => (
            <Line key={q.id} left={q.number} right={formatMoney({ amount: q.sums.gross, currency: q.currency })} below={`quote · ${q.state}`} />
          ))}
          {orders.items.map((o) => (
            <Line key={o.id} left={o.number} right={formatMoney({ amount: o.sums.gross, currency: o.currency })} below={`order · ${o.state}`} />
          ))}
          {invoices.items.map((i) => (
            <Line key={i.id} left={i.number} right={formatMoney({ amount: i.sums.gross, currency: i.currency })} below={`invoice · ${i.state} · due ${formatDay(i.due_at)}`} />
          ))}
          {payments.items.map((p) => (
            <Line key={p.id} left={p.reference || p.method} right={formatMoney(p.amount)} below={`payment · ${formatDay(p.paid_at)}`} />
          ))}
        </PartCard>
      )}
    </Stack>
  );
}

/** What was done, and what is to be done. */
export function ActivitiesPanel({ view }: { view: View360 }) {
  return (
    <Stack gap="md">
      <PartCard title="To do" count={view.tasks.count} more={view.tasks.more} empty="Nothing to do">
        {view.tasks.items.map((a) => (
          <ActivityLine key={a.id} activity={a} due />
        ))}
      </PartCard>
      <PartCard title="Activities" count={view.activities.count} more={view.activities.more} empty="No activities">
        {view.activities.items.map((a) => (
          <ActivityLine key={a.id} activity={a} />
        ))}
      </PartCard>
    </Stack>
  );
}

function ActivityLine({ activity: a, due }: { activity: Activity; due?: boolean }) {
  return <Line left={a.subject} right={due ? `due ${formatDay(a.due_at)}` : <Ago time={a.created_at} />} below={`${a.kind} · ${recordName(a.record_type)}`} />;
}
