// What the pages read and change from the price of a product to the payment.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useChange } from './changes';
import { send } from './client';
import { keys, paged } from './queries';
import type { components } from './schema';
import type { Hideable } from './types';

type Schemas = components['schemas'];
export type Product = Schemas['Product'];
export type ProductFields = Schemas['ProductBody'];
export type PriceList = Schemas['PriceList'];
export type PriceListFields = Schemas['PriceListBody'];
export type Line = Schemas['Line'];
export type LineFields = Schemas['LineBody'];
export type Sums = Schemas['Sums'];
export type Quote = Hideable<Schemas['QuoteView'], 'lines' | 'sums'>;
export type QuoteFields = Schemas['QuoteBody'];
export type Order = Hideable<Schemas['OrderView'], 'lines' | 'sums'>;
export type QuoteTemplate = Schemas['QuoteTemplate'];
export type QuoteTemplateFields = Schemas['QuoteTemplateBody'];
export type Invoice = Hideable<Schemas['InvoiceView'], 'lines' | 'sums'>;
export type Payment = Schemas['Payment'];

const productsKey = ['products'] as const;
const priceListsKey = ['price-lists'] as const;
const templatesKey = ['quote-templates'] as const;
const quotesKey = ['quotes'] as const;
const ordersKey = ['orders'] as const;
const invoicesKey = ['invoices'] as const;

/** What forms choose from at most. */
const most = 200;

export function useProducts() {
  return useInfiniteQuery(paged(productsKey, (cursor, signal) => send('get', '/products', { query: { limit: most, cursor }, signal })));
}

export function useSaveProduct(product?: Product) {
  return useChange(
    (body: ProductFields) => (product ? send('put', '/products/{id}', { path: { id: product.id }, body, version: product.version }) : send('post', '/products', { body })),
    productsKey,
  );
}

export function usePriceLists() {
  return useInfiniteQuery(paged(priceListsKey, (cursor, signal) => send('get', '/price-lists', { query: { limit: most, cursor }, signal })));
}

export function useSavePriceList(list?: PriceList) {
  return useChange(
    (body: PriceListFields) => (list ? send('put', '/price-lists/{id}', { path: { id: list.id }, body, version: list.version }) : send('post', '/price-lists', { body })),
    priceListsKey,
  );
}

/** The templates by which quotes are printed, in the versions in force. */
export function useQuoteTemplates() {
  return useQuery({ queryKey: templatesKey, queryFn: ({ signal }) => send('get', '/quote-templates', { signal }), staleTime: 60_000 });
}

/** The version of a template that is in force now, to be changed: it is asked for each time. */
export function useQuoteTemplate(id: string) {
  return useQuery({ queryKey: [...templatesKey, id], queryFn: ({ signal }) => send('get', '/quote-templates/{id}', { path: { id }, signal }), enabled: id !== '', gcTime: 0, refetchOnWindowFocus: false, refetchOnReconnect: false });
}

/** Makes a template, or a new version of the one that was read. */
export function useSaveQuoteTemplate(template?: QuoteTemplate) {
  return useChange(
    (body: QuoteTemplateFields) =>
      template ? send('put', '/quote-templates/{id}', { path: { id: template.id }, body, version: template.version }) : send('post', '/quote-templates', { body }),
    templatesKey,
  );
}

export function useQuotes(opportunity: string) {
  return useInfiniteQuery(paged([...quotesKey, opportunity], (cursor, signal) => send('get', '/quotes', { query: { opportunity, cursor }, signal })));
}

/** Drafts a quote for an opportunity, or changes a draft. */
export function useSaveQuote(opportunity: string, quote?: Quote) {
  return useChange(
    (body: QuoteFields) =>
      quote ? send('put', '/quotes/{id}', { path: { id: quote.id }, body, version: quote.version }) : send('post', '/quotes', { body: { ...body, opportunity_id: opportunity } }),
    quotesKey,
    keys.cases,
  );
}

export type QuoteStep = { step: 'send' | 'revise' | 'accept' } | { step: 'decline'; reason: string };

/** Sends a quote, drafts a revision, or notes what the customer said. */
export function useStepQuote({ id, version }: Quote) {
  const path = { id };
  return useChange(
    (s: QuoteStep): Promise<Quote> => {
      switch (s.step) {
        case 'send':
          return send('post', '/quotes/{id}/send', { path, version });
        case 'revise':
          return send('post', '/quotes/{id}/revise', { path, version });
        case 'accept':
          return send('post', '/quotes/{id}/decide', { path, version, body: { accepted: true } });
        case 'decline':
          return send('post', '/quotes/{id}/decide', { path, version, body: { accepted: false, reason: s.reason } });
      }
    },
    quotesKey,
    keys.opportunities,
    keys.cases,
  );
}

export function useOrders(opportunity: string) {
  return useInfiniteQuery(paged([...ordersKey, opportunity], (cursor, signal) => send('get', '/orders', { query: { opportunity, cursor }, signal })));
}

/** Makes the order of a quote that was accepted. */
export function useMakeOrder() {
  return useChange((quote_id: string) => send('post', '/orders', { body: { quote_id } }), ordersKey, quotesKey, keys.cases);
}

export function useEndOrder({ id, version }: Order) {
  return useChange((body: { state: 'fulfilled' | 'cancelled'; reason?: string }) => send('post', '/orders/{id}/end', { path: { id }, version, body }), ordersKey, keys.cases);
}

export function useInvoices(opportunity: string, enabled = true) {
  return useInfiniteQuery({ ...paged([...invoicesKey, opportunity], (cursor, signal) => send('get', '/invoices', { query: { opportunity, cursor }, signal })), enabled });
}

/** An invoice with its payments. */
export function useInvoice(id: string) {
  return useQuery({ queryKey: [...invoicesKey, 'one', id], queryFn: ({ signal }) => send('get', '/invoices/{id}', { path: { id }, signal }) });
}

/** Invoices quantities of an order's lines, by their place and in thousandths. */
export function useMakeInvoice(order: string) {
  return useChange(
    (body: { quantities: Record<string, number>; due_at?: string }) => send('post', '/invoices', { body: { ...body, order_id: order } }),
    invoicesKey,
    keys.cases,
  );
}

export function useCancelInvoice({ id, version }: Invoice) {
  return useChange((reason: string) => send('post', '/invoices/{id}/cancel', { path: { id }, version, body: { reason } }), invoicesKey, keys.cases);
}

export function usePay({ id }: Invoice) {
  return useChange((body: Schemas['CreatePaymentInputBody']) => send('post', '/invoices/{id}/payments', { path: { id }, body }), invoicesKey, keys.cases, keys.credit);
}

/** Takes back a payment that was noted wrongly. */
export function useReversePayment(id: string) {
  return useChange((reason: string) => send('post', '/payments/{id}/reverse', { path: { id }, body: { reason } }), invoicesKey, keys.cases, keys.credit);
}

/** Approves a stage, of the main process where none is named. */
export function useApprove({ id, version }: { id: string; version: number }) {
  return useChange((body: { role: string; process_id: string }) => send('post', '/opportunities/{id}/approvals', { path: { id }, version, body }), keys.opportunities, keys.cases);
}

/** Starts a process beside the main one. */
export function useStartProcess({ id, version }: { id: string; version: number }) {
  return useChange((process_id: string) => send('post', '/opportunities/{id}/processes', { path: { id }, version, body: { process_id } }), keys.opportunities, keys.cases);
}

export function useAdvanceProcess({ id, version }: { id: string; version: number }) {
  return useChange((process_id: string) => send('post', '/opportunities/{id}/processes/{process_id}/advance', { path: { id, process_id }, version }), keys.opportunities, keys.cases);
}

export function useSetOdds({ id, version }: { id: string; version: number }) {
  return useChange((body: { percent: number; reason: string }) => send('post', '/opportunities/{id}/odds', { path: { id }, version, body }), keys.opportunities);
}
