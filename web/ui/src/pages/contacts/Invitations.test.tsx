import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import type { Invitation } from '../../api/types';
import { answer, problem, show } from '../../testing/render';
import { Invitations } from './Invitations';

const open: Invitation = {
  id: 'i1',
  state: 'open',
  link: 'https://gw.example/connect/i1.x',
  created_by: 'u1',
  created_at: '2026-03-02T12:00:00Z',
  expires_at: '2026-03-09T12:00:00Z',
  provider: '',
  network: '',
  handle: '',
  author_id: '',
  consent: '',
  consented_at: null,
  ended_at: null,
};
const used: Invitation = {
  ...open,
  id: 'i2',
  state: 'used',
  link: '',
  provider: 'Social',
  handle: 'anna',
  consent: 'I agree.',
  consented_at: '2026-03-03T12:00:00Z',
};

test('a link is made, shown and revoked, and a sign-in undone', async () => {
  const calls = answer({
    'GET /contacts/c1/invitations': { items: [open, used], next: '' },
    'POST /contacts/c1/invitations': open,
    'DELETE /contacts/c1/invitations/i1': { ...open, state: 'revoked' },
    'DELETE /contacts/c1/invitations/i2': { ...used, state: 'withdrawn' },
  });
  show(<Invitations contact="c1" />);
  expect(await screen.findByLabelText('Link for the contact')).toHaveValue(open.link);
  expect(screen.getByText(/Signed in with Social as anna/)).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Make a link' }));
  await userEvent.click(screen.getByRole('button', { name: 'Revoke' }));
  await userEvent.click(screen.getByRole('button', { name: 'Undo the sign-in' }));
  await waitFor(() => expect(calls.filter((c) => c.method !== 'GET').map((c) => c.method)).toEqual(['POST', 'DELETE', 'DELETE']));
});

test('without a network to sign in with it says so', async () => {
  answer({
    'GET /contacts/c1/invitations': { items: [], next: '' },
    'POST /contacts/c1/invitations': problem(409, 'The record is not as you believe', 'there is no network to sign in with'),
  });
  show(<Invitations contact="c1" />);
  await userEvent.click(await screen.findByRole('button', { name: 'Make a link' }));
  expect(await screen.findByText('there is no network to sign in with')).toBeInTheDocument();
});
