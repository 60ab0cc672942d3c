import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, show } from '../testing/render';
import { NoteForm } from './NoteForm';

test('a task is due at the end of the day that was chosen', async () => {
  const calls = answer({ 'POST /activities': {} });
  show(<NoteForm record={{ type: 'lead', id: 'l1' }} />);
  await userEvent.selectOptions(screen.getByLabelText('Note a'), 'task');
  await userEvent.type(screen.getByLabelText('What it is about'), 'Call them');
  await userEvent.type(screen.getByLabelText('Due (UTC)'), '2026-03-04');
  await userEvent.click(screen.getByRole('button', { name: 'Note' }));
  expect(calls.find((c) => c.method === 'POST')?.body).toEqual({ kind: 'task', subject: 'Call them', due_at: '2026-03-04T23:59:59Z', record_type: 'lead', record_id: 'l1' });
});
