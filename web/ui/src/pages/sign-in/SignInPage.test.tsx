import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, show } from '../../testing/render';
import SignInPage from './SignInPage';

const asked = new Response(JSON.stringify({ type: '/problems/second-factor', status: 401, title: 'A code is asked for', detail: 'the code is missing' }), { status: 401 });

test('offers the providers, and says why one turned somebody away', async () => {
  answer({ 'GET /session/options': { step: 'password', providers: [{ name: 'company', label: 'Company' }], refused: 'no group of yours is let in' } });
  show(<SignInPage />, '/contacts');
  expect(await screen.findByText('no group of yours is let in')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Sign in with Company' })).toHaveAttribute('href', expect.stringMatching(/^\/api\/v1\/session\/providers\/company\?to=/));
});

test('asks for the code after the password', async () => {
  const answers: Record<string, unknown> = { 'GET /session/options': { step: 'password', providers: [], refused: '' }, 'POST /session': asked, 'POST /session/code': new Response(null, { status: 204 }) };
  const calls = answer(answers);
  show(<SignInPage />);
  await userEvent.type(screen.getByLabelText('Name'), 'anna');
  await userEvent.type(screen.getByLabelText('Password'), 'secret');
  answers['GET /session/options'] = { step: 'code', providers: [], refused: '' };
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  await userEvent.type(await screen.findByLabelText(/^Code/), ' 123456 ');
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Go on' }));
  await waitFor(() => expect(calls.find((c) => c.path === '/session/code')?.body).toEqual({ code: '123456' }));
  await userEvent.click(screen.getByRole('button', { name: 'Sign in as somebody else' }));
  expect(await screen.findByLabelText('Name')).toBeInTheDocument();
});
