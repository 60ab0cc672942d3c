import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, show } from '../../testing/render';
import { growth, points } from './MeasuresPanel';
import MeasuresPage from './MeasuresPage';

const none = { mentions: null, share_of_voice: null, sentiment_index: null, reach: null, engagement: null };
const figures = { mentions: 0, negative: 0, positive: 0, share_of_voice: null, sentiment_index: null, reach: 0, engagement: 0 };
const window = { from: '2026-02-23T12:00:00Z', until: '2026-03-02T12:00:00Z', before: '2026-02-16T12:00:00Z', next: '' };

test('monitors are compared with their trend and the formulas', async () => {
  answer({
    'GET /measures': {
      ...window,
      items: [
        { monitor_id: 'm1', name: 'Acme', kind: 'own', now: { ...figures, mentions: 30, share_of_voice: 0.75, sentiment_index: -2.5, reach: 900, engagement: 12 }, earlier: { ...figures, mentions: 20 }, trend: { ...none, mentions: 0.5, share_of_voice: -0.05 } },
        { monitor_id: 'm2', name: 'Rival', kind: 'competitor', now: { ...figures, mentions: 10, share_of_voice: 0.25 }, earlier: figures, trend: none },
      ],
    },
  });
  show(<MeasuresPage />, '/measures');
  const [acme, rival] = await screen.findAllByTestId('measure');
  expect(within(acme as HTMLElement).getByText('trend +50%')).toBeInTheDocument();
  expect(within(acme as HTMLElement).getByText('trend −5 points')).toBeInTheDocument();
  expect(within(acme as HTMLElement).getByText('−2.5')).toBeInTheDocument();
  expect(within(rival as HTMLElement).getAllByText('no trend')).toHaveLength(5);
  expect(screen.getAllByTestId('share').map((s) => s.textContent)).toEqual(['Acme75% of 40', 'Rival25% of 40']);
  expect(screen.getByText('10 · (positive − negative) / (positive + negative); a dash when there is neither')).toBeInTheDocument();
});

test('the empty page says what to do, and another period is asked for', async () => {
  const calls = answer({ 'GET /measures': { ...window, items: [] } });
  show(<MeasuresPage />, '/measures');
  expect(await screen.findByText('Nothing to measure yet')).toBeInTheDocument();
  await userEvent.click(screen.getByText('Kinds'));
  expect(calls.at(-1)?.path).toContain('by=kind');
});

test('trends are told with their sign', () => {
  expect([growth(null), growth(0), growth(-0.5), growth(2), points(0.031)]).toEqual([null, '0%', '−50%', '+200%', '+3.1 points']);
});
