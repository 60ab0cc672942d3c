import { Anchor, Button, Card, Group, Title } from '@mantine/core';
import { useState } from 'react';
import { base } from '../../api/client';
import { useMay } from '../../api/grants';
import { useMakeOrder, useOrders, useQuoteTemplates, useQuotes, useStepQuote, type Quote } from '../../api/sales';
import type { OpportunityView } from '../../api/types';
import { Confirm } from '../../components/Confirm';
import { Icon } from '../../components/Icon';
import { Empty, Failed, Loaded } from '../../components/states';
import { TextAsked } from '../../components/TextAsked';
import { formatDate, formatDay } from '../../format';
import { DocumentRow } from './DocumentRow';
import { QuoteForm } from './QuoteForm';

/** The quotes of an opportunity, the newest first, and what comes next with each. */
export function QuotesPanel({ opportunity: o }: { opportunity: OpportunityView }) {
  const quotes = useQuotes(o.id);
  const may = useMay();
  const [form, setForm] = useState<{ quote?: Quote } | null>(null);
  return (
    <Card component="section" aria-label="Quotes">
      <Group justify="space-between" mb="xs">
        <Title order={2}>Quotes</Title>
        {o.state === 'open' && may('quote:create') && (
          <Button size="xs" variant="default" leftSection={<Icon name="plus" size={14} />} onClick={() => setForm({})}>
            New quote
          </Button>
        )}
      </Group>
      <Loaded query={quotes} what="the quotes" rows={2}>
        {(data) => {
          const items = data.pages.flatMap((p) => p.items);
          if (items.length === 0) return <Empty title="No quote yet">Once it is sent, the opportunity is worth what the quote comes to.</Empty>;
          return (
            <div className="rows">
              {items.map((q) => (
                <QuoteRow key={q.id} quote={q} onChange={() => setForm({ quote: q })} />
              ))}
            </div>
          );
        }}
      </Loaded>
      {form && <QuoteForm opportunity={o.id} currency={o.amount?.currency ?? ''} {...form} onClose={() => setForm(null)} />}
    </Card>
  );
}

const dates = (q: Quote) =>
  [
    q.revision > 1 && `Revision ${q.revision}`,
    q.sent_at && `sent ${formatDay(q.sent_at)}`,
    q.valid_until && `valid until ${formatDate(q.valid_until)}`,
    q.decided_at && `${q.state} ${formatDay(q.decided_at)}`,
    q.reason,
  ]
    .filter(Boolean)
    .join(' · ');

function QuoteRow({ quote: q, onChange }: { quote: Quote; onChange: () => void }) {
  const step = useStepQuote(q);
  const [asked, setAsked] = useState<'send' | 'accept' | 'decline' | null>(null);
  const done = { onSuccess: () => setAsked(null) };
  const ask = (what: typeof asked) => {
    step.reset();
    setAsked(what);
  };
  return (
    <>
      <DocumentRow document={q} about={dates(q) || 'Not sent yet'} actions={<Actions quote={q} onChange={onChange} onAsk={ask} onRevise={() => step.mutate({ step: 'revise' })} />}>
        <Papers quote={q} />
      </DocumentRow>
      {step.error && !asked && <Failed error={step.error} />}
      <Confirm opened={asked === 'send'} title={`${q.number} goes out as it is?`} action="It is sent" change={step} onConfirm={() => step.mutate({ step: 'send' }, done)} onClose={() => setAsked(null)}>
        A quote that was sent is not changed any more: a revision takes its place. Groundswell sends no e-mail; print it and hand it over.
      </Confirm>
      <Confirm opened={asked === 'accept'} title={`The customer accepts ${q.number}?`} action="Accepted" change={step} onConfirm={() => step.mutate({ step: 'accept' }, done)} onClose={() => setAsked(null)}>
        The order is made of what stands in it. This is not taken back.
      </Confirm>
      {asked === 'decline' && <TextAsked title={`Why was ${q.number} declined?`} action="Declined" change={step} onAnswer={(reason) => step.mutate({ step: 'decline', reason }, done)} onClose={() => setAsked(null)} />}
    </>
  );
}

interface ActionsProps {
  quote: Quote;
  onChange: () => void;
  onAsk: (what: 'send' | 'accept' | 'decline') => void;
  onRevise: () => void;
}

/** What comes next with a quote. */
function Actions({ quote: q, onChange, onAsk, onRevise }: ActionsProps) {
  const may = useMay();
  const button = (label: string, onClick: () => void, first = false) => (
    <Button key={label} size="compact-sm" variant={first ? 'light' : 'default'} onClick={onClick} aria-label={`${label}: ${q.number}`}>
      {label}
    </Button>
  );
  if (q.state === 'accepted') return may('order:create') && <MakeOrder quote={q} />;
  if (!may('quote:update')) return null;
  switch (q.state) {
    case 'draft':
      return [button('Send', () => onAsk('send'), true), button('Change', onChange)];
    case 'sent':
      return [button('Accepted', () => onAsk('accept'), true), button('Declined', () => onAsk('decline')), button('Revise', onRevise)];
    case 'declined':
      return button('Revise', onRevise);
  }
  return null;
}

/** Nothing when there is an order of it already. */
function MakeOrder({ quote: q }: { quote: Quote }) {
  const orders = useOrders(q.opportunity_id);
  const make = useMakeOrder();
  if (!orders.data || orders.data.pages.some((p) => p.items.some((o) => o.quote_id === q.id))) return null;
  return (
    <>
      <Button size="compact-sm" variant="light" loading={make.isPending} onClick={() => make.mutate(q.id)} aria-label={`Make the order: ${q.number}`}>
        Make the order
      </Button>
      {make.error && <Failed error={make.error} />}
    </>
  );
}

/** The quote on paper, by each template. */
function Papers({ quote: q }: { quote: Quote }) {
  const templates = useQuoteTemplates();
  return (
    <Group gap="sm">
      {(templates.data?.items ?? []).filter((t) => !t.archived).map((t) => (
        <Anchor key={t.id} fz="sm" download href={`${base}/quotes/${encodeURIComponent(q.id)}/pdf?template=${encodeURIComponent(t.id)}`} aria-label={`${q.number} as PDF, ${t.name}`}>
          PDF: {t.name}
        </Anchor>
      ))}
    </Group>
  );
}
