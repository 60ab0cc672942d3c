import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import type { Acquaintance } from '../../api/types';
import { answer, show } from '../../testing/render';
import { Acquaintances } from './Acquaintances';

const mine: Acquaintance = {
  id: 'a1', contact_id: 'c1', user: { id: 'u1', name: 'anna' }, file_kind: 'linkedin', origin: 'the LinkedIn connections of anna', connected_on: '2024-01-02', basis: 'legitimate-interest',
  evidence: 'met at fairs', brought_in: true, at: '2026-03-01T12:00:00Z',
};

test('it says who knows the contact, and one takes one’s own out', async () => {
  const calls = answer({ 'GET /session': { user: { id: 'u1', name: 'anna' } }, 'DELETE /acquaintances/a1': { contact: true, stays: '' } });
  show(<Acquaintances acquaintances={[mine, { ...mine, id: 'a2', user: { id: 'u2', name: 'bert' }, file_kind: 'vcard', connected_on: '', brought_in: false }]} />);
  expect(screen.getByText('comes from here')).toBeInTheDocument();
  expect(screen.getByText(/^LinkedIn connection since 2024-01-02, noted/)).toBeInTheDocument();
  expect(screen.getByText(/^Address card, noted/)).toBeInTheDocument();
  await userEvent.click(await screen.findByRole('button', { name: 'Take out' }));
  await userEvent.click((await screen.findAllByRole('button', { name: 'Take out' })).at(-1) as HTMLElement);
  await waitFor(() => expect(calls.some((c) => c.method === 'DELETE' && c.path === '/acquaintances/a1')).toBe(true));
});

test('nothing is shown where nobody knows them', () => {
  answer({});
  show(<Acquaintances acquaintances={[]} />);
  expect(screen.queryByText('Who knows them')).not.toBeInTheDocument();
});
