// Whom somebody knows, by files of their own.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useChange } from './changes';
import { send } from './client';
import { keys, paged } from './queries';

const key = ['network'];

export function useNetwork() {
  return useInfiniteQuery(paged(key, (cursor, signal) => send('get', '/me/network', { query: { cursor, limit: 50 }, signal })));
}

/** Takes somebody out of one's network; the answer says whether the contact is gone too. */
export function useTakeOut() {
  return useChange((id: string) => send('delete', '/acquaintances/{id}', { path: { id } }), key, keys.contacts);
}
