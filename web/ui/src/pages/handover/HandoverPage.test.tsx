import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, show } from '../../testing/render';
import HandoverPage from './HandoverPage';

const handover = {
  id: 'h1', version: 3, created_at: '2026-03-01T12:00:00Z', updated_at: '2026-03-01T12:00:00Z', user_id: 'lea', user: 'lea', state: 'open', reason: 'she leaves', disable: false,
  made_by: 'u1', given_by: '', handled: 2, total: 2, problem: '', links: { mia: 3 }, out_of_reach: { lead: 4 },
  counts: [{ record_type: 'contact', receiver_id: 'mia', receiver: 'mia', state: 'proposed', records: 2 }],
};
const record = { record_type: 'contact', record_id: 'c1', name: 'Berg', receiver_id: 'mia', receiver: 'mia', why: 'team', because: 'is in the same team, North', about: 't1', state: 'proposed', note: '' };
const users = { items: [{ id: 'lea', name: 'lea', roles: [], unit_id: '' }, { id: 'mia', name: 'mia', roles: [], unit_id: '' }], next: '' };

test('what somebody has is looked through and given', async () => {
  const calls = answer({
    'GET /handovers': { items: [handover], next: '' }, 'GET /users': users, 'GET /handovers/h1/records': { items: [record], next: '' }, 'POST /handovers/h1/give': { ...handover, state: 'done' },
  });
  show(<HandoverPage />, '/handover');
  const card = await screen.findByRole('article', { name: 'Hand-over of lea' });
  expect(within(card).getByText('3 links under review go with their contacts.')).toBeInTheDocument();
  expect(within(card).getByText(/4 leads/)).toBeInTheDocument();
  await userEvent.click(within(card).getByRole('button', { name: 'Show records: Contact' }));
  expect(await within(card).findByText('is in the same team, North')).toBeInTheDocument();
  await userEvent.click(within(card).getByRole('button', { name: 'Give' }));
  await userEvent.click(await within(await screen.findByRole('dialog')).findByRole('button', { name: 'Give' }));
  expect(calls.find((c) => c.path === '/handovers/h1/give')?.body).toEqual({ disable: false });
});

test('nobody has handed over', async () => {
  answer({ 'GET /handovers': { items: [], next: '' }, 'GET /users': users });
  show(<HandoverPage />, '/handover');
  expect(await screen.findByText('Nobody has handed over yet')).toBeInTheDocument();
});
