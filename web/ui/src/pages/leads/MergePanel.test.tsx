import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router';
import { expect, test } from 'vitest';
import type { Lead } from '../../api/types';
import { answer, problem, show } from '../../testing/render';
import { compared } from './LeadMerge';
import { MergePanel } from './MergePanel';

const lead = (id: string, more: Partial<Lead> = {}) => ({ id, version: 1, created_at: '2026-03-01T12:00:00Z', updated_at: '2026-03-01T12:00:00Z', milestone: 'unqualified', state: 'open', name: 'Anna Vogt', ...more }) as Lead;
const here = lead('l1', { email: 'anna@acme.example' });
const other = lead('l2', { phone: '+49 30 1234', milestone: 'marketing-qualified' });
const candidate = (record_id: string, more = {}) => ({ record_type: 'lead', record_id, name: 'Anna Vogt', reasons: ['same name and company'], ...more });
const merged = { id: 'm1', winner_id: 'l1', loser_id: 'l2', loser_name: 'A. Vogt', filled: ['phone'], moved: {}, merged_at: '2026-03-01T12:00:00Z', merged_by: 'u1', reason: 'both wrote', unmerged_at: null, unmerged_by: '' };
const list = {
  'POST /leads/check': { items: [candidate('l1'), candidate('l2'), candidate('c1', { record_type: 'contact' }), candidate('', { hidden: true, name: '' })], next: '' },
  'GET /leads/l1/merges': { items: [], next: '' },
  'GET /leads/l2': other,
};

function open(more: Record<string, unknown> = {}) {
  const calls = answer({ ...list, ...more });
  show(
    <Routes>
      <Route path="/" element={<MergePanel lead={here} />} />
      <Route path="/leads/l2" element={<p>the other lead</p>} />
    </Routes>,
  );
  return calls;
}

test('everything of the winner stays, and what is empty is filled', () => {
  expect(compared(here, other)).toEqual([
    { name: 'Name', stays: 'Anna Vogt', goes: 'Anna Vogt', filled: false },
    { name: 'E-mail', stays: 'anna@acme.example', goes: '', filled: false },
    { name: 'Phone', stays: '', goes: '+49 30 1234', filled: true },
    { name: 'Milestone', stays: 'Unqualified', goes: 'Marketing-qualified', filled: false },
    expect.objectContaining({ name: 'Opened', filled: false }),
  ]);
});

test('another lead is looked at and made part of this one', async () => {
  const calls = open({ 'POST /leads/l1/merge': merged });
  expect(await screen.findAllByTestId('duplicate')).toHaveLength(2); // neither itself nor the contact
  expect(screen.getByText('One that you may not see')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Look and merge: Anna Vogt' }));
  const dialog = await screen.findByRole('dialog');
  await userEvent.type(await within(dialog).findByLabelText('Reason'), 'both wrote');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Merge' }));
  await waitFor(() => expect(calls.find((c) => c.path === '/leads/l1/merge')?.body).toEqual({ loser_id: 'l2', reason: 'both wrote' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
});

test('a refused direction says why, and is turned round', async () => {
  const calls = open({ 'POST /leads/l1/merge': problem(422, 'Some fields cannot be taken', 'loser_id: opened opportunity o1: make the other lead part of this one'), 'POST /leads/l2/merge': merged });
  await userEvent.click(await screen.findByRole('button', { name: 'Look and merge: Anna Vogt' }));
  const dialog = await screen.findByRole('dialog');
  await userEvent.click(await within(dialog).findByRole('button', { name: 'Merge' }));
  expect(await within(dialog).findByText(/opened opportunity o1/)).toBeInTheDocument();
  await userEvent.click(within(dialog).getByRole('button', { name: 'Turn round' }));
  await userEvent.click(within(dialog).getByRole('button', { name: 'Merge' }));
  expect(await screen.findByText('the other lead')).toBeInTheDocument();
  expect(calls.find((c) => c.path === '/leads/l2/merge')?.body).toEqual({ loser_id: 'l1', reason: '' });
});

test('what became part of it is taken apart, and a refusal says why', async () => {
  const calls = open({ 'GET /leads/l1/merges': { items: [merged], next: '' }, 'POST /lead-merges/m1/undo': problem(409, 'It does not fit', 'take that apart first') });
  expect(await screen.findByText('A. Vogt became part of this lead')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Take apart: A. Vogt' }));
  expect(await screen.findByText('take that apart first')).toBeInTheDocument();
  expect(calls.some((c) => c.path === '/lead-merges/m1/undo')).toBe(true);
});

test('who may not merge sees the duplicates and the merges alone', async () => {
  open({ 'GET /leads/l1/merges': { items: [merged], next: '' }, 'GET /session': { user: { id: 'u1', name: 'anna' }, grants: ['lead:read'], now: '2026-03-01T12:00:00Z', version: '1' } });
  expect(await screen.findAllByTestId('duplicate')).toHaveLength(2);
  expect(await screen.findByTestId('merge')).toBeInTheDocument();
  await waitFor(() => expect(screen.queryByRole('button')).not.toBeInTheDocument());
});
