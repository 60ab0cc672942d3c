// Who speaks, by what they are to the company, and who changed what.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { send } from './client';
import { keys, paged } from './queries';
import type { components } from './schema';

type Schemas = components['schemas'];
export type AuthorItem = Schemas['AuthorItem'];
export type AuthorGroup = AuthorItem['group'];
export type GroupCount = Schemas['GroupCount'];
export type AuditEntry = Schemas['AuditEntry'];

export function useAuthors(group: AuthorGroup | undefined, network: string) {
  return useInfiniteQuery(paged(['authors', 'list', group ?? '', network], (cursor, signal) => send('get', '/authors', { query: { group, network, limit: 50, cursor }, signal })));
}

/** How much each group said in the last thirty days. */
export function useGroups(monitor: string) {
  return useQuery({ queryKey: ['authors', 'groups', monitor], queryFn: ({ signal }) => send('get', '/authors/groups', { query: { monitor }, signal }) });
}

export interface AuditFilter {
  record: string;
  type: string;
  actor: string;
  event: string;
}

export function useAudit(filter: AuditFilter) {
  return useInfiniteQuery(paged([...keys.audit, filter], (cursor, signal) => send('get', '/audit', { query: { ...filter, limit: 50, cursor }, signal })));
}
