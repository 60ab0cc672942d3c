import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, show } from '../../testing/render';
import WebhooksPage from './WebhooksPage';

const webhook = {
  id: 'w1', version: 1, created_at: '2026-03-01T12:00:00Z', updated_at: '2026-03-01T12:00:00Z', name: 'ERP', url: 'https://erp.example/hook', host: 'erp.example', types: ['account'], actions: [],
  state: 'paused', owner_id: 'u1', owner: 'anna', failing_since: '2026-03-01T12:00:00Z',
};
const delivery = {
  webhook_id: 'w1', id: 'd1', message_id: 'm1', type: 'account', action: 'create', record_id: 'account:a1', body: '{"type":"account.create"}', state: 'failed', attempts: 3,
  tried_at: '2026-03-01T12:00:00Z', status: 500, duration_ms: 12, error: 'it answered 500', since: '2026-03-01T12:00:00Z',
};

test('a new webhook shows its secret once', async () => {
  const calls = answer({ 'GET /webhooks': { items: [], next: '' }, 'POST /webhooks': { ...webhook, state: 'active', secret: 'whsec_abc' } });
  show(<WebhooksPage />, '/webhooks');
  expect(await screen.findByText('No webhooks yet')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'New webhook' }));
  await userEvent.type(await screen.findByLabelText(/Name/), 'ERP');
  await userEvent.type(screen.getByLabelText(/Address/), 'https://erp.example/hook');
  await userEvent.click(screen.getByRole('button', { name: 'Make it' }));
  expect(await screen.findByText('whsec_abc')).toBeInTheDocument();
  expect(calls.find((c) => c.method === 'POST')?.body).toMatchObject({ name: 'ERP', url: 'https://erp.example/hook' });
});

test('a paused one says why, is switched on, and its log says what became of what', async () => {
  const calls = answer({ 'GET /webhooks': { items: [webhook], next: '' }, 'GET /webhooks/w1/deliveries': { items: [delivery], next: '' }, [`GET /webhooks/w1/deliveries/${delivery.id}/attempts`]: { items: [{ id: 'a1', at: '2026-03-01T12:00:00Z', status: 502, duration_ms: 31, error: 'it answered 502' }], next: '' }, 'PUT /webhooks/w1': webhook });
  show(<WebhooksPage />, '/webhooks');
  const card = await screen.findByRole('article', { name: 'Webhook ERP' });
  expect(within(card).getByText('Paused')).toBeInTheDocument();
  await userEvent.click(within(card).getByRole('button', { name: 'Log' }));
  expect(await within(card).findByText('it answered 500')).toBeInTheDocument();
  await userEvent.click(within(card).getByRole('button', { name: /^Show what was posted/ }));
  expect(await within(card).findByText(/502 in 31 ms · it answered 502/)).toBeInTheDocument();
  await userEvent.click(within(card).getByRole('button', { name: 'Switch on' }));
  expect(calls.find((c) => c.method === 'PUT')?.body).toMatchObject({ state: 'active', name: 'ERP' });
});
