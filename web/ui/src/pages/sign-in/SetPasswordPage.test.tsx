import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';
import { answer, problem, show } from '../../testing/render';
import SetPasswordPage from './SetPasswordPage';

beforeEach(() => {
  window.location.hash = '#SECRET';
});

test('sets the password by the link, and says who signs in', async () => {
  const calls = answer({ 'POST /session/password': { name: 'anna' } });
  show(<SetPasswordPage />);
  await userEvent.type(screen.getByLabelText('New password'), 'a long password');
  await userEvent.type(screen.getByLabelText('New password again'), 'another');
  expect(screen.getByText('The two differ')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Set password' }));
  expect(calls).toEqual([]);
  await userEvent.clear(screen.getByLabelText('New password again'));
  await userEvent.type(screen.getByLabelText('New password again'), 'a long password');
  await userEvent.click(screen.getByRole('button', { name: 'Set password' }));
  expect(await screen.findByRole('status')).toHaveTextContent('You sign in as anna');
  expect(calls).toEqual([{ method: 'POST', path: '/session/password', body: { token: 'SECRET', password: 'a long password' } }]);
});

test('says that the link is not good, or not whole', async () => {
  answer({ 'POST /session/password': problem(404, 'There is no such thing', 'the link is not valid: it was used') });
  const { unmount } = show(<SetPasswordPage />);
  await userEvent.type(screen.getByLabelText('New password'), 'a long password');
  await userEvent.type(screen.getByLabelText('New password again'), 'a long password');
  await userEvent.click(screen.getByRole('button', { name: 'Set password' }));
  await waitFor(() => expect(screen.getByText(/it was used/)).toBeInTheDocument());
  unmount();
  window.location.hash = '';
  show(<SetPasswordPage />);
  expect(screen.getByText('The link is not whole')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Set password' })).toBeDisabled();
});
