import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { answer, show } from '../../testing/render';
import FeedbackPage from './FeedbackPage';

test('the report shows how far leads came, and marks small numbers', async () => {
  const row = {
    key: 'mention', name: 'mention', leads: 4, small: true, accepted: 1, disqualified: 1, recycled: 0, open: 2,
    milestones: [{ milestone: 'unqualified', reached: 4, conversion: 1, median_hours: 0, timed: 0 }, { milestone: 'marketing-qualified', reached: 2, conversion: 0.5, median_hours: 3, timed: 2 }],
    decisions: { accepted: 1, disqualified: 1, recycled: 2, came_back: 1, accepted_later: 1 },
    reasons: [{ outcome: 'recycled', code: 'other', count: 2 }, { outcome: 'disqualified', code: 'no-need', count: 1 }], revenue: [{ currency: 'EUR', invoiced: 10_000, paid: 11_900 }],
  };
  answer({ 'GET /reasons?outcome=recycled': { items: [{ outcome: 'recycled', code: 'other', label: 'Wait for it' }] }, 'GET /reasons?outcome=won': { items: [{ outcome: 'won', code: 'other', label: 'Luck' }] }, 'GET /feedback': { from: '', until: '', by: 'source', items: [row] }, 'GET /feedback/disagreement': { from: '', until: '', items: [] } });
  show(<FeedbackPage />, '/feedback');
  expect(await screen.findByText(/too few to conclude from/)).toBeInTheDocument();
  expect(screen.getByText(/2 · 50 % of those before · 3 h, median of 2/)).toBeInTheDocument();
  expect(screen.getByText(/Invoiced €100.00 net, paid €119.00/)).toBeInTheDocument();
  expect(screen.getByText('Decisions: 1 to accept · 1 to disqualify · 2 to recycle; 1 lead came back, 1 accepted then')).toBeInTheDocument();
  expect(await screen.findByText('Why not: Wait for it (recycled) 2, no-need (disqualified) 1')).toBeInTheDocument();
  expect(screen.queryByRole('region', { name: 'Opportunities' })).not.toBeInTheDocument(); // who asks may not see them
  expect(await screen.findByText('Nobody has decided yet')).toBeInTheDocument();
});

test('the report shows how opportunities ended, and what followed', async () => {
  const stage = { process_id: 'default', tasks: 0, done: 0 };
  const opportunities = {
    count: 4, open: 1, won: 2, lost: 1, unfit: 1, win_rate: 0.6667, small: true,
    reasons: [{ outcome: 'won', code: 'price', count: 2 }, { outcome: 'lost', code: 'fit', count: 1 }],
    follow_up: [{ ...stage, outcome: 'won', stage: 'Hand over', reached: 2, tasks: 2, done: 1 }, { ...stage, outcome: 'won', stage: 'Look after', reached: 1 }, { ...stage, outcome: 'lost', stage: 'Review', reached: 1 }],
    answers: [{ outcome: 'won', field: 'satisfied', value: 'very', count: 1 }, { outcome: 'won', field: 'again', value: 'true', count: 1 }],
  };
  const row = { key: 'form', name: 'form', leads: 4, small: true, accepted: 4, disqualified: 0, recycled: 0, open: 0, milestones: [], decisions: { accepted: 4, disqualified: 0, recycled: 0, came_back: 0, accepted_later: 0 }, reasons: [], revenue: [], opportunities };
  const field = { name: 'satisfied', labels: { en: 'How satisfied' }, choices: [{ value: 'very', labels: { en: 'Very much' } }] };
  answer({
    'GET /feedback': { from: '', until: '', by: 'source', items: [row] },
    'GET /feedback/disagreement': { from: '', until: '', items: [] },
    'GET /fields': { items: [field], next: '' },
    'GET /reasons?outcome=lost': { items: [{ outcome: 'lost', code: 'fit', label: 'Does not fit the need' }] },
  });
  show(<FeedbackPage />, '/feedback');
  const sales = within(await screen.findByRole('region', { name: 'Opportunities' }));
  sales.getByText('1 open · 2 won · 1 lost, 1 of them no potential customer · 67 % of the closed won, too few to conclude from');
  await sales.findByText('Lost for: Does not fit the need 1');
  sales.getByText('Won for: price 2');
  sales.getByText('After the sale: Hand over 2 (1 of 2 tasks done) · Look after 1');
  sales.getByText('After the loss: Review 1');
  await sales.findByText('How satisfied: Very much 1');
  sales.getByText('again: yes 1');
});
