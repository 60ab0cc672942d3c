import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, problem, show } from '../../testing/render';
import AccessPage from './AccessPage';

const all = {
  'GET /users': { items: [{ id: 'u1', name: 'anna', email: 'anna@acme.example', roles: ['sales-rep'], unit_id: '', disabled: false, version: 5 }, { id: 'u2', name: 'bert', email: '', roles: [], unit_id: 'n', disabled: false }], next: '' },
  'GET /roles': { items: [{ name: 'sales-rep', label: 'Sales representative', grants: [], masks: [] }, { name: 'marketing', label: 'Marketing', grants: [], masks: [] }], next: '' },
  'GET /units': { items: [{ id: 'company', version: 1, name: 'Company', parent_id: '', manager_id: '', created_at: '', updated_at: '' }, { id: 'n', version: 4, name: 'North', parent_id: 'company', manager_id: '', created_at: '', updated_at: '' }], next: '' },
  'GET /teams': { items: [], next: '' },
};

test('a person gets a role; the unit is left as it is', async () => {
  const calls = answer({ ...all, 'PATCH /users/u1': {} });
  show(<AccessPage />, '/access');
  expect(await screen.findByText('no role')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Change anna' }));
  await userEvent.click(await screen.findByRole('combobox', { name: 'Roles' }));
  await userEvent.click(await screen.findByRole('option', { name: 'Marketing' }));
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  const saved = calls.filter((c) => c.method !== 'GET');
  expect(saved).toEqual([{ method: 'PATCH', path: '/users/u1', body: { roles: ['sales-rep', 'marketing'] } }]);
  expect(saved[0]?.version).toBe('"5"');
});

test('somebody is added, and gets a link to set their password by', async () => {
  const link = { url: '/set-password#SECRET', token: 'SECRET', expires_at: '2026-03-04T12:00:00Z' };
  const calls = answer({ ...all, 'POST /users': new Response(JSON.stringify({ user: {}, link }), { status: 201 }) });
  show(<AccessPage />, '/access');
  await userEvent.click(await screen.findByRole('button', { name: 'Add somebody' }));
  await userEvent.type(await screen.findByRole('textbox', { name: /^Name/ }), 'carl');
  await userEvent.type(screen.getByRole('textbox', { name: /^E-mail/ }), 'carl@acme.example');
  await userEvent.click(screen.getByRole('button', { name: 'Add' }));
  expect(await screen.findByText(/\/set-password#SECRET$/)).toBeInTheDocument();
  expect(calls.find((c) => c.method === 'POST')?.body).toEqual({ name: 'carl', email: 'carl@acme.example', roles: [] });
});

test('who is kept out is shown when asked for, and let in again', async () => {
  const gone = { id: 'u3', name: 'gone', email: '', roles: [], unit_id: '', disabled: true };
  const calls = answer({ ...all, 'GET /users?disabled=true': { items: [gone], next: '' }, 'PATCH /users/u3': {} });
  show(<AccessPage />, '/access');
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Show who is kept out' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Change gone' }));
  expect(screen.queryByRole('button', { name: 'Make a link to set a password' })).not.toBeInTheDocument();
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Kept out' }));
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(calls.find((c) => c.method === 'PATCH')?.body).toEqual({ disabled: false }));
});

test('the last administrator stays one', async () => {
  answer({ ...all, 'PATCH /users/u1': problem(422, 'Some fields cannot be taken', 'roles: nobody would be left who may change users and roles') });
  show(<AccessPage />, '/access?part=people');
  await userEvent.click(await screen.findByRole('button', { name: 'Change anna' }));
  await userEvent.click(await screen.findByRole('combobox', { name: 'Roles' }));
  await userEvent.click(await screen.findByRole('option', { name: 'Sales representative' }));
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText(/nobody would be left/)).toBeInTheDocument();
});

test('units stand below one another with who is in them', async () => {
  const calls = answer({ ...all, 'PUT /units/n': {} });
  show(<AccessPage />, '/access?part=units');
  const tree = await screen.findByRole('list', { name: 'Business units' });
  await within(tree).findByText('bert');
  expect(within(tree).queryByRole('button', { name: 'Delete Company' })).not.toBeInTheDocument();
  await userEvent.click(within(tree).getByRole('button', { name: 'Change North' }));
  await userEvent.clear(await screen.findByLabelText(/Name/));
  await userEvent.type(screen.getByLabelText(/Name/), 'Nord');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(calls.find((c) => c.method === 'PUT')?.body).toEqual({ name: 'Nord', manager_id: '', parent_id: 'company' }));
});

test('only the parts that somebody’s roles reach are there', async () => {
  answer({ ...all, 'GET /session': { user: { id: 'u1', name: 'anna' }, grants: ['user:read', 'team:read'], now: '2026-03-01T12:00:00Z', version: '1' } });
  show(<AccessPage />, '/access?part=roles');
  await waitFor(() => expect(screen.getAllByRole('tab').map((t) => t.textContent)).toEqual(['People', 'Teams']));
  expect(screen.queryByRole('button', { name: 'Change anna' })).not.toBeInTheDocument();
  await userEvent.click(screen.getByRole('tab', { name: 'Teams' }));
  expect(await screen.findByText('No team yet')).toBeInTheDocument();
});
