import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, show } from '../../testing/render';
import TerritoriesPage from './TerritoriesPage';

const germany = {
  id: 't1', version: 3, created_at: '2026-03-02T12:00:00Z', updated_at: '2026-03-02T12:00:00Z', name: 'Germany', parent_id: '', priority: 0, enabled: true,
  criteria: [{ dimension_id: 'd1', values: ['de'] }], members: [], size: { primary: { account: 2 }, shared: {} }, problems: ['Nobody works in it: add people or teams.'],
};
const dimension = { id: 'd1', version: 1, created_at: '', updated_at: '', name: 'Region', fields: [], values: [{ id: 'de', label: 'Germany' }, { id: 'by', parent: 'de', label: 'Bavaria' }] };
const job = {
  id: 'j1', kind: 'preview', draft_id: 'x', state: 'done', done: 2, total: 2, problem: '', requested_by: 'u1', requested_at: '',
  moves: { primary: { account: 1 }, owners: {}, ways: [{ from: 't1', to: '', records: 1, samples: [{ record_type: 'account', record_id: 'a', name: 'Seeblick', was: 'Region is Germany', becomes: 'in the queue' }] }] },
};

test('a change is tried before it is made', async () => {
  const calls = answer({
    'GET /territories': { items: [germany], next: '' },
    'GET /dimensions': { items: [dimension], next: '' },
    'GET /territory-assignment': { ...job, kind: 'assign' },
    'POST /territory-drafts': { id: 'x', version: 1, state: 'open', territory: germany, created_by: 'u1', created_at: '', updated_at: '', job, stale: false },
    'GET /territory-drafts/x': { id: 'x', version: 1, state: 'open', territory: germany, created_by: 'u1', created_at: '', updated_at: '', job, stale: false },
    'POST /territory-drafts/x/apply': germany,
  });
  show(<TerritoriesPage />);
  await screen.findByText('Nobody works in it: add people or teams.');
  await screen.findByText('2 accounts');
  await userEvent.click(screen.getByRole('button', { name: 'Change Germany' }));
  await userEvent.click(await screen.findByRole('button', { name: 'What would move?' }));
  const moves = await screen.findByRole('region', { name: 'What would move' });
  within(moves).getByText('1 of 2 records get another primary territory.');
  within(moves).getByText('1 from Germany to the queue');
  await userEvent.click(screen.getByRole('button', { name: 'Make the change' }));
  expect(calls.filter((c) => c.method === 'POST').map((c) => c.path)).toEqual(['/territory-drafts', '/territory-drafts/x/apply']);
});
