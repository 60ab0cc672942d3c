import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';
import { answer, show } from '../testing/render';
import { Menu } from './Menu';
import { first, groups } from './menu';

const session = (...grants: string[]) => ({ 'GET /session': { user: { id: 'u1', name: 'anna' }, grants, now: '2026-03-01T12:00:00Z', version: '1' }, 'GET /incidents': { items: [], next: '' } });
const names = () => screen.getAllByRole('link').map((a) => a.textContent);

beforeEach(() => localStorage.clear());

test('each place has a picture and an address of its own', () => {
  const places = [...first, ...groups.flatMap((g) => g.places)];
  expect(new Set(places.map((p) => p.icon)).size).toBe(places.length);
  expect(new Set(places.map((p) => p.to)).size).toBe(places.length);
});

test('shows what somebody’s roles reach', async () => {
  answer(session('lead:read', 'contact:read', 'source:read'));
  show(<Menu onGo={() => undefined} />);
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Listening' })).not.toBeInTheDocument());
  expect(names()).toEqual(['Overview', 'Notices', 'Contacts', 'Leads']);
  await userEvent.click(screen.getByRole('button', { name: 'Settings' }));
  expect(names()).toContain('Sources');
});

test('a group stays closed, but for the page that is open', async () => {
  answer(session('lead:read', 'opportunity:read'));
  const before = show(<Menu onGo={() => undefined} />, '/leads/l1');
  await userEvent.click(screen.getByRole('button', { name: 'Selling' }));
  expect(names()).not.toContain('Opportunities');
  expect(screen.getByRole('link', { name: 'Leads' })).toHaveAttribute('aria-current', 'page');
  before.unmount();
  const { container } = show(<Menu onGo={() => undefined} />, '/');
  expect(within(container).getByRole('button', { name: 'Selling' })).toHaveAttribute('aria-expanded', 'false');
  expect(names()).not.toContain('Leads');
});
