import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, show } from '../../testing/render';
import TasksPage from './TasksPage';

const session = { user: { id: 'u1', name: 'anna' }, grants: ['activity:update'], now: '2026-03-05T12:00:00Z', version: '1', second_factor: 'none' };
const task = { id: 't1', version: 1, created_at: '', updated_at: '', kind: 'task', record_type: 'opportunity', record_id: 'o1', subject: 'Call them', text: '', owner_id: 'u1', process_id: '', stage: '', campaign_id: '', response: '', channel: '', due_at: '2026-03-04T00:00:00Z', record_name: 'Six grills' };

test('a task names its record, is late, and can be ticked', async () => {
  const calls = answer({ 'GET /session': session, 'GET /activities': { items: [task], next: '' }, 'PATCH /activities/t1': {} });
  show(<TasksPage />, '/tasks');
  expect(await screen.findByText('was due 4 Mar 2026')).toBeInTheDocument();
  expect(await screen.findByRole('link', { name: 'Six grills' })).toHaveAttribute('href', '/opportunities/o1');
  expect(calls.some((c) => c.path.includes('owner=u1'))).toBe(true);
  await userEvent.click(screen.getByRole('checkbox', { name: 'Call them' }));
  expect(calls.find((c) => c.method === 'PATCH')?.body).toEqual({ done: true });
});

test('who may not change tasks cannot tick them', async () => {
  answer({ 'GET /session': { ...session, grants: ['activity:read'] }, 'GET /activities': { items: [task], next: '' } });
  show(<TasksPage />, '/tasks');
  await waitFor(() => expect(screen.getByRole('checkbox', { name: 'Call them' })).toBeDisabled());
});

test('nothing to do says where tasks come from', async () => {
  answer({ 'GET /session': session, 'GET /activities': { items: [], next: '' } });
  show(<TasksPage />, '/tasks');
  expect(await screen.findByText('Nothing to do')).toBeInTheDocument();
});
