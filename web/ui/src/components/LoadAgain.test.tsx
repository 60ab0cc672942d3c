import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { ScorePanel } from '../pages/lead-settings/ScorePanel';
import { answer, problem, show } from '../testing/render';
import { LoadAgain } from './LoadAgain';

const rules = (version: number, points: number) => ({ version, kinds: [{ kind: 'form', points, half_life_days: 14 }] });
const points = () => screen.findByLabelText('Points of: Filled in a form');

test('what somebody else saved neither takes away what is entered nor is overwritten, until it is loaded again', async () => {
  const answers: Record<string, unknown> = { 'GET /lead-score': rules(1, 10), 'PUT /lead-score': problem(412, 'Somebody else changed the record', 'the record is newer than If-Match') };
  const calls = answer(answers);
  show(
    <LoadAgain>
      <ScorePanel />
    </LoadAgain>,
  );
  await userEvent.clear(await points());
  await userEvent.type(await points(), '33');
  answers['GET /lead-score'] = rules(2, 20);
  for (let tries = 1; tries <= 2; tries++) {
    await userEvent.click(screen.getByRole('button', { name: /Save/ }));
    await waitFor(() => expect(calls.filter((c) => c.method === 'PUT').map((c) => c.version)).toEqual(Array(tries).fill('"1"')));
    expect(await screen.findByText(/It was changed in the meantime/)).toBeInTheDocument();
    await waitFor(() => expect(calls.filter((c) => c.method === 'GET' && c.path === '/lead-score')).toHaveLength(1 + tries));
    expect(await points()).toHaveValue('33');
  }
  await userEvent.click(screen.getByRole('button', { name: 'Load again' }));
  await waitFor(async () => expect(await points()).toHaveValue('20'));
  expect(screen.queryByText(/It was changed in the meantime/)).not.toBeInTheDocument();
  answers['PUT /lead-score'] = rules(3, 20);
  await userEvent.click(screen.getByRole('button', { name: /Save/ }));
  await waitFor(() => expect(calls.findLast((c) => c.method === 'PUT')?.version).toBe('"2"'));
});

test('a form that was saved goes on from what was saved', async () => {
  const answers: Record<string, unknown> = { 'GET /lead-score': rules(1, 10), 'PUT /lead-score': rules(2, 33) };
  const calls = answer(answers);
  show(<ScorePanel />);
  await userEvent.clear(await points());
  await userEvent.type(await points(), '33');
  answers['GET /lead-score'] = rules(2, 33);
  await userEvent.click(screen.getByRole('button', { name: /Save/ }));
  await waitFor(() => expect(calls.filter((c) => c.method === 'GET' && c.path === '/lead-score')).toHaveLength(2));
  await userEvent.click(screen.getByRole('button', { name: /Save/ }));
  await waitFor(() => expect(calls.filter((c) => c.method === 'PUT').map((c) => c.version)).toEqual(['"1"', '"2"']));
});
