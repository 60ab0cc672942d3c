import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, problem, show } from '../../testing/render';
import MePage from './MePage';

const me = { id: 'u1', name: 'anna', password: true, second_factor: { on: false, since: null, recovery_codes: 0, demanded: false }, identities: [] };
const token = { id: 't1', user: 'anna', name: 'report', scopes: ['contact:read'], created_at: '2026-03-01T12:00:00Z', expires_at: '2026-05-30T12:00:00Z', used_at: null, expired: false };
const session = { id: 's1', user: 'anna', device: 'Firefox on Linux', agent: '', address: '127.0.0.1', began_at: '2026-03-01T12:00:00Z', used_at: '2026-03-01T13:00:00Z', ends_at: '2026-03-02T13:00:00Z', this: true };
const base = {
  'GET /me': me,
  'GET /session/options': { step: 'password', providers: [{ name: 'company', label: 'Company' }], refused: '' },
  'GET /me/notices': { version: 0, delivery: {}, hour: 8, time_zone: 'UTC', email: '', mail: false, last: null },
  'GET /tokens': { items: [token], next: '' },
  'GET /sessions': { items: [session, { ...session, id: 's2', device: '', this: false }], next: '' },
  'GET /me/network': { items: [], next: '' },
  'GET /access/types': { items: [{ name: 'contact', actions: ['read'], levels: ['all'] }], next: '' },
};

test('shows tokens, sessions and providers, and ends them', async () => {
  const calls = answer({ ...base, 'DELETE /tokens/t1': new Response(null, { status: 204 }), 'DELETE /sessions/s2': new Response(null, { status: 204 }) });
  show(<MePage />, '/me');
  expect(await screen.findByText(/contact:read · until/)).toBeInTheDocument();
  expect(await screen.findByRole('button', { name: 'Connect Company' })).toBeInTheDocument();
  expect(screen.getByText('this one')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'End the session of anna on Unknown device' }));
  await waitFor(() => expect(calls.some((c) => c.method === 'DELETE' && c.path === '/sessions/s2')).toBe(true));
  await userEvent.click(screen.getByRole('button', { name: 'Revoke report' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Revoke' }));
  await waitFor(() => expect(calls.some((c) => c.method === 'DELETE' && c.path === '/tokens/t1')).toBe(true));
});

test('makes a token and shows it once', async () => {
  const calls = answer({ ...base, 'POST /tokens': { ...token, token: 'gsw_SECRET' } });
  show(<MePage />, '/me');
  await userEvent.click(await screen.findByRole('button', { name: 'New token' }));
  await userEvent.type(await screen.findByRole('textbox', { name: /^Name/ }), 'report');
  await userEvent.type(screen.getAllByLabelText(/^Scopes/)[0] as HTMLElement, 'contact:read{Enter}');
  await userEvent.click(screen.getByRole('button', { name: 'Make' }));
  expect(await screen.findByText('gsw_SECRET')).toBeInTheDocument();
  expect(calls.find((c) => c.method === 'POST')?.body).toMatchObject({ name: 'report', scopes: ['contact:read'] });
});

test('sets up a second factor and shows the recovery codes', async () => {
  const calls = answer({ ...base, 'POST /me/second-factor': { secret: 'ABCDEFGH', address: 'otpauth://totp/x', picture: 'data:image/png;base64,AA==' }, 'POST /me/second-factor/confirm': { codes: ['aaaa-bbbb-cccc-dddd'] } });
  show(<MePage />, '/me');
  await userEvent.type(await screen.findByLabelText(/^Your password/), 'secret');
  await userEvent.click(screen.getByRole('button', { name: 'Set up' }));
  expect(await screen.findByText('ABCD EFGH')).toBeInTheDocument();
  await userEvent.type(screen.getByLabelText(/^Code/), '123456');
  await userEvent.click(screen.getByRole('button', { name: 'Confirm' }));
  expect(await screen.findByText('aaaa-bbbb-cccc-dddd')).toBeInTheDocument();
  expect(calls.find((c) => c.path === '/me/second-factor/confirm')?.body).toEqual({ code: '123456' });
});

test('the recovery codes are shown, however late the list of sessions is read again', async () => {
  let confirmed = false;
  let release = () => {};
  const late = new Promise((resolve) => { release = () => resolve(base['GET /sessions']); });
  const calls = answer({
    ...base,
    'GET /me': () => (confirmed ? { ...me, second_factor: { ...me.second_factor, on: true, since: '2026-03-01T12:00:00Z', recovery_codes: 10 } } : me),
    'GET /sessions': () => (confirmed ? late : base['GET /sessions']),
    'POST /me/second-factor': { secret: 'ABCDEFGH', address: 'otpauth://totp/x', picture: 'data:image/png;base64,AA==' },
    'POST /me/second-factor/confirm': () => { confirmed = true; return { codes: ['aaaa-bbbb-cccc-dddd'] }; },
  });
  show(<MePage />, '/me');
  await userEvent.type(await screen.findByLabelText(/^Your password/), 'secret');
  await userEvent.click(screen.getByRole('button', { name: 'Set up' }));
  await userEvent.type(await screen.findByLabelText(/^Code/), '123456');
  await userEvent.click(screen.getByRole('button', { name: 'Confirm' }));
  await waitFor(() => expect(calls.filter((c) => c.path === '/me')).toHaveLength(2));
  await waitFor(() => expect(screen.queryByLabelText('Key')).not.toBeInTheDocument());
  release();
  expect(await screen.findByText('aaaa-bbbb-cccc-dddd')).toBeInTheDocument();
});

test('chooses what is sent, at which hour, and to which address', async () => {
  const settings = { version: 3, delivery: { stage: 'at_once' }, hour: 8, time_zone: 'Europe/Berlin', email: 'anna@acme.example', mail: true, last: { state: 'failed', at: '2026-03-01T12:00:00Z', error: '550 no such user' } };
  const calls = answer({ ...base, 'GET /me/notices': settings, 'PUT /me/notices': settings, 'PUT /me/email': new Response(null, { status: 204 }) });
  show(<MePage />, '/me');
  expect(await screen.findByText(/failed, 550 no such user/)).toBeInTheDocument();
  expect(screen.queryByText('Nothing can be sent')).not.toBeInTheDocument();
  await userEvent.click(screen.getByRole('combobox', { name: 'Quotes' }));
  await userEvent.click(await screen.findByRole('option', { name: 'Sent once a day' }));
  await userEvent.click(screen.getByRole('combobox', { name: 'Once a day, at' }));
  await userEvent.click(await screen.findByRole('option', { name: '07:00' }));
  await userEvent.click(screen.getByRole('button', { name: 'Save what is sent' }));
  await waitFor(() => expect(calls.find((c) => c.path === '/me/notices' && c.method === 'PUT')?.body).toEqual({ delivery: { stage: 'at_once', quote: 'daily' }, hour: 7, time_zone: 'Europe/Berlin' }));
  await userEvent.click(screen.getByRole('button', { name: 'Change address' }));
  await userEvent.clear(screen.getByLabelText(/^E-mail address/));
  await userEvent.type(screen.getByLabelText(/^E-mail address/), 'a@acme.example');
  await userEvent.type(screen.getAllByLabelText(/^Current password/)[1] as HTMLElement, 'secret');
  await userEvent.click(screen.getByRole('button', { name: 'Save address' }));
  await waitFor(() => expect(calls.find((c) => c.path === '/me/email')?.body).toEqual({ email: 'a@acme.example', current: 'secret' }));
});

test('says that nothing can be sent', async () => {
  answer(base);
  show(<MePage />, '/me');
  expect(await screen.findByText('Nothing can be sent')).toBeInTheDocument();
});

test('says what is wrong with a password', async () => {
  answer({ ...base, 'PUT /me/password': problem(422, 'Some fields cannot be taken', 'current: it is not your password', [{ location: 'body.current', message: 'it is not your password' }]) });
  show(<MePage />, '/me');
  await userEvent.type(await screen.findByLabelText(/^Current password/), 'wrong');
  await userEvent.type(screen.getByLabelText('New password *'), 'another long one');
  await userEvent.type(screen.getByLabelText('New password again *'), 'another long');
  await userEvent.click(screen.getByRole('button', { name: 'Change password' }));
  expect(await screen.findByText('The two differ')).toBeInTheDocument();
  await userEvent.type(screen.getByLabelText('New password again *'), ' one');
  await userEvent.click(screen.getByRole('button', { name: 'Change password' }));
  expect(await screen.findByText('it is not your password')).toBeInTheDocument();
});

test('somebody is taken out of the network, and is said why the contact stays', async () => {
  const known = { id: 'a1', contact_id: 'c1', user: { id: 'u1', name: 'anna' }, file_kind: 'linkedin', origin: '', connected_on: '2024-01-02', basis: 'consent', evidence: 'x', brought_in: false, at: '2026-03-01T12:00:00Z', name: 'Bert Kohl' };
  const calls = answer({ ...base, 'GET /me/network': { items: [known], next: '' }, 'DELETE /acquaintances/a1': { contact: false, stays: 'they were on file before' } });
  show(<MePage />, '/me');
  expect(await screen.findByText('LinkedIn connection since 2024-01-02, was on file')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Take out Bert Kohl' }));
  expect(await screen.findByText('Bert Kohl stays on file: they were on file before.')).toBeInTheDocument();
  expect(calls.some((c) => c.method === 'DELETE' && c.path === '/acquaintances/a1')).toBe(true);
});
