import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router';
import { expect, test } from 'vitest';
import type { Account } from '../../api/types';
import { answer, problem, show } from '../../testing/render';
import { compared, MergePanel } from './MergePanel';

const account = (id: string, name: string, more: Partial<Account> = {}) =>
  ({ id, name, domain: '', industry: '', postal_code: '', city: '', country: '', employees: 0, external_id: '', version: 1, created_at: '2026-03-01T12:00:00Z', updated_at: '2026-03-01T12:00:00Z', ...more }) as Account;
const here = account('a1', 'Acme', { city: 'Berlin' });
const other = account('a2', 'ACME GmbH', { city: 'Bonn', employees: 1200 });
const merged = { id: 'm1', winner_id: 'a1', loser_id: 'a2', loser: other, filled: ['employees'], moved: {}, merged_at: '2026-03-01T12:00:00Z', merged_by: 'u1', reason: 'one company', unmerged_at: null, unmerged_by: '' };
const list = { 'GET /accounts/a1/merges': { items: [], next: '' }, 'GET /accounts': { items: [here, other], next: '' }, 'GET /accounts/a2': other };

function open(more: Record<string, unknown> = {}) {
  const calls = answer({ ...list, ...more });
  show(
    <Routes>
      <Route path="/" element={<MergePanel account={here} />} />
      <Route path="/accounts/a2" element={<p>the other account</p>} />
    </Routes>,
  );
  return calls;
}

async function choose() {
  await userEvent.click(await screen.findByRole('button', { name: 'Merge with another' }));
  const dialog = await screen.findByRole('dialog');
  await userEvent.click(within(dialog).getByRole('combobox', { name: 'The same company' }));
  expect(screen.queryByRole('option', { name: 'Acme' })).not.toBeInTheDocument(); // not with itself
  await userEvent.click(await screen.findByRole('option', { name: 'ACME GmbH' }));
  return dialog;
}

test('what the winner does not say is filled, and its own stays', () => {
  const rows = compared(here, other);
  expect(rows.find((r) => r.name === 'City')).toEqual({ name: 'City', stays: 'Berlin', goes: 'Bonn', filled: false });
  expect(rows.find((r) => r.name === 'Employees')).toEqual({ name: 'Employees', stays: '', goes: '1,200', filled: true });
  expect(rows.map((r) => r.name)).toEqual(['Name', 'City', 'Employees', 'Opened']);
});

test.each([
  ['is given away by who may', ['account:merge', 'account:assign', 'user:read'], 2],
  ['stays nobody’s for who may not', ['account:merge', 'user:read'], 1],
])('the owner of an account %s', async (_, grants, times) => {
  open({ 'GET /session': { grants }, 'GET /accounts/a2': { ...other, owner_id: 'u2' }, 'GET /users': { items: [{ id: 'u2', name: 'lena' }], next: '' } });
  const dialog = await choose();
  await waitFor(() => expect(within(dialog).queryAllByText('lena')).toHaveLength(times));
});

test('another account is chosen, looked at and made part of this one', async () => {
  const calls = open({ 'POST /accounts/a1/merge': merged });
  const dialog = await choose();
  await userEvent.type(await within(dialog).findByLabelText('Reason'), 'one company');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Merge' }));
  await waitFor(() => expect(calls.find((c) => c.path === '/accounts/a1/merge')?.body).toEqual({ loser_id: 'a2', reason: 'one company' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
});

test('turned round, this account goes, and the page goes to the other', async () => {
  const calls = open({ 'POST /accounts/a2/merge': merged });
  const dialog = await choose();
  await userEvent.click(await within(dialog).findByRole('button', { name: 'Turn round' }));
  await userEvent.click(within(dialog).getByRole('button', { name: 'Merge' }));
  expect(await screen.findByText('the other account')).toBeInTheDocument();
  expect(calls.find((c) => c.path === '/accounts/a2/merge')?.body).toEqual({ loser_id: 'a1', reason: '' });
});

test('a merge is taken apart, and a refusal says why', async () => {
  const calls = open({ 'GET /accounts/a1/merges': { items: [merged], next: '' }, 'POST /account-merges/m1/undo': problem(409, 'It does not fit', 'take that apart first') });
  expect(await screen.findByText('ACME GmbH became part of this account')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Take apart: ACME GmbH' }));
  expect(await screen.findByText('take that apart first')).toBeInTheDocument();
  expect(calls.some((c) => c.path === '/account-merges/m1/undo')).toBe(true);
});
