import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, show } from '../../testing/render';
import ChannelsPage from './ChannelsPage';

const channel = { name: 'marketing', kind: 'slack', gathers: true, digests: true, due: 2, held: 1, oldest_due_at: null, delivered_at: null, error: 'notify hooks.slack.com: it answered 500', error_at: null };
const delivery = {
  id: '01A', channel: 'marketing', route: 'own', type: 'incident', incident_id: 'i1', title: 'Acme', phase: 'open', severity: 3, escalation: 0, state: 'waiting', held: '', told_with: '',
  attempts: 3, next_at: '2026-03-01T12:05:00Z', delivered_at: null, created_at: '2026-03-01T12:00:00Z', error: 'notify hooks.slack.com: it answered 500',
};
const route = {
  name: 'own', depth: 0, match: ['severity: from 3'], continue: true, channels: ['marketing'], group_by: ['monitor'], group_wait_seconds: 60, group_interval_seconds: 0, cooldown_seconds: 3600,
  quiet: true, escalate: [{ after_seconds: 600, channels: ['boss'] }], language: 'en', template: '',
};
const empty = { items: [], next: '' };

test('errors are seen, a test is sent, an alert is previewed', async () => {
  const calls = answer({
    'GET /channels': { items: [channel], next: '' },
    'GET /deliveries': { items: [delivery], next: '' },
    'GET /routes': { items: [route], digests: [], time_zone: 'UTC', language: 'en' },
    'GET /monitors': empty,
    'POST /channels/marketing/test': { delivered: false, error: 'notify hooks.slack.com: no answer in time' },
    'POST /routes/preview': {
      items: [{ route: 'own', cooldown_seconds: 0, group_by: [], template: '', template_error: '', title: '<b>Acme</b>', text: '- because', told: [{ channel: 'marketing', kind: 'slack', step: 0, at: '2026-03-01T12:00:00Z', held: 'quiet' }] }],
      next: '',
    },
  });
  const { container } = show(<ChannelsPage />, '/channels');
  const card = await screen.findByRole('article', { name: 'Channel marketing' });
  expect(within(card).getByText('2 wait for it, 1 for their time.')).toBeInTheDocument();
  await userEvent.click(within(card).getByRole('button', { name: 'Send a test' }));
  expect(await within(card).findByText('notify hooks.slack.com: no answer in time')).toBeInTheDocument();
  expect(await screen.findByText('severity: from 3 → marketing')).toBeInTheDocument();
  expect((await screen.findAllByText('notify hooks.slack.com: it answered 500')).length).toBe(2);
  await userEvent.click(screen.getByRole('button', { name: 'Show' }));
  expect(await screen.findByText(/after the quiet hours/)).toBeInTheDocument();
  expect(container.querySelector('code b')).toBeNull();
  expect(calls.find((c) => c.path === '/routes/preview')?.body).toMatchObject({ kind: 'firestorm', severity: 3 });
});

test('what was given up is tried again', async () => {
  const gone = { ...delivery, state: 'failed', next_at: null };
  const calls = answer({
    'GET /channels': { items: [channel], next: '' }, 'GET /deliveries': { items: [gone], next: '' }, 'GET /monitors': empty,
    'GET /routes': { items: [], digests: [], time_zone: 'UTC', language: 'en' }, 'POST /deliveries/01A/retry': { ...gone, state: 'waiting' },
  });
  show(<ChannelsPage />, '/channels');
  await userEvent.click(await screen.findByRole('button', { name: 'Try again: marketing, Acme, open' }));
  expect(calls.some((c) => c.method === 'POST' && c.path === '/deliveries/01A/retry')).toBe(true);
});

test('nothing is configured', async () => {
  answer({ 'GET /channels': empty, 'GET /deliveries': empty, 'GET /monitors': empty, 'GET /routes': { items: [], digests: [], time_zone: 'UTC', language: 'en' } });
  show(<ChannelsPage />, '/channels');
  expect(await screen.findByText('No channels')).toBeInTheDocument();
  expect(await screen.findByText('Nothing was told')).toBeInTheDocument();
  expect(await screen.findByText(/everything goes to every channel/)).toBeInTheDocument();
});
