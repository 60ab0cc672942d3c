import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, problem, show } from '../testing/render';
import { SightButton } from './SightButton';

const share = { id: 's1', record_type: 'lead', record_id: 'l1', subject_type: 'team', subject_id: 't1', subject_name: '<b>North</b>', writes: true, reason: 'stands in', shared_by: 'u1', shared_by_name: 'anna', shared_at: '2026-03-01T12:00:00Z' };
const all = {
  'GET /leads/l1/shares': { items: [share], next: '' },
  'GET /users': { items: [{ id: 'u1', name: 'anna', roles: [], unit_id: '' }, { id: 'u2', name: 'bert', roles: [], unit_id: '' }], next: '' },
  'GET /teams': { items: [], next: '' },
};
const sight = <SightButton record={{ type: 'lead', id: 'l1' }} owner="u1" version={1} />;

test('a record is shared with a person, and a share is ended', async () => {
  const calls = answer({ ...all, 'POST /leads/l1/shares': share, 'DELETE /leads/l1/shares/s1': new Response(null, { status: 204 }) });
  show(sight);
  await userEvent.click(screen.getByRole('button', { name: 'Who sees it' }));
  expect(await screen.findByText('may change it')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Share' })).toBeDisabled();
  await userEvent.click(screen.getByRole('combobox', { name: 'Share with' }));
  await userEvent.click(await screen.findByRole('option', { name: 'bert' }));
  await userEvent.type(screen.getByLabelText(/Reason/), 'knows them');
  await userEvent.click(screen.getByRole('button', { name: 'Share' }));
  await waitFor(() => expect(calls.find((c) => c.method === 'POST')?.body).toEqual({ subject_type: 'user', subject_id: 'u2', reason: 'knows them', writes: false }));
  await userEvent.click(screen.getByRole('button', { name: 'End sharing with <b>North</b>' }));
  await waitFor(() => expect(calls.some((c) => c.method === 'DELETE' && c.path === '/leads/l1/shares/s1')).toBe(true));
});

test('says why somebody cannot see it', async () => {
  answer({ ...all, 'GET /access/explain': { user: 'bert', user_id: 'u2', record_type: 'lead', record_id: 'l1', action: 'read', allowed: false, needed: 'lead:read:all', reasons: [], sentence: 'bert may not read this lead: no role of theirs grants lead:read:all or wider.' } });
  show(sight);
  await userEvent.click(screen.getByRole('button', { name: 'Who sees it' }));
  await userEvent.click(screen.getByRole('tab', { name: 'Why' }));
  expect(await screen.findByText('bert may not')).toBeInTheDocument();
  expect(screen.getByText(/no role of theirs grants lead:read:all/)).toBeInTheDocument();
});

test('who may only read finds no way to share or to give it away', async () => {
  answer({ ...all, 'GET /session': { user: { id: 'u1', name: 'anna' }, grants: ['lead:read'], now: '2026-03-01T12:00:00Z', version: '1' }, 'GET /leads/l1/participants': problem(500, 'It is broken', 'the database is away') });
  show(sight);
  await userEvent.click(screen.getByRole('button', { name: 'Who sees it' }));
  expect(await screen.findByText('may change it')).toBeInTheDocument();
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Share' })).not.toBeInTheDocument());
  await userEvent.click(screen.getByRole('tab', { name: 'Owner' }));
  expect(screen.getByText(/do not let you give it/)).toBeInTheDocument();
});
