import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router';
import { expect, test } from 'vitest';
import { answer, problem, show } from '../../testing/render';
import CampaignPage from './CampaignPage';
import CampaignsPage from './CampaignsPage';

const meta = { version: 1, created_at: '2026-03-01T12:00:00Z', updated_at: '2026-03-01T12:00:00Z' };
const campaign = {
  id: 'c1', ...meta, name: 'Oak ideas', kind: 'idea', status: 'active', owner_id: 'u', owner_name: 'Maria', parent_id: '', parent_name: '', budget: { amount: 90000, currency: 'EUR' },
  cost: { amount: 0, currency: 'EUR' }, monitor_ids: ['m1'], monitors: [{ id: 'm1', name: 'Oak' }], hashtag: 'oakidea', seeks: 'slogan', thanks: '', notes: '', fields: {},
};
const results = {
  members: 4, responded: 3, passed_over: 0, responses: [{ response: 'registered', channel: 'portal', count: 3, people: 3 }], social: { mentions: 9, authors: 4, contacts: 1, positive: 5, negative: 1, reach: 4200 },
  leads: { key: '', name: '', leads: 2, milestones: [{ milestone: 'unqualified', reached: 2, conversion: 1, median_hours: 0, timed: 0 }], accepted: 0, disqualified: 0, recycled: 0, open: 2, reasons: [], revenue: [], small: true },
  opportunities: [{ state: 'won', currency: 'EUR', count: 1, amount: 150000 }], revenue: [{ currency: 'EUR', invoiced: 125000, paid: 148750 }], ideas: { new: 1 }, references: {}, spent: { amount: 90000, currency: 'EUR' },
  cost_per_lead: { amount: 45000, currency: 'EUR' }, return: 0.3889, parts: [],
};
const mention = {
  post_id: 'p1', monitor_id: 'm1', monitor: 'Oak', network: 'bluesky', kind: 'post', url: 'https://bsky.app/p1', text: '<b>Sit better</b> #oakidea', posted_at: '2026-03-01T12:00:00Z',
  author: { id: 'a', handle: 'ada', name: 'Ada', url: '', followers: 3 }, language: 'en', polarity: 'positive', score: 0.5, confidence: 0.9, intent: 'none', intent_confidence: 0, reach: 3, engagement: 7, source: 's', model: '',
};
const idea = { id: 'i1', ...meta, campaign_id: 'c1', post_id: 'p1', author_id: 'a', group_id: 'i1', kind: 'slogan', status: 'new', title: '', reason: '', posted_at: meta.created_at, likes: 7, shares: 0, replies: 0, mention };
const board = { items: [{ id: 'i1', support: { likes: 7, shares: 0, replies: 0, against: 0, score: 7 }, first: idea, others: [] }], next: '', statuses: { new: 1 } };

const page = (path: string) =>
  show(
    <Routes>
      <Route path="/campaigns/:id" element={<CampaignPage />} />
    </Routes>,
    path,
  );

test('the list says what is missing, and filters', async () => {
  const calls = answer({ 'GET /campaigns': { items: [], next: '' } });
  show(<CampaignsPage />, '/campaigns?kind=idea');
  expect(await screen.findByText('No campaign matches this filter')).toBeInTheDocument();
  expect(calls.some((c) => c.path.includes('kind=idea'))).toBe(true);
});

test('shows what a campaign brought, to the return', async () => {
  answer({ 'GET /campaigns/c1': campaign, 'GET /campaigns/c1/results': results });
  page('/campaigns/c1');
  expect(await screen.findByText('38.9%')).toBeInTheDocument();
  expect(screen.getByText('€450.00')).toBeInTheDocument();
  expect(screen.getByRole('row', { name: /Registered portal 3 3/ })).toBeInTheDocument();
  expect(screen.getByText(/9 mentions by 4 authors, 1 of them contacts/)).toBeInTheDocument();
});

test('an idea is shortlisted, and its author thanked by a person', async () => {
  const calls = answer({ 'GET /campaigns/c1': campaign, 'GET /campaigns/c1/ideas': board, 'PATCH /ideas/i1': idea, 'GET /ideas/i1/thanks': { text: '@ada Thank you!', url: 'https://bsky.app/p1' } });
  page('/campaigns/c1?show=ideas');
  expect(await screen.findByText('<b>Sit better</b> #oakidea')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Shortlist' }));
  await waitFor(() => expect(calls.some((c) => c.method === 'PATCH' && JSON.stringify(c.body) === '{"status":"shortlisted"}')).toBe(true));
  await userEvent.click(screen.getByRole('button', { name: 'Thank' }));
  expect(await screen.findByDisplayValue('@ada Thank you!')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'I have sent it' }));
  await waitFor(() => expect(calls.some((c) => JSON.stringify(c.body) === '{"status":"thanked"}')).toBe(true));
});

test('a file is tried before it is imported', async () => {
  const report = { read: 2, created: 1, updated: 0, unchanged: 0, refused: 1, refusals: [{ line: 3, column: 'email', reason: 'nobody on file has it' }], columns: {}, ignored: ['shoe size'], opened: 1, errors: 'email\nx\n' };
  const calls = answer({ 'GET /campaigns/c1': campaign, 'GET /campaigns/c1/responses': { items: [], next: '' }, 'POST /campaigns/c1/responses/import': report });
  page('/campaigns/c1?show=responses');
  expect(await screen.findByText('No responses yet')).toBeInTheDocument();
  const input = document.querySelector<HTMLInputElement>('input[type=file]');
  if (!input) throw new Error('there is no field for a file');
  await userEvent.upload(input, new File(['email\nx\n'], 'r.csv', { type: 'text/csv' }));
  await userEvent.click(screen.getByRole('button', { name: 'Try it' }));
  expect(await screen.findByText(/2 rows: 1 new, 0 known, 1 refused; 1 leads would open. Left out: shoe size./)).toBeInTheDocument();
  expect(screen.getByText('Line 3, email: nobody on file has it')).toBeInTheDocument();
  expect(calls.some((c) => c.path.includes('dry_run=true'))).toBe(true);
});

test('says what went wrong', async () => {
  answer({ 'GET /campaigns/c1': problem(404, 'There is no such thing', 'load campaign c1: there is no such record') });
  page('/campaigns/c1');
  expect(await screen.findByText(/there is no such record/)).toBeInTheDocument();
});
