import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, problem, show } from '../../testing/render';
import SignInsPage from './SignInsPage';

const entry = { id: 'e1', at: '2026-03-01T12:00:00Z', event: 'sign_in', user: 'anna', user_id: 'u1', by: 'anna', method: 'password', second_factor: 'totp', refused: '', detail: '', address: '192.0.2.7', agent: '', device: 'Firefox on Linux' };

test('tells who came in and who was refused', async () => {
  const calls = answer({ 'GET /sign-ins': { items: [entry, { ...entry, id: 'e2', user: '', by: '', second_factor: '', refused: 'unknown_user' }], next: '' }, 'GET /sessions': { items: [], next: '' } });
  show(<SignInsPage />, '/sign-ins');
  expect(await screen.findByText(/password, app · 192.0.2.7, Firefox on Linux/)).toBeInTheDocument();
  expect(screen.getByText('nobody has this name or account')).toBeInTheDocument();
  await userEvent.type(screen.getByRole('searchbox', { name: 'User' }), 'anna');
  await waitFor(() => expect(calls.some((c) => c.path.includes('user=anna'))).toBe(true));
  await userEvent.click(screen.getByRole('tab', { name: 'Sessions' }));
  expect(await screen.findByText('Nobody is signed in')).toBeInTheDocument();
  expect(calls.some((c) => c.path === '/sessions?user=all')).toBe(true);
});

test('says when nothing matches, and what went wrong', async () => {
  answer({ 'GET /sign-ins': { items: [], next: '' } });
  const first = show(<SignInsPage />, '/sign-ins?outcome=refused');
  expect(await screen.findByText('Nothing matches this filter')).toBeInTheDocument();
  first.unmount();
  answer({ 'GET /sign-ins': problem(404, 'There is no such thing', 'there is no user x') });
  show(<SignInsPage />, '/sign-ins?user=x');
  expect(await screen.findByText('there is no user x')).toBeInTheDocument();
});
