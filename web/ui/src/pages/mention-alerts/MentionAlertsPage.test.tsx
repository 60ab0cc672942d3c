import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, problem, show } from '../../testing/render';
import { mention } from '../../testing/samples';
import MentionAlertsPage from './MentionAlertsPage';

const monitor = { id: 'm1', name: 'Acme', kind: 'own', query: 'acme', enabled: true, created_at: '2026-03-01T12:00:00Z', updated_at: '2026-03-01T12:00:00Z' };
const rule = { id: 'r1', monitor_id: 'm1', monitor: 'Acme', name: 'Loud', kind: 'influential_author', followers: 50_000, most_per_hour: 10, enabled: true, version: 2, created_at: '2026-03-01T12:00:00Z', updated_at: '2026-03-01T12:00:00Z' };
const alert = { id: 'a1', rule_id: 'r1', reasons: ['Loud: the author has 120,000 followers'], monitor_id: 'm1', monitor: 'Acme', posted_at: '2026-03-01T12:00:00Z', created_at: '2026-03-01T12:00:00Z', told_at: null, together: false, mention };
const empty = { items: [], next: '' };

test('a rule is made; what the server refuses stands at its field', async () => {
  const calls = answer({
    'GET /monitors': { items: [monitor], next: '' },
    'GET /mention-rules': empty,
    'GET /mention-alerts': empty,
    'POST /mention-rules': problem(422, 'Some fields cannot be taken', 'query: at character 5: want a term', [{ location: 'body.query', message: 'want a term' }]),
  });
  show(<MentionAlertsPage />, '/mention-alerts?monitor=m1');
  expect(await screen.findByText('No rules yet')).toBeInTheDocument();
  expect(await screen.findByText('No alerts yet')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'New rule' }));
  const dialog = await screen.findByRole('dialog');
  await userEvent.type(within(dialog).getByLabelText(/Name/), 'Danger');
  await userEvent.click(within(dialog).getByRole('combobox', { name: 'Alerts on' }));
  await userEvent.click(await screen.findByText('Keyword'));
  expect(within(dialog).queryByLabelText('Followers, at least')).toBeNull();
  await userEvent.type(within(dialog).getByLabelText(/Query/), '(a OR');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Create' }));
  expect(await within(dialog).findByText('want a term')).toBeInTheDocument();
  expect(calls.find((c) => c.method === 'POST')?.body).toEqual({
    name: 'Danger', kind: 'keyword', followers: 0, reach: 0, polarity: '', query: '(a OR', most_per_hour: 10, enabled: true, monitor_id: 'm1',
  });
});

test('rules and alerts are listed, and a rule is switched off', async () => {
  const calls = answer({
    'GET /monitors': { items: [monitor], next: '' },
    'GET /mention-rules': { items: [rule], next: '' },
    'GET /mention-alerts': { items: [alert], next: '' },
    'PUT /mention-rules/r1': { ...rule, enabled: false },
  });
  const { container } = show(<MentionAlertsPage />, '/mention-alerts');
  expect(await screen.findByText('from 50,000 followers, at most 10 an hour, the rest together')).toBeInTheDocument();
  expect(await screen.findByText('Loud: the author has 120,000 followers')).toBeInTheDocument();
  expect(screen.getByText('Waits to be told')).toBeInTheDocument();
  expect(container.querySelector('img')).toBeNull();
  await userEvent.click(screen.getByRole('switch', { name: 'Alert by Loud' }));
  await waitFor(() => expect(calls.find((c) => c.method === 'PUT')?.body).toMatchObject({ name: 'Loud', enabled: false, followers: 50_000 }));
});
