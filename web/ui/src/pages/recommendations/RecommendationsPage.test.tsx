import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, show } from '../../testing/render';
import AdvocatesPage from '../advocates/AdvocatesPage';
import RecommendationsPage from './RecommendationsPage';

const author = { id: 'a', handle: 'ada', name: 'Ada', url: '', followers: 3 };
const mention = {
  post_id: 'p1', monitor_id: 'm1', monitor: 'Oak', network: 'bluesky', kind: 'post', url: '', text: 'Buy oak', posted_at: '2026-03-01T12:00:00Z', author, language: 'en', polarity: 'positive', score: 0.5,
  confidence: 0.9, intent: 'recommendation', intent_confidence: 0.9, reach: 3, engagement: 7, source: 's', model: '',
};
const monitors = { items: [{ id: 'm1', name: 'Oak' }], next: '' };

test('a recommendation becomes a lead or a reference in one step', async () => {
  const calls = answer({ 'GET /recommendations/waiting': { items: [{ mention, suggestion: 'reference' }], next: '' }, 'GET /monitors': monitors, 'POST /recommendations': {} });
  show(<RecommendationsPage />, '/recommendations');
  await userEvent.click(await screen.findByRole('button', { name: 'Ask for a reference' }));
  await waitFor(() => expect(calls.some((c) => c.method === 'POST' && JSON.stringify(c.body) === '{"post_id":"p1","became":"reference"}')).toBe(true));
});

test('says that nothing waits', async () => {
  answer({ 'GET /recommendations/waiting': { items: [], next: '' }, 'GET /monitors': monitors });
  show(<RecommendationsPage />, '/recommendations');
  expect(await screen.findByText('Nothing to decide')).toBeInTheDocument();
});

test('ranks advocates, and critics', async () => {
  const person = { author, standing: 3.14, posts: 2, positive: 2, negative: 0, recommendations: 1, complaints: 0, helpful: 0, engagement: 7, reach: 42, top_post: mention };
  const calls = answer({ 'GET /monitors': monitors, 'GET /monitors/m1/people': { items: [person], next: '' } });
  show(<AdvocatesPage />, '/advocates');
  expect(await screen.findByText('3.1')).toBeInTheDocument();
  await userEvent.click(screen.getByText('Critics'));
  await waitFor(() => expect(calls.some((c) => c.path.includes('side=critics'))).toBe(true));
});
