import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, problem, show } from '../../testing/render';
import LeadsPage from './LeadsPage';

test('the empty list says what would be there', async () => {
  answer({ 'GET /leads': { items: [], next: '' } });
  show(<LeadsPage />, '/leads');
  expect(screen.getByRole('status')).toHaveTextContent(/loading/i);
  expect(await screen.findByText(/no leads/i)).toBeInTheDocument();
});

test('a failure is told in the words of the server, and can be tried again', async () => {
  const calls = answer({ 'GET /leads': problem(422, 'Some fields cannot be taken', 'cursor: want what the page before returned') });
  show(<LeadsPage />, '/leads');
  expect(await screen.findByText(/want what the page before returned/)).toBeInTheDocument();
  const before = calls.length;
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(calls.length).toBeGreaterThan(before);
});

test('a milestone filters', async () => {
  const calls = answer({ 'GET /leads': { items: [], next: '' } });
  show(<LeadsPage />, '/leads');
  await userEvent.click(await screen.findByText('Sales-qualified'));
  expect(await screen.findByText('No lead is sales-qualified')).toBeInTheDocument();
  expect(calls.some((c) => c.path.includes('milestone=sales-qualified'))).toBe(true);
});
