import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import type { Consent } from '../../api/privacy';
import { answer, show } from '../../testing/render';
import { Consents } from './Consents';

const given: Consent = {
  kind: 'consent', id: 'k1', contact_id: 'c1', purpose: 'marketing', author_id: '', basis: 'consent', source: 'form', evidence: 'Send me news.', decided_by: 'anna',
  decided_at: '2026-03-02T12:00:00Z', withdrawn_at: null, withdrawn_by: '', withdrawal: '',
};

test('a consent is put on file, and one is taken back', async () => {
  const calls = answer({ 'POST /contacts/c1/consents': given, 'POST /consents/k1/withdraw': given });
  show(<Consents contact="c1" consents={[given, { ...given, id: 'k0', withdrawn_at: '2026-03-03T12:00:00Z', withdrawal: 'by letter' }]} />);
  expect(screen.getByText(/Taken back .*by letter/)).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Put a consent on file' }));
  await userEvent.type(await screen.findByLabelText(/Evidence/), 'Signed form');
  await userEvent.click(screen.getByRole('button', { name: 'Put on file' }));
  await waitFor(() => expect(calls.find((c) => c.method === 'POST')?.body).toEqual({ purpose: 'marketing', basis: 'consent', source: 'form', evidence: 'Signed form' }));
  await userEvent.click(screen.getByRole('button', { name: 'Take back' }));
  await userEvent.type(await screen.findByLabelText('How they took it back'), 'by mail');
  await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Take back' }));
  await waitFor(() => expect(calls.findLast((c) => c.method === 'POST')?.body).toEqual({ reason: 'by mail' }));
});
