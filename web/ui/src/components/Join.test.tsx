import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router';
import { expect, test } from 'vitest';
import LeadPage from '../pages/leads/LeadPage';
import { answer, problem, show } from '../testing/render';
import { SightButton } from './SightButton';

const session = (...grants: string[]) => ({ user: { id: 'u1', name: 'anna' }, grants, now: '2026-03-01T12:00:00Z', version: '1' });
const part = (user_id: string, how: string) => ({ user_id, name: user_id, how, since: '2026-03-01T12:00:00Z' });
const took = (...items: unknown[]) => ({ items, next: '' });
const sight = <SightButton record={{ type: 'lead', id: 'l1' }} owner="u2" version={1} />;

async function join(reason: string) {
  await userEvent.click(await screen.findByRole('button', { name: 'Join' }));
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByRole('button', { name: 'Join' })).toBeDisabled();
  await userEvent.type(within(dialog).getByLabelText(/Reason/), reason);
  await userEvent.click(within(dialog).getByRole('button', { name: 'Join' }));
  return dialog;
}

test('a colleague joins with a reason, and is not asked again', async () => {
  const answers: Record<string, unknown> = { 'GET /session': session('lead:read'), 'GET /leads/l1/participants': took(part('u2', 'owner')), 'POST /records/lead/l1/join': new Response(null, { status: 204 }) };
  const calls = answer(answers);
  show(sight);
  await screen.findByRole('button', { name: 'Join' });
  answers['GET /leads/l1/participants'] = took(part('u2', 'owner'), part('u1', 'joined'));
  await join('I know them from the fair');
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Join' })).not.toBeInTheDocument());
  expect(calls.find((c) => c.method === 'POST')).toMatchObject({ path: '/records/lead/l1/join', body: { reason: 'I know them from the fair' } });
});

test('why it is refused stands in the dialog, which stays open', async () => {
  answer({ 'GET /session': session('lead:read'), 'GET /leads/l1/participants': took(), 'POST /records/lead/l1/join': problem(403, 'Your roles do not allow it', 'lead:read is needed') });
  show(sight);
  expect(await within(await join('I know them')).findByText('lead:read is needed')).toBeInTheDocument();
});

test('who takes part already is offered nothing', async () => {
  answer({ 'GET /session': session('lead:read'), 'GET /leads/l1/participants': took(part('u1', 'activity')) });
  show(sight);
  await userEvent.click(await screen.findByRole('button', { name: 'Who sees it' }));
  await userEvent.click(screen.getByRole('tab', { name: 'Took part' }));
  expect(await screen.findByText('u1')).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Join' })).not.toBeInTheDocument();
});

test.each([
  ['lead:read', true],
  ['account:read', false],
])('a lead that is not shown can be joined by who has %s: %s', async (grant, offered) => {
  answer({ 'GET /session': session(grant) });
  show(
    <Routes>
      <Route path="/leads/:id" element={<LeadPage />} />
    </Routes>,
    '/leads/l1',
  );
  expect(await screen.findByText('There is no such thing')).toBeInTheDocument();
  await waitFor(() => expect(screen.queryAllByRole('button', { name: 'Join' })).toHaveLength(offered ? 1 : 0));
});
