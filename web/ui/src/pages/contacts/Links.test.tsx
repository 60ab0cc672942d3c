import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, problem, show } from '../../testing/render';
import { link } from '../../testing/samples';
import { Links } from './Links';

test('a suggestion shows its evidence and is decided by a person', async () => {
  const calls = answer({ 'POST /links': { ...link, decision: 'confirmed' } });
  show(<Links links={[link]} />);
  expect(screen.getByText(/same name, no other contact has it/)).toBeInTheDocument();
  expect(screen.getByText(/Probability 99.99%/)).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Confirm' }));
  await waitFor(() => expect(calls.find((c) => c.method === 'POST')?.body).toEqual({ author_id: 'a1', contact_id: 'c1', decision: 'confirmed' }));
});

test('a decision that is refused says why', async () => {
  answer({ 'POST /links': problem(409, 'The record is not as you believe', 'a person has confirmed another contact') });
  show(<Links links={[link]} />);
  await userEvent.click(screen.getByRole('button', { name: 'Reject' }));
  expect(await screen.findByText('a person has confirmed another contact')).toBeInTheDocument();
});

test('suggestions come first', () => {
  show(<Links links={[{ ...link, author_id: 'a2', decision: 'confirmed' }, link]} />);
  expect(screen.getAllByTestId('link')[0]).toHaveTextContent(/suggested/i);
});
