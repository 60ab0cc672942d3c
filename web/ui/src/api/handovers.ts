// What the page of hand-overs reads and changes.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useChange } from './changes';
import { send } from './client';
import { keys, paged } from './queries';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Handover = Schemas['HandoverView'];
export type HandoverCount = Schemas['HandoverCountView'];
export type HandoverRecord = Schemas['HandoverRecordView'];
export type Reception = Schemas['ReceiveInputBody'];

const key = ['handovers'] as const;

const works = (h: Handover) => ['collecting', 'giving', 'returning'].includes(h.state);

export function useHandovers() {
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => send('get', '/handovers', { query: { limit: 20 }, signal }),
    refetchInterval: ({ state }) => (state.data?.items.some(works) ? 2_000 : false),
  });
}

export function useHandoverRecords(id: string, type: string) {
  return useInfiniteQuery(
    paged([...key, id, 'records', type], (cursor, signal) => send('get', '/handovers/{id}/records', { path: { id }, query: { type, limit: 50, cursor }, signal })),
  );
}

export function useBeginHandover() {
  return useChange((body: { user_id: string; reason: string }) => send('post', '/handovers', { body }), key);
}

export function useChooseReceiver(h: Handover) {
  return useChange((body: Reception) => send('put', '/handovers/{id}/receivers', { path: { id: h.id }, version: h.version, body }), key);
}

export function useGiveHandover(h: Handover) {
  return useChange((disable: boolean) => send('post', '/handovers/{id}/give', { path: { id: h.id }, version: h.version, body: { disable } }), key, keys.contacts, keys.accounts, keys.leads, keys.opportunities);
}

export function useUndoHandover(h: Handover) {
  return useChange(() => send('post', '/handovers/{id}/undo', { path: { id: h.id }, version: h.version }), key, keys.contacts, keys.accounts, keys.leads, keys.opportunities);
}
