import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import type { Erasure, RetentionRun } from '../../api/privacy';
import { answer, problem, show } from '../../testing/render';
import PrivacyPage from './PrivacyPage';

const waiting: Erasure = {
  id: 'e1', state: 'requested', progress: 0, removed: {}, blocked: 0, reason: 'by letter', problem: '', requested_by: 'anna',
  requested_at: '2026-03-02T12:00:00Z', approved_by: '', approved_at: null, finished_at: null,
};
const round: RetentionRun = {
  id: 'r1', applies: false, state: 'done', progress: 1, expected: { notices: 7 }, removed: {}, problem: '', requested_by: 'anna', requested_at: '2026-03-02T12:00:00Z',
  finished_at: '2026-03-02T12:00:01Z',
};
const base = {
  'GET /privacy/erasures': { items: [waiting], next: '' },
  'GET /privacy/retention': { rules: [{ type: 'notices', what: 'Notices', days: 0, updated_by: '', updated_at: null }], runs: [round] },
  'GET /privacy/blocks': { count: 3 },
};

test('a person is found and erased, with a reason, once it is meant', async () => {
  const calls = answer({
    ...base,
    'POST /privacy/person': { contacts: [{ id: 'c1', name: 'Greta' }], authors: ['a'], leads: [], records: { contacts: 1, posts: 4 }, total: 5 },
    'POST /privacy/erasures': waiting,
  });
  show(<PrivacyPage />);
  await userEvent.type(within(screen.getByRole('region', { name: 'A person' })).getByLabelText(/E-mail address/), 'greta@x.example');
  await userEvent.click(screen.getByRole('button', { name: 'Find' }));
  expect(await screen.findByRole('link', { name: 'Greta' })).toHaveAttribute('href', '/contacts/c1');
  const erase = screen.getByRole('button', { name: 'Erase' });
  expect(erase).toBeDisabled();
  await userEvent.type(screen.getByLabelText('Why'), 'by letter');
  await userEvent.click(screen.getByLabelText(/Erase them everywhere/));
  await userEvent.click(erase);
  await waitFor(() => expect(calls.find((c) => c.path === '/privacy/erasures' && c.method === 'POST')?.body).toEqual({ email: 'greta@x.example', reason: 'by letter' }));
});

test('an erasure is approved by somebody else, and says so where it is the same', async () => {
  answer({ ...base, 'POST /privacy/erasures/e1/approve': problem(409, 'The record is not as you believe', 'somebody else than who asked for it must approve it') });
  show(<PrivacyPage />);
  await userEvent.click(await screen.findByRole('button', { name: 'Approve' }));
  await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Erase' }));
  expect(await screen.findByText(/somebody else than who asked/)).toBeInTheDocument();
});

test('what is too old is counted, and removed when that is meant', async () => {
  const calls = answer({ ...base, 'POST /privacy/retention/runs': round, 'PUT /privacy/retention/notices': base['GET /privacy/retention'] });
  show(<PrivacyPage />);
  expect(await screen.findByText(/7 records are too old/)).toBeInTheDocument();
  await userEvent.type(screen.getByLabelText('Notices'), '30');
  await userEvent.click(screen.getByRole('button', { name: 'Save: Notices' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Keep it shorter' }));
  await waitFor(() => expect(calls.find((c) => c.method === 'PUT')?.body).toEqual({ days: 30 }));
  await userEvent.click(screen.getByRole('button', { name: 'Remove it now' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Remove' }));
  await waitFor(() => expect(calls.find((c) => c.path === '/privacy/retention/runs')?.body).toEqual({ apply: true }));
});
