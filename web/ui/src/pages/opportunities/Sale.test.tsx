// From the quote to the money, on the page of an opportunity.
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { useSession } from '../../api/queries';
import type { Invoice, Order, Quote } from '../../api/sales';
import { answer, show } from '../../testing/render';
import { openQuantities, OrdersPanel } from './OrdersPanel';
import { draftOf, lineOf } from './QuoteForm';
import { QuotesPanel } from './QuotesPanel';
import type { OpportunityView } from '../../api/types';

const meta = { version: 2, created_at: '2026-03-01T12:00:00Z', updated_at: '2026-03-01T12:00:00Z' };
const line = { product_id: 'p1', text: 'Grill', quantity: 6_000, unit: 'pc', price: 129_900, discount: 500, tax: 1_900, position: 0 };
const sums = { lines: [740_430], discount: 0, net: 740_430, taxes: [{ rate: 1_900, net: 740_430, tax: 140_682 }], tax: 140_682, gross: 881_112 };
const quote: Quote = { ...meta, id: 'q1', opportunity_id: 'o1', number: 'Q-2026-0001', revision: 1, state: 'draft', currency: 'EUR', lines: [line], discount: 0, notes: '', reason: '', sums };
const order: Order = { ...meta, id: 'r1', quote_id: 'q1', opportunity_id: 'o1', account_id: '', contact_id: '', number: 'O-2026-0001', state: 'open', currency: 'EUR', lines: [line], discount: 0, reason: '', sums };
const invoice: Invoice = { ...meta, id: 'i1', order_id: 'r1', opportunity_id: 'o1', number: 'I-2026-0001', state: 'issued', currency: 'EUR', lines: [{ ...line, quantity: 2_000 }], discount: 0, due_at: '2026-03-31T12:00:00Z', paid: 0, due: 293_704, reason: '', sums };
const opportunity = { id: 'o1', state: 'open', amount: { amount: 0, currency: '' } } as OpportunityView;

const page = (...items: unknown[]) => ({ items, next: '' });

test('a line is sent in the units of the API, and what is left empty comes from the product', () => {
  const draft = draftOf(line, 'EUR');
  expect(draft).toEqual({ product: 'p1', text: 'Grill', quantity: 6, unit: 'pc', price: 1299, discount: 5, tax: 19 });
  expect(lineOf(draft, 'EUR')).toEqual({ product_id: 'p1', text: 'Grill', quantity: 6_000, unit: 'pc', price: 129_900, discount: 500, tax: 1_900 });
  expect(lineOf({ product: 'p1', text: '', quantity: 1, unit: '', price: '', discount: '', tax: '' }, 'JPY')).toEqual({ product_id: 'p1', quantity: 1_000 });
});

test('a draft is sent only after it was asked for', async () => {
  const calls = answer({ 'GET /quotes': page(quote), 'GET /orders': page(), 'POST /quotes/q1/send': { ...quote, state: 'sent' } });
  show(<QuotesPanel opportunity={opportunity} />);
  expect(await screen.findByText('€8,811.12')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Send: Q-2026-0001' }));
  expect(calls.some((c) => c.method === 'POST')).toBe(false);
  await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'It is sent' }));
  expect(calls.find((c) => c.method === 'POST')?.path).toBe('/quotes/q1/send');
});

test('an accepted quote becomes an order, once', async () => {
  const accepted = { ...quote, state: 'accepted' };
  const calls = answer({ 'GET /quotes': page(accepted), 'GET /orders': page(), 'POST /orders': order });
  const before = show(<QuotesPanel opportunity={opportunity} />);
  await userEvent.click(await screen.findByRole('button', { name: 'Make the order: Q-2026-0001' }));
  expect(calls.find((c) => c.method === 'POST')?.body).toEqual({ quote_id: 'q1' });
  before.unmount();
  answer({ 'GET /quotes': page(accepted), 'GET /orders': page(order) });
  show(<QuotesPanel opportunity={opportunity} />);
  expect(await screen.findByText('Q-2026-0001')).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: /Make the order/ })).not.toBeInTheDocument();
});

test('what is not invoiced yet is proposed, and money is noted in minor units', async () => {
  expect(openQuantities(order, [invoice, { ...invoice, id: 'i0', state: 'cancelled' }])).toEqual([4_000]);
  const calls = answer({ 'GET /orders': page(order), 'GET /invoices': page(invoice), 'POST /invoices': invoice, 'POST /invoices/i1/payments': {} });
  show(<OrdersPanel opportunity="o1" />);
  await userEvent.click(await screen.findByRole('button', { name: 'Invoice: O-2026-0001' }));
  let dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByText('4 pc not invoiced yet')).toBeInTheDocument();
  await userEvent.click(within(dialog).getByRole('button', { name: 'Issue the invoice' }));
  expect(calls.find((c) => c.path === '/invoices' && c.method === 'POST')?.body).toEqual({ order_id: 'r1', quantities: { 0: 4_000 } });
  await userEvent.click(await screen.findByRole('button', { name: 'Note a payment: I-2026-0001' }));
  dialog = await screen.findByRole('dialog', { name: 'Payment for I-2026-0001' });
  await userEvent.click(within(dialog).getByRole('button', { name: 'Note the payment' }));
  expect(calls.find((c) => c.path.endsWith('/payments'))?.body).toEqual({ amount: { amount: 293_704, currency: 'EUR' }, method: '', reference: '' });
});

test('a payment that was noted wrongly is taken back once, with a reason', async () => {
  const payment = { ...meta, id: 'p1', invoice_id: 'i1', amount: { amount: 50_00, currency: 'EUR' }, paid_at: meta.created_at, method: '', reference: 'X 1', reverses: '', reason: '' };
  const back = { ...payment, id: 'p3', amount: { amount: -20_00, currency: 'EUR' }, reverses: 'p2', reason: 'Noted twice' };
  const calls = answer({
    'GET /orders': page(order),
    'GET /invoices': page(invoice),
    'GET /invoices/i1': { ...invoice, payments: [payment, { ...payment, id: 'p2', amount: { amount: 20_00, currency: 'EUR' } }, back] },
    'POST /payments/p1/reverse': back,
  });
  show(<OrdersPanel opportunity="o1" />);
  await userEvent.click(await screen.findByRole('button', { name: 'Lines of I-2026-0001' }));
  expect(await screen.findByText(/takes a payment back: Noted twice/)).toBeInTheDocument();
  expect(screen.getAllByRole('button', { name: /Take back the payment/ })).toHaveLength(1);
  await userEvent.click(screen.getByRole('button', { name: /Take back the payment of .*50/ }));
  const dialog = await screen.findByRole('dialog');
  await userEvent.type(within(dialog).getByLabelText(/Reason/), 'Of another customer');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Take the payment back' }));
  expect(calls.find((c) => c.path === '/payments/p1/reverse')?.body).toEqual({ reason: 'Of another customer' });
});

test('an invoice is due at the end of the day that was chosen', async () => {
  const calls = answer({ 'GET /orders': page(order), 'GET /invoices': page(), 'POST /invoices': invoice });
  show(<OrdersPanel opportunity="o1" />);
  await userEvent.click(await screen.findByRole('button', { name: 'Invoice: O-2026-0001' }));
  const dialog = await screen.findByRole('dialog');
  await userEvent.type(within(dialog).getByLabelText('Due (UTC)'), '2026-03-31');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Issue the invoice' }));
  expect(calls.find((c) => c.path === '/invoices' && c.method === 'POST')?.body).toMatchObject({ due_at: '2026-03-31T23:59:59Z' });
});

test('who may not read invoices does not ask for them', async () => {
  const session = { user: { id: 'u1', name: 'anna' }, grants: ['order:read'], now: '2026-03-01T12:00:00Z', version: '1' };
  const SignedIn = () => useSession().data && <OrdersPanel opportunity="o1" />;
  const calls = answer({ 'GET /session': session, 'GET /orders': page(order), 'GET /invoices': page() });
  show(<SignedIn />);
  expect(await screen.findByText('O-2026-0001')).toBeInTheDocument();
  expect(calls.some((c) => c.path.startsWith('/invoices'))).toBe(false);
});
