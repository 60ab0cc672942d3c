import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import type { ReviewItem } from '../../api/review';
import { answer, problem, show } from '../../testing/render';
import { link, mention } from '../../testing/samples';
import ReviewPage from './ReviewPage';

const contact = {
  id: 'c1', name: 'Anna Vogt', external_id: '', first_name: 'Anna', last_name: 'Vogt', display_name: '', email: '', phone: '', account_id: '', owner_id: '', company: 'Acme', job_title: '',
  city: 'Kiel', postal_code: '', fields: {}, country: '', url: '', relationship: '', touches: 0, last_touch_at: null, version: 1, created_at: link.decided_at, updated_at: link.decided_at, profiles: [],
};
const item: ReviewItem = {
  ...link,
  account: { ...mention.author, network: 'mastodon', bio: '<b>hi</b>', location: 'Kiel', bot: false, seen_at: link.decided_at },
  contact,
  explanation: { model: 'm1', prior_bits: -12, bits: -2, beyond_name_bits: 0, proven: false, sentence: 'Suggested, because.' },
  rank: 3,
  stakes: ['an open lead depends on it'],
  rivals: [{ contact_id: 'c2', name: 'Anne Vogt', decision: 'suggested', probability: 0.3 }],
  posts: [mention],
  verifications: [],
};
const second: ReviewItem = { ...item, author_id: 'a2', version: 4, account: { ...item.account, id: 'a2', name: 'Second' } };
const list = { 'GET /review': { items: [item, second], next: '' }, 'GET /review/summary': { waiting: 2, unsure: 0, networks: { mastodon: 2 } } };

test('shows both sides, the bits, the sentence and what was said', async () => {
  answer(list);
  show(<ReviewPage />, '/review');
  expect(screen.getByText('Loading links to review')).toBeInTheDocument();
  expect(await screen.findByText('Suggested, because.')).toBeInTheDocument();
  expect(screen.getByTestId('waterfall')).toHaveTextContent(/−12\.0 bits.*\+10\.0 bits/);
  expect(screen.getByText(/an open lead depends on it/)).toBeInTheDocument();
  expect(screen.getByText(/Anne Vogt \(suggested, 30%\)/)).toBeInTheDocument();
  expect(screen.getByText('<b>hi</b>')).toBeInTheDocument();
  expect(await screen.findByText('2 waiting')).toBeInTheDocument();
});

test('the keyboard moves, decides and takes back', async () => {
  const calls = answer({ ...list, 'POST /links': { ...link, decision: 'rejected', event: 'e1' }, 'POST /links/undo': { items: [], next: '' } });
  show(<ReviewPage />, '/review');
  await screen.findByText('Suggested, because.');
  await userEvent.keyboard('j');
  expect(screen.getByText('Second')).toBeInTheDocument();
  await userEvent.keyboard('r');
  await waitFor(() => expect(calls.find((c) => c.path === '/links')?.body).toEqual({ author_id: 'a2', contact_id: 'c1', decision: 'rejected' }));
  expect(await screen.findByText(/Rejected: Second – Anna Vogt/)).toBeInTheDocument();
  await userEvent.keyboard('z');
  await waitFor(() => expect(calls.find((c) => c.path === '/links/undo')?.body).toEqual({ event: 'e1' }));
  await userEvent.keyboard('?');
  expect(await screen.findByText(/confirm: it is them/)).toBeInTheDocument();
});

test('a decision that somebody else was faster with says so', async () => {
  answer({ ...list, 'POST /links': problem(412, 'Somebody else changed the record', 'the record is newer than If-Match') });
  show(<ReviewPage />, '/review');
  await userEvent.click(await screen.findByRole('button', { name: 'Confirm' }));
  expect(await screen.findByText(/It was changed in the meantime/)).toBeInTheDocument();
});

test('an empty queue says when something will wait', async () => {
  answer({ 'GET /review': { items: [], next: '' }, 'GET /review/summary': { waiting: 0, unsure: 0, networks: {} } });
  show(<ReviewPage />, '/review');
  expect(await screen.findByText('Nothing waits')).toBeInTheDocument();
});

test('duplicates are merged after a look, and merges can be taken apart', async () => {
  const other = { ...contact, id: 'c2', name: 'A. Vogt', first_name: 'A.', city: '', owner_id: 'u2' };
  const calls = answer({
    'GET /users': { items: [{ id: 'u2', name: 'lena' }], next: '' },
    'GET /review/summary': { waiting: 0, unsure: 0, networks: {} },
    'GET /duplicates': { items: [{ winner: contact, loser: other, probability: 0.97, evidence: [], found_at: link.decided_at }], next: '' },
    'GET /merges': { items: [{ id: 'm1', winner: { id: 'c1', name: 'Anna Vogt' }, loser: { id: 'c9', name: 'Old' }, filled: {}, reason: '', merged_at: link.decided_at, merged_by: 'admin', unmerged_at: null, unmerged_by: '' }], next: '' },
    'GET /matching/jobs': { items: [], next: '' },
    'GET /contacts/c1/merge': { winner: contact, loser: other, merged: { ...contact, owner_id: 'u2' }, filled: { owner_id: { before: '', after: 'u2' } }, differing: ['first_name'], moves: { links: 2 }, proposed: true },
    'POST /contacts/c1/merge': {},
    'POST /merges/m1/unmerge': {},
  });
  show(<ReviewPage />, '/review?view=duplicates');
  await userEvent.click(await screen.findByRole('button', { name: 'Look and merge' }));
  expect(await screen.findByText(/2 links go over/)).toBeInTheDocument();
  expect(screen.getByRole('radio', { name: 'first name: Anna' })).toBeChecked();
  expect(await screen.findAllByText('lena')).toHaveLength(2); // whose it was, and whose it becomes
  await userEvent.click(screen.getByRole('radio', { name: 'first name: A.' }));
  await waitFor(() => expect(calls.some((c) => c.path === '/contacts/c1/merge?loser=c2&take=first_name')).toBe(true));
  await userEvent.click(screen.getByRole('button', { name: 'Merge' }));
  await waitFor(() => expect(calls.find((c) => c.method === 'POST' && c.path === '/contacts/c1/merge')?.body).toEqual({ loser_id: 'c2', loser_version: 1, take: ['first_name'] }));
  await userEvent.click(screen.getByRole('button', { name: 'Take apart' }));
  await waitFor(() => expect(calls.some((c) => c.path === '/merges/m1/unmerge')).toBe(true));
});
