import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import type { Correction } from '../api/types';
import { answer, problem, show } from '../testing/render';
import { mention } from '../testing/samples';
import { MentionRow } from './MentionRow';

const correction: Correction = {
  id: 'c1',
  post_id: 'p1',
  monitor_id: 'm1',
  monitor: 'Acme',
  polarity: 'positive',
  polarity_before: 'negative',
  intent_before: 'complaint',
  confirms: false,
  corrected_by: 'u1',
  corrected_name: 'maria',
  corrected_at: '2026-03-01T12:00:00Z',
  near_duplicates: 2,
  text: '',
};

test('a mention is corrected by keyboard, and says so', async () => {
  const calls = answer({ 'POST /corrections': correction, 'DELETE /corrections/c1': new Response(null, { status: 204 }) });
  const user = userEvent.setup();
  show(<MentionRow mention={mention} />);
  screen.getByRole('button', { name: 'Correct this mention' }).focus();
  await user.keyboard('{Enter}');
  expect(await screen.findByRole('menuitemradio', { name: 'Negative' })).toBeChecked();
  const positive = screen.getByRole('menuitemradio', { name: 'Positive' });
  positive.focus();
  await user.keyboard('{Enter}');
  await screen.findByText(/corrected by maria/);
  expect(screen.getAllByText('Positive')).not.toHaveLength(0);
  expect(calls).toContainEqual({ method: 'POST', path: '/corrections', body: { post_id: 'p1', monitor_id: 'm1', polarity: 'positive' } });

  await user.click(screen.getByRole('button', { name: 'Correct this mention' }));
  await user.click(await screen.findByText('Undo the correction'));
  await waitFor(() => expect(screen.queryByText(/corrected by/)).toBeNull());
  expect(calls.at(-1)?.method).toBe('DELETE');
});

test('what was corrected before stays so', async () => {
  const calls = answer({ 'POST /corrections': { ...correction, intent: 'purchase' } });
  const user = userEvent.setup();
  const before = { id: 'c1', own: true, corrected_by: 'u1', corrected_name: 'maria', corrected_at: '', confirms: false, model_polarity: 'neutral', model_intent: 'complaint' } as const;
  show(<MentionRow mention={{ ...mention, correction: before }} />);
  await user.click(screen.getByRole('button', { name: 'Correct this mention' }));
  await user.click(await screen.findByRole('menuitemradio', { name: 'Purchase' }));
  await waitFor(() => expect(calls.find((c) => c.method === 'POST')?.body).toEqual({ post_id: 'p1', monitor_id: 'm1', polarity: 'negative', intent: 'purchase' }));
});

test('a reading that is right is confirmed', async () => {
  const calls = answer({ 'POST /corrections': { ...correction, polarity: 'negative', intent: 'complaint', confirms: true } });
  const user = userEvent.setup();
  show(<MentionRow mention={mention} />);
  await user.click(screen.getByRole('button', { name: 'Correct this mention' }));
  await user.click(await screen.findByRole('menuitem', { name: 'It is read rightly' }));
  await screen.findByText(/confirmed by maria/);
  expect(calls.find((c) => c.method === 'POST')?.body).toEqual({ post_id: 'p1', monitor_id: 'm1', polarity: 'negative', intent: 'complaint' });
  await user.click(screen.getByRole('button', { name: 'Correct this mention' }));
  await screen.findByText('Undo the confirmation');
});

test('a correction that fails changes nothing', async () => {
  answer({ 'POST /corrections': problem(404, 'There is no such thing', 'the mention is gone') });
  const user = userEvent.setup();
  show(<MentionRow mention={mention} />);
  await user.click(screen.getByRole('button', { name: 'Correct this mention' }));
  await user.click(await screen.findByRole('menuitemradio', { name: 'Positive' }));
  await waitFor(() => expect(screen.getByRole('button', { name: 'Correct this mention' })).not.toHaveAttribute('data-loading'));
  expect(screen.queryByText(/corrected by/)).toBeNull();
});
