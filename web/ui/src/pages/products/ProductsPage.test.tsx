import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, problem, show } from '../../testing/render';
import ProductsPage from './ProductsPage';

const grill = { id: 'p1', version: 1, created_at: '', updated_at: '', code: 'G-1', name: 'Grill', unit: 'pc', tax: 1_900, active: true };
const page = (...items: unknown[]) => ({ items, next: '' });

test('a product is made, and its tax sent in basis points', async () => {
  const calls = answer({ 'GET /products': page(), 'POST /products': grill });
  show(<ProductsPage />);
  expect(await screen.findByText('No product yet')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'New product' }));
  const dialog = await screen.findByRole('dialog');
  await userEvent.type(within(dialog).getByLabelText(/Code/), 'G-1');
  await userEvent.type(within(dialog).getByLabelText(/Name/), 'Grill');
  await userEvent.type(within(dialog).getByLabelText('Tax'), '19');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Create' }));
  expect(calls.find((c) => c.method === 'POST')?.body).toEqual({ code: 'G-1', name: 'Grill', unit: '', tax: 1_900, active: true });
});

test('a price list has prices in minor units, and tells why it is refused', async () => {
  const calls = answer({ 'GET /products': page(grill), 'GET /price-lists': page(), 'POST /price-lists': problem(422, 'Some fields cannot be taken', 'currency: is unknown', [{ location: 'body.currency', message: 'is unknown' }]) });
  show(<ProductsPage />, '/products?part=prices');
  await userEvent.click(await screen.findByRole('button', { name: 'New price list' }));
  const dialog = await screen.findByRole('dialog');
  await userEvent.type(within(dialog).getByLabelText(/Name/), '2026');
  await userEvent.type(await within(dialog).findByLabelText('Grill'), '1299');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Create' }));
  expect(calls.find((c) => c.method === 'POST')?.body).toEqual({ name: '2026', currency: 'EUR', prices: { p1: 129_900 } });
  expect(await within(dialog).findByText('is unknown')).toBeInTheDocument();
});
