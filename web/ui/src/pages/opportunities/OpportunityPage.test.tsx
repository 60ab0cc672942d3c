import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router';
import { expect, test } from 'vitest';
import type { OpportunityView } from '../../api/types';
import { answer, problem, show } from '../../testing/render';
import OpportunityPage from './OpportunityPage';

const opportunity: OpportunityView = {
  id: 'o1', version: 3, created_at: '2026-03-01T12:00:00Z', updated_at: '2026-03-01T12:00:00Z', name: 'Hotel Seeblick: six grills', need: 'Six grills',
  account_id: '', contact_id: 'c1', lead_id: 'l1', campaign_id: '', owner_id: 'u1', account_name: '', contact_name: 'Anna Vogt', owner_name: 'paula', amount: { amount: 759_335, currency: 'EUR' }, state: 'open', forecast: 'pipeline', stage: 'Develop',
  process_id: 'default', process_version: 1, odds: { percent: 35, reason: '' }, close_reason: '', close_comment: '', fields: {}, process_name: 'Sales', guidance: 'Work it out.', steps: [],
  missing: [{ kind: 'task', name: 't1', reason: 'task "Call them" is not done' }],
  tasks: [{ id: 't1', version: 1, created_at: '', updated_at: '', kind: 'task', record_type: 'opportunity', record_id: 'o1', subject: 'Call them', text: '', owner_id: 'u1', process_id: 'default', campaign_id: '', channel: '', response: '', stage: 'Develop' }],
  visits: [
    { process_id: 'default', stage: 'Qualify', entered_at: '2026-03-01T12:00:00Z', entered_by: 'u1', left_at: '2026-03-02T12:00:00Z' },
    { process_id: 'default', stage: 'Develop', entered_at: '2026-03-02T12:00:00Z', entered_by: 'u1' },
  ],
  approvals: [], side_processes: [],
};

function open(o: OpportunityView, more: Record<string, unknown> = {}) {
  const calls = answer({ 'GET /opportunities/o1': o, 'GET /quotes': { items: [], next: '' }, ...more });
  show(
    <Routes>
      <Route path="/opportunities/:id" element={<OpportunityPage />} />
    </Routes>,
    '/opportunities/o1',
  );
  return calls;
}

test('a closed gate says what is missing, and ticking the task tells the server', async () => {
  const calls = open(opportunity, { 'PATCH /activities/t1': {} });
  expect(await screen.findByText('€7,593.35')).toBeInTheDocument();
  expect(screen.getByTestId('missing')).toHaveTextContent('task "Call them" is not done');
  expect(screen.getByRole('button', { name: 'Go on' })).toBeDisabled();
  await userEvent.click(screen.getByRole('checkbox', { name: /Call them/ }));
  expect(calls.find((c) => c.method === 'PATCH')?.body).toEqual({ done: true });
});

test('closing asks for a reason, and shows why the server refuses', async () => {
  const reasons = { items: [{ outcome: 'won', code: 'quality', label: 'Quality', active: true, position: 1 }], next: '' };
  const calls = open({ ...opportunity, missing: [] }, { 'GET /reasons': reasons, 'POST /opportunities/o1/close': problem(409, 'The gate of the stage demands more', 'it is won in the last stage') });
  await userEvent.click(await screen.findByRole('button', { name: 'Won' }));
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByRole('button', { name: 'Save' })).toBeDisabled();
  await userEvent.selectOptions(await within(dialog).findByLabelText(/Reason/), 'quality');
  await userEvent.type(within(dialog).getByLabelText(/What else/), 'the steel');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await within(dialog).findByText(/won in the last stage/)).toBeInTheDocument();
  expect(calls.find((c) => c.path.endsWith('/close'))?.body).toEqual({ state: 'won', reason: 'quality', comment: 'the steel' });
});

const waiting: OpportunityView = {
  ...opportunity,
  missing: [{ kind: 'approval', name: 'sales-lead', reason: 'nobody approved it as sales-lead' }, { kind: 'process', name: 'p2', reason: '' }],
  side_processes: [{ process_id: 'p1', process_version: 1, version: 1, stage: 'Check', started_at: '2026-03-02T12:00:00Z' }],
};
const processes = { 'GET /processes': { items: [{ id: 'p1', name: 'Check of the price', stages: [] }, { id: 'p2', name: 'Check of the law', stages: [] }], next: '' } };
const session = (...grants: string[]) => ({ 'GET /session': { user: { id: 'u1', name: 'anna' }, grants, now: '2026-03-01T12:00:00Z', version: '1' } });
const buttons = ['Start Check of the law', 'Go on with Check of the price', 'Approve as sales-lead'];

test('who may change and approve an opportunity finds the buttons that do it', async () => {
  open(waiting, { ...processes, ...session('opportunity:read', 'opportunity:update', 'opportunity:approve') });
  for (const name of buttons) expect(await screen.findByRole('button', { name })).toBeInTheDocument();
});

const given = { process_id: waiting.process_id, stage: waiting.stage, role: 'sales-lead', user_id: 'u2', comment: '', given_at: '2026-03-02T12:00:00Z', amount: { amount: 759_335, currency: 'EUR' } };
const approver = { ...processes, ...session('opportunity:read', 'opportunity:approve') };

test('an approval that counts is not asked for again', async () => {
  open({ ...waiting, approvals: [{ ...given, counts: true }] }, approver);
  expect(await screen.findByText('Approved as sales-lead')).toBeInTheDocument();
});

test('an approval that counts no more is asked for again', async () => {
  open({ ...waiting, approvals: [{ ...given, counts: false }] }, approver);
  expect(await screen.findByRole('button', { name: 'Approve as sales-lead' })).toBeInTheDocument();
});

test('who may neither change nor approve an opportunity finds no button that would', async () => {
  open(waiting, { ...processes, ...session('opportunity:read') });
  expect(await screen.findByText('Check of the law has not begun')).toBeInTheDocument();
  for (const name of buttons) expect(screen.queryByRole('button', { name })).not.toBeInTheDocument();
});

test('who may read contacts but not accounts chooses of contacts alone', async () => {
  open({ ...opportunity, account_id: 'a1' }, session('opportunity:read', 'opportunity:update', 'contact:read'));
  expect(await screen.findByRole('combobox', { name: 'Contact' })).toBeInTheDocument();
  await waitFor(() => expect(screen.queryByRole('combobox', { name: 'Account' })).not.toBeInTheDocument());
});

test('what a closed opportunity was worth cannot be changed, and the form says why', async () => {
  open({ ...opportunity, state: 'won', close_reason: 'quality', missing: [] }, session('opportunity:read', 'opportunity:update'));
  expect(await screen.findByRole('textbox', { name: 'Value' })).toBeDisabled();
  expect(screen.getByRole('textbox', { name: 'Value' })).toHaveAccessibleDescription(/reopen it/);
  expect(screen.getByRole('textbox', { name: 'Currency' })).toBeDisabled();
  expect(screen.getByRole('textbox', { name: /^Name/ })).toBeEnabled();
});

test('what an open opportunity is worth can be changed', async () => {
  open(opportunity, session('opportunity:read', 'opportunity:update'));
  expect(await screen.findByRole('textbox', { name: 'Value' })).toBeEnabled();
  expect(screen.getByRole('textbox', { name: 'Currency' })).toBeEnabled();
});
