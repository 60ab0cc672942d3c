import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router';
import { expect, test } from 'vitest';
import { answer, problem, show } from '../../testing/render';
import RolePage from './RolePage';

const types = {
  items: [
    { name: 'lead', actions: ['read', 'create', 'update'], levels: ['none', 'own', 'team', 'territory', 'unit', 'all'] },
    { name: 'tide', actions: ['read'], levels: ['none', 'all'] },
  ],
  next: '',
};
const rep = { name: 'sales-rep', label: 'Sales representative', grants: [{ type: 'lead', action: '*', level: 'team' }], masks: [] };
const session = (...grants: string[]) => ({ user: { id: 'u1', name: 'admin' }, grants, now: '2026-03-01T12:00:00Z', version: '1' });
const all = { 'GET /roles': { items: [rep], next: '' }, 'GET /access/types': types, 'GET /session': session('role:update') };

const pages = (
  <Routes>
    <Route path="/access/new-role" element={<RolePage />} />
    <Route path="/access/roles/:name" element={<RolePage />} />
    <Route path="/access" element={<p>All roles</p>} />
  </Routes>
);

test('a cell shows what counts, and is changed', async () => {
  const calls = answer({ ...all, 'PUT /roles/sales-rep': rep });
  show(pages, '/access/roles/sales-rep');
  const read = await screen.findByRole('combobox', { name: 'Leads: Read' });
  expect(read).toHaveDisplayValue('(team)');
  expect(screen.queryByRole('combobox', { name: 'Leads: Delete' })).not.toBeInTheDocument();
  expect(within(screen.getByRole('combobox', { name: 'Tide: Read' })).getAllByRole('option').map((o) => o.textContent)).toEqual(['(none)', 'None', 'All']); // a type that has no name here yet
  await userEvent.selectOptions(read, 'all');
  await userEvent.click(screen.getByRole('button', { name: 'Mask a field' }));
  await userEvent.type(screen.getByRole('combobox', { name: 'Field' }), 'amount');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('All roles')).toBeInTheDocument();
  expect(calls.find((c) => c.method === 'PUT')?.body).toEqual({
    label: 'Sales representative',
    grants: [{ type: 'lead', action: '*', level: 'team' }, { type: 'lead', action: 'read', level: 'all' }],
    masks: [{ type: 'opportunity', field: 'amount', hidden: true }],
  });
});

test('a copy has the grants, and a name of its own', async () => {
  const calls = answer({ ...all, 'PUT /roles/rep-for-hotels': problem(422, 'Some fields cannot be taken', 'grants: nobody would be left', []) });
  show(pages, '/access/new-role?from=sales-rep');
  await userEvent.type(await screen.findByLabelText(/What it is called/), 'Rep for Hôtels!');
  expect(screen.getByText('Its name in the API: rep-for-hotels')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('grants: nobody would be left')).toBeInTheDocument();
  expect(calls.find((c) => c.method === 'PUT')?.body).toMatchObject({ label: 'Rep for Hôtels!', grants: rep.grants });
});

test('who may not change roles reads them; one that is gone is told', async () => {
  answer({ ...all, 'GET /session': session('role:read') });
  const first = show(pages, '/access/roles/sales-rep');
  expect(await screen.findByRole('combobox', { name: 'Leads: Any action' })).toBeInTheDocument();
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Save' })).not.toBeInTheDocument());
  expect(screen.getByRole('combobox', { name: 'Leads: Any action' })).toBeDisabled();
  first.unmount();
  show(pages, '/access/roles/nix');
  expect(await screen.findByText('There is no role “nix”')).toBeInTheDocument();
});
