// What the page of webhooks reads and changes.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useChange } from './changes';
import { send } from './client';
import { paged } from './queries';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Webhook = Schemas['WebhookView'];
export type WebhookFields = Schemas['WebhookBody'];
export type WebhookDelivery = Schemas['WebhookDeliveryView'];

const key = ['webhooks'] as const;

export function useWebhooks() {
  return useQuery({ queryKey: key, queryFn: ({ signal }) => send('get', '/webhooks', { signal }), refetchInterval: 15_000 });
}

/** Makes a webhook, or changes the one that was read in this version. */
export function useSaveWebhook(webhook?: Webhook) {
  return useChange(
    (body: WebhookFields) =>
      webhook ? send('put', '/webhooks/{id}', { path: { id: webhook.id }, body, version: webhook.version }) : send('post', '/webhooks', { body }),
    key,
  );
}

export function useDeleteWebhook() {
  return useChange((id: string) => send('delete', '/webhooks/{id}', { path: { id } }), key);
}

export function useRotateSecret() {
  return useChange((id: string) => send('post', '/webhooks/{id}/secret', { path: { id }, body: { overlap_hours: 24 } }), key);
}

export function useTestWebhook() {
  return useChange((id: string) => send('post', '/webhooks/{id}/test', { path: { id } }), key);
}

export function useWebhookLog(id: string, state: WebhookDelivery['state'] | undefined) {
  return useInfiniteQuery({
    ...paged([...key, id, 'log', state ?? ''], (cursor, signal) => send('get', '/webhooks/{id}/deliveries', { path: { id }, query: { state, limit: 30, cursor }, signal })),
    refetchInterval: 5_000,
  });
}

export function useWebhookAttempts(webhook: string, delivery: WebhookDelivery) {
  return useQuery({
    queryKey: [...key, webhook, 'attempts', delivery.id, delivery.attempts],
    queryFn: ({ signal }) => send('get', '/webhooks/{id}/deliveries/{delivery_id}/attempts', { path: { id: webhook, delivery_id: delivery.id }, signal }),
  });
}

export function useRedeliver(webhook: string) {
  return useChange((id: string) => send('post', '/webhooks/{id}/deliveries/{delivery_id}/redeliver', { path: { id: webhook, delivery_id: id } }), key);
}
