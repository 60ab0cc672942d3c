import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import type { View360 } from '../api/types';
import { answer, problem, show } from '../testing/render';
import { NoteForm } from './NoteForm';
import { PartCard } from './PartCard';
import { NewsPanel, PlacePanel, SalesPanel } from './View360';

const all = '/api/v1/quotes?view=contact:c1';

function quotes() {
  return (
    <PartCard title="Quotes" part={{ items: [{ id: 'q1' }], count: 3, more: false, all }} empty="none" keyOf={(q) => q.id}>
      {(q) => q.id}
    </PartCard>
  );
}

test('a list that is cut opens to the whole of it, page by page', async () => {
  const calls = answer({
    'GET /quotes?view=contact:c1&limit=50&cursor=': { items: [{ id: 'q1' }, { id: 'q2' }], next: 'x' },
    'GET /quotes?view=contact:c1&limit=50&cursor=x': { items: [{ id: 'q3' }], next: '' },
  });
  show(quotes());
  expect(calls).toHaveLength(0);
  await userEvent.click(screen.getByRole('button', { name: 'Show all 3' }));
  expect(await screen.findByText('q2')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Show more' }));
  expect(await screen.findByText('q3')).toBeInTheDocument();
  await waitFor(() => expect(screen.queryByRole('button')).not.toBeInTheDocument());
});

test('what is changed is read again in a list that was opened', async () => {
  const whole = 'GET /quotes?view=contact:c1&limit=50&cursor=';
  const calls = answer({ [whole]: { items: [{ id: 'q1' }, { id: 'q2' }], next: '' }, 'POST /activities': {} });
  show(
    <>
      {quotes()}
      <NoteForm record={{ type: 'contact', id: 'c1' }} />
    </>,
  );
  await userEvent.click(screen.getByRole('button', { name: 'Show all 3' }));
  expect(await screen.findByText('q2')).toBeInTheDocument();
  await userEvent.type(screen.getByLabelText('What it is about'), 'They ask for another');
  await userEvent.click(screen.getByRole('button', { name: 'Note' }));
  await waitFor(() => expect(calls.filter((c) => `${c.method} ${c.path}` === whole)).toHaveLength(2));
});

test('a list that cannot be read says why, and keeps its beginning', async () => {
  answer({ 'GET /quotes': problem(403, 'None of your roles allows this', 'no') });
  show(quotes());
  await userEvent.click(screen.getByRole('button', { name: 'Show all 3' }));
  expect(await screen.findByText('None of your roles allows this')).toBeInTheDocument();
  expect(screen.getByText('q1')).toBeInTheDocument();
});

test('says whom a record belongs to, and what is new in every part', () => {
  const owner = { type: 'user', id: 'u1', name: 'Ida', how: 'owner', of: '', rank: 0 };
  const view = {
    territories: [],
    owners: [owner, { ...owner, id: 'u2', name: 'Bob', how: 'territory', of: 'Germany', rank: 2 }, { ...owner, type: 'team', id: 't', name: 'North', how: 'team' }],
  } as unknown as View360;
  const news = { since: '2026-03-01T12:00:00Z', touches: 0, due: 1, counts: [{ record_type: 'quote', new: 2, changed: 1 }], changes: [], more: false };
  show(
    <>
      <NewsPanel news={news} />
      <PlacePanel view={view} />
    </>,
  );
  expect(screen.getByText('user, co-owner by territory Germany')).toBeInTheDocument();
  expect(screen.getByText('team of the owner')).toBeInTheDocument();
  expect(screen.getByText('One task has become due')).toBeInTheDocument();
  expect(screen.getByText(/2 new and 1 changed/)).toBeInTheDocument();
});

test('quotes, orders and invoices stand without their sums where a role hides them', () => {
  const part = (items: unknown[]) => ({ items, count: items.length, more: false, all: '' });
  const document = (number: string) => part([{ id: number, number, state: 'sent', currency: 'EUR' }]);
  const view = {
    pipeline: [],
    leads: part([]),
    opportunities: part([]),
    quotes: part([{ id: 'q0', number: 'Q-0', state: 'sent', currency: 'EUR', sums: { gross: 11_900 } }, ...document('Q-1').items]),
    orders: document('O-1'),
    invoices: document('I-1'),
    payments: part([]),
  } as unknown as View360;
  show(<SalesPanel view={view} />);
  expect(screen.getByText('€119.00')).toBeInTheDocument();
  for (const number of ['Q-1', 'O-1', 'I-1']) expect(screen.getByText(number)).toBeInTheDocument();
});
