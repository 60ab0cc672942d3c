import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { answer, show } from '../../testing/render';
import FeedbackPage from './FeedbackPage';

test('the report shows how far leads came, and marks small numbers', async () => {
  const row = {
    key: 'mention', name: 'mention', leads: 4, small: true, accepted: 1, disqualified: 1, recycled: 0, open: 2,
    milestones: [{ milestone: 'unqualified', reached: 4, conversion: 1, median_hours: 0, timed: 0 }, { milestone: 'marketing-qualified', reached: 2, conversion: 0.5, median_hours: 3, timed: 2 }],
    reasons: [{ outcome: 'disqualified', code: 'no-need', count: 1 }], revenue: [{ currency: 'EUR', invoiced: 10_000, paid: 11_900 }],
  };
  answer({ 'GET /feedback': { from: '', until: '', by: 'source', items: [row] }, 'GET /feedback/disagreement': { from: '', until: '', items: [] } });
  show(<FeedbackPage />, '/feedback');
  expect(await screen.findByText(/too few to conclude from/)).toBeInTheDocument();
  expect(screen.getByText(/2 · 50 % of those before · 3 h, median of 2/)).toBeInTheDocument();
  expect(screen.getByText(/Invoiced €100.00 net, paid €119.00/)).toBeInTheDocument();
  expect(await screen.findByText('Nobody has decided yet')).toBeInTheDocument();
});
