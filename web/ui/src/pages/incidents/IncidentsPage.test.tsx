import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, show } from '../../testing/render';
import { incident } from '../../testing/samples';
import IncidentsPage from './IncidentsPage';

test('the keys J and K go through the list', async () => {
  answer({ 'GET /incidents': { items: [incident, { ...incident, id: 'i2', monitor: 'Anvil', assignee: 'berta', label: 'right' }], next: '' } });
  show(<IncidentsPage />, '/incidents');
  const [first, second] = await screen.findAllByRole('link', { name: /^Firestorm/ });
  await userEvent.keyboard('j');
  expect(first).toHaveFocus();
  await userEvent.keyboard('j');
  expect(second).toHaveFocus();
  await userEvent.keyboard('kk');
  expect(first).toHaveFocus();
  expect(screen.getByText('berta')).toBeInTheDocument();
  expect(screen.getByText('It was right')).toBeInTheDocument();
});

test('the filter stands in the address and goes to the server', async () => {
  const calls = answer({ 'GET /incidents': { items: [], next: '' } });
  show(<IncidentsPage />, '/incidents?severity=4&assignee=berta&state=open&on=1&kind=nonsense');
  expect(await screen.findByText('No incident matches this filter')).toBeInTheDocument();
  const call = calls.find((c) => c.path.startsWith('/incidents?'))?.path ?? '';
  for (const part of ['severity=4', 'assignee=berta', 'state=open', 'on=true']) expect(call).toContain(part);
  expect(call).not.toContain('nonsense');
});
