import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, problem, show } from '../../testing/render';
import AuditPage from './AuditPage';

const entry = {
  id: 'e1', event: 'v1', at: '2026-03-01T12:00:00Z', actor: 'u1', actor_name: 'Ada', action: 'decide', record_type: 'link', record_id: 'a1/c1', about: 'c1',
  before: { decision: 'suggested' }, after: { decision: 'confirmed' }, reason: 'met <i>them</i>',
};

test('tells who changed what and why, and shows both sides', async () => {
  const calls = answer({ 'GET /audit': { items: [entry, { ...entry, id: 'e2', actor: 'matcher', actor_name: 'matcher', before: null, reason: '' }], next: 'more' }, 'GET /audit?limit=50&cursor=more': { items: [{ ...entry, id: 'e3', reason: 'later' }], next: '' } });
  show(<AuditPage />, '/audit');
  expect(await screen.findByText('met <i>them</i>')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Ada' })).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Matcher' })).toBeInTheDocument();
  expect(screen.getAllByRole('link', { name: 'Open' })[0]).toHaveAttribute('href', '/contacts/c1');
  await userEvent.click(screen.getAllByRole('button', { name: 'What changed' })[1] as HTMLElement);
  expect(screen.getByRole('region', { name: 'After' })).toHaveTextContent('confirmed');
  expect(screen.getByText(/It was not there/)).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Show more' }));
  expect(await screen.findByText('later')).toBeInTheDocument();
  await userEvent.click(screen.getAllByRole('button', { name: 'Ada' })[0] as HTMLElement);
  await waitFor(() => expect(calls.some((c) => c.path.includes('actor=u1'))).toBe(true));
});

test('says when nothing was changed, and what went wrong', async () => {
  answer({ 'GET /audit': { items: [], next: '' } });
  const first = show(<AuditPage />, '/audit?type=merge');
  expect(await screen.findByText('No change matches this filter')).toBeInTheDocument();
  first.unmount();
  answer({ 'GET /audit': problem(403, 'It is not for you', 'the audit log is for administrators') });
  show(<AuditPage />, '/audit');
  expect(await screen.findByText('the audit log is for administrators')).toBeInTheDocument();
});
