// Calls, meetings, notes and tasks.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useChange } from './changes';
import { send } from './client';
import { keys, paged } from './queries';
import type { components } from './schema';

export type Task = components['schemas']['ActivityItem'];
type Body = components['schemas']['CreateActivityInputBody'];
export type ActivityKind = Extract<Body['kind'], 'call' | 'e-mail' | 'meeting' | 'note' | 'task'>;

/** A record that something can be done with. */
export interface NotedRecord {
  type: 'account' | 'contact' | 'lead' | 'opportunity';
  id: string;
}

const tasksKey = ['tasks'] as const;
const stale = { account: keys.accounts, contact: keys.contacts, lead: keys.leads, opportunity: keys.opportunities };

/** Notes what was done with a record, or sets a task. */
export function useNoteActivity({ type, id }: NotedRecord) {
  return useChange((a: { kind: ActivityKind; subject: string; due_at?: string }) => send('post', '/activities', { body: { ...a, record_type: type, record_id: id } }), stale[type], tasksKey, keys.cases);
}

/** What is to be done, of one person or of everybody. */
export function useTasks(owner: string) {
  return useInfiniteQuery({
    ...paged([...tasksKey, owner], (cursor, signal) => send('get', '/activities', { query: { open: true, owner, limit: 50, cursor }, signal })),
    refetchInterval: 15_000,
  });
}

/** Says that a task is done, or not. */
export function useTickTask() {
  return useChange(({ task: { id, version }, done }: { task: { id: string; version: number }; done: boolean }) => send('patch', '/activities/{id}', { path: { id }, body: { done }, version }), tasksKey, keys.opportunities, keys.cases, keys.leads, keys.contacts, keys.accounts);
}
