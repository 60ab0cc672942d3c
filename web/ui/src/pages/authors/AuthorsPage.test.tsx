import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, problem, show } from '../../testing/render';
import AuthorsPage from './AuthorsPage';

const author = {
  id: 'a1', name: '<b>Anna</b>', handle: 'anna', url: 'https://social.example/@anna', network: 'mastodon', bio: '', location: 'Kiel', followers: 1200, bot: false,
  seen_at: '2026-03-01T12:00:00Z', group: 'customers', contact: { id: 'c1', name: 'Anna Vogt' },
};
const groups = {
  from: '2026-02-01T00:00:00Z', until: '2026-03-01T00:00:00Z',
  groups: ['customers', 'contacts', 'leads', 'unknown'].map((group, i) => ({ group, authors: i, mentions: 10 * i, negative: i, positive: 0, reach: 1000 * i })),
};
const all = { 'GET /authors': { items: [author], next: '' }, 'GET /authors/groups': groups, 'GET /sources': { items: [{ network: 'mastodon' }], next: '' }, 'GET /monitors': { items: [], next: '' } };

test('shows who they are, and what each group said', async () => {
  answer(all);
  show(<AuthorsPage />, '/authors');
  expect(screen.getByText('Loading Authors')).toBeInTheDocument();
  expect(await screen.findByText('<b>Anna</b>')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Anna Vogt' })).toHaveAttribute('href', '/contacts/c1');
  expect(screen.getByRole('link', { name: /Mentions by/ })).toHaveAttribute('href', '/mentions?author=a1');
  expect(await screen.findByRole('row', { name: /Leads 2 20 2 0/ })).toBeInTheDocument();
});

test('filters by group, and says when nobody is left', async () => {
  const calls = answer({ ...all, 'GET /authors': { items: [], next: '' } });
  show(<AuthorsPage />, '/authors?group=leads&network=mastodon');
  expect(await screen.findByText('No author matches this filter')).toBeInTheDocument();
  expect(calls.some((c) => c.path.startsWith('/authors?group=leads&network=mastodon'))).toBe(true);
  await userEvent.click(screen.getByRole('button', { name: 'Show all authors' }));
  await waitFor(() => expect(calls.some((c) => c.path.startsWith('/authors?limit'))).toBe(true));
  expect(await screen.findByText('Nobody was heard yet')).toBeInTheDocument();
});

test('says what went wrong', async () => {
  answer({ ...all, 'GET /authors': problem(500, 'It is broken', 'the database is away') });
  show(<AuthorsPage />, '/authors');
  expect(await screen.findByText('the database is away')).toBeInTheDocument();
});
