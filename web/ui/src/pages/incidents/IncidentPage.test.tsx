import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router';
import { expect, test } from 'vitest';
import { answer, problem, show } from '../../testing/render';
import { incident, mention } from '../../testing/samples';
import IncidentPage, { windowOf } from './IncidentPage';

const empty = { items: [], next: '' };
const hostile = '<img src=x onerror="alert(1)"> and <b>more</b>';

function page(more: Record<string, unknown> = {}) {
  return answer({
    'GET /incidents/i1': incident,
    'GET /incidents/i1/history': {
      items: [
        { id: 'e2', incident_id: 'i1', at: '2026-03-01T12:10:00Z', by: 'berta', action: 'commented', value: '', text: hostile },
        { id: 'e1', incident_id: 'i1', at: '2026-03-01T12:00:00Z', by: '', action: 'opened', value: '3', text: '40 people wrote negatively' },
      ],
      next: '',
    },
    'GET /incidents/i1/posts': { items: [{ role: 'began', mention }], next: '' },
    'GET /incidents/i1/people': empty,
    'GET /incidents/i1/ideas': empty,
    'GET /series': { step: '1m', now: '2026-03-01T12:30:00Z', points: [] },
    'GET /users': { items: [{ name: 'berta' }], next: '' },
    'GET /incidents': { items: [incident, { ...incident, id: 'i2', monitor: 'Anvil' }], next: '' },
    ...more,
  });
}

function open() {
  return show(
    <Routes>
      <Route path="/incidents/:id" element={<IncidentPage />} />
    </Routes>,
    '/incidents/i1',
  );
}

test('what happened is told, and a hostile comment is only text', async () => {
  page();
  const { container } = open();
  const history = await screen.findByRole('region', { name: 'History' });
  expect(await within(history).findByText(hostile)).toBeInTheDocument();
  expect(within(history).getByText('Opened with severity 3')).toBeInTheDocument();
  expect(within(history).getByText(/by the detector/)).toBeInTheDocument();
  expect(container.querySelector('img, b')).toBeNull();
  expect(screen.getByText('It began with this')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'recall' })).toHaveAttribute('href', expect.stringContaining('text=recall'));
});

test('it is labelled and commented with the version that was read', async () => {
  const calls = page({ 'PUT /incidents/i1/label': { ...incident, label: 'false_alarm' }, 'POST /incidents/i1/comments': incident });
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'False alarm' }));
  await waitFor(() => expect(calls).toContainEqual({ method: 'PUT', path: '/incidents/i1/label', body: { label: 'false_alarm' } }));
  await userEvent.type(screen.getByLabelText('Comment'), 'on it');
  await userEvent.click(screen.getByRole('button', { name: 'Add comment' }));
  await waitFor(() => expect(calls).toContainEqual({ method: 'POST', path: '/incidents/i1/comments', body: { text: 'on it' } }));
  await waitFor(() => expect(screen.getByLabelText('Comment')).toHaveValue(''));
});

test('a change that came too late says so', async () => {
  page({ 'PUT /incidents/i1/label': problem(412, 'Somebody else changed the record', 'the record is newer than If-Match: load it again') });
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'It was right' }));
  expect(await screen.findByText(/It was changed in the meantime/)).toBeInTheDocument();
});

test('it is merged into another one', async () => {
  const calls = page({ 'PUT /incidents/i1/merge': { ...incident, merged_into: 'i2' } });
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Merge' }));
  await userEvent.click(await screen.findByPlaceholderText('Choose an incident'));
  await userEvent.click(await screen.findByText(/^Firestorm: Anvil/));
  await waitFor(() => expect(calls).toContainEqual({ method: 'PUT', path: '/incidents/i1/merge', body: { into: 'i2' } }));
});

test('a praise proposes thanks and advocates', async () => {
  const person = { author: mention.author, contact: { id: 'c1', name: 'Anna Vogt' }, posts: 2, negative: 0, positive: 2, recommendations: 1, helpful: 0, engagement: 5, reach: 12, advocacy: 3.1, proposal: 'advocate', top_post: mention };
  page({ 'GET /incidents/i1': { ...incident, kind: 'praise' }, 'GET /incidents/i1/people': { items: [person], next: '' } });
  open();
  const people = await screen.findByRole('region', { name: 'People' });
  expect(await within(people).findByText('Win as advocate')).toBeInTheDocument();
  expect(within(people).getByText(/advocacy = log10/)).toBeInTheDocument();
  expect(within(people).getByTestId('contact-chip')).toHaveTextContent('Anna Vogt');
});

test('the window begins an hour before and ends half an hour after', () => {
  expect(windowOf({ ...incident, resolved_at: '2026-03-01T14:00:00Z' }, 0)).toEqual({ from: '2026-03-01T11:00:00.000Z', until: '2026-03-01T14:30:00.000Z', step: '1m' });
});
