// What the review page reads and changes: links that wait for a person, and how right the matcher was.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useChange } from './changes';
import { send } from './client';
import { keys, paged } from './queries';
import type { components } from './schema';
import type { Decision } from './types';

type Schemas = components['schemas'];
export type ReviewItem = Schemas['ReviewItem'];
export type Duplicate = Schemas['Duplicate'];
export type Merge = Schemas['Merge'];
export type MergePreview = Schemas['MergePreview'];
export type MatchSettings = Schemas['MatchSettings'];
export type Precision = Schemas['Precision'];
export type MatchModel = Schemas['MatchModel'];
export type MatchJob = Schemas['MatchJob'];
export type Queue = 'waiting' | 'unsure' | 'sample';

export const reviewKey = ['review'] as const;

export function useReview(queue: Queue, network: string) {
  return useInfiniteQuery(paged([...reviewKey, 'list', queue, network], (cursor, signal) => send('get', '/review', { query: { queue, network, limit: 20, cursor }, signal })));
}

export function useReviewSummary() {
  return useQuery({ queryKey: [...reviewKey, 'summary'], queryFn: ({ signal }) => send('get', '/review/summary', { signal }), refetchInterval: 15_000 });
}

export function useDuplicates() {
  return useInfiniteQuery(paged([...reviewKey, 'duplicates'], (cursor, signal) => send('get', '/duplicates', { query: { limit: 20, cursor }, signal })));
}

export function useMerges() {
  return useInfiniteQuery(paged([...reviewKey, 'merges'], (cursor, signal) => send('get', '/merges', { query: { limit: 20, cursor }, signal })));
}

export function useMergePreview(winner: string, loser: string, take: string[]) {
  return useQuery({
    queryKey: [...reviewKey, 'preview', winner, loser, take],
    queryFn: ({ signal }) => send('get', '/contacts/{id}/merge', { path: { id: winner }, query: { loser, take }, signal }),
    enabled: winner !== '' && loser !== '',
    placeholderData: (before) => (before?.winner.id === winner ? before : undefined), // while a choice is looked at anew
  });
}

export function usePrecision() {
  return useQuery({ queryKey: [...reviewKey, 'precision'], queryFn: ({ signal }) => send('get', '/matching/precision', { signal }) });
}

export function useMatchSettings() {
  return useQuery({ queryKey: [...reviewKey, 'settings'], queryFn: ({ signal }) => send('get', '/matching/settings', { signal }) });
}

export function useModels() {
  return useQuery({ queryKey: [...reviewKey, 'models'], queryFn: ({ signal }) => send('get', '/matching/models', { signal }) });
}

export function useJobs() {
  return useQuery({ queryKey: [...reviewKey, 'jobs'], queryFn: ({ signal }) => send('get', '/matching/jobs', { signal }), refetchInterval: 5_000 });
}

function useReviewChange<V, R>(change: (values: V) => Promise<R>) {
  return useChange(change, reviewKey, keys.contacts, keys.mentions, keys.leads);
}

/** Decides on a link as it was seen: when somebody else was faster, nothing is changed. */
export function useVerdict() {
  return useReviewChange(({ item, decision }: { item: ReviewItem; decision: Decision }) =>
    send('post', '/links', { body: { author_id: item.author_id, contact_id: item.contact_id, decision }, version: item.version }),
  );
}

export function useUndo() {
  return useReviewChange((event: string) => send('post', '/links/undo', { body: { event } }));
}

export function useMerge() {
  return useReviewChange(({ winner, loser, take }: { winner: { id: string; version: number }; loser: { id: string; version: number }; take: string[] }) =>
    send('post', '/contacts/{id}/merge', { path: { id: winner.id }, body: { loser_id: loser.id, loser_version: loser.version, take }, version: winner.version }),
  );
}

export function useUnmerge() {
  return useReviewChange((id: string) => send('post', '/merges/{id}/unmerge', { path: { id }, body: {} }));
}

export function useDismissDuplicate() {
  return useReviewChange((d: Duplicate) => send('post', '/duplicates/dismiss', { body: { a_id: d.winner.id, b_id: d.loser.id } }));
}

export function useSaveMatchSettings(version: number) {
  return useReviewChange((body: Schemas['MatchSettingsFields']) => send('put', '/matching/settings', { body, version }));
}

export function useRequestJob() {
  return useReviewChange((kind: MatchJob['kind']) => send('post', '/matching/jobs', { body: { kind } }));
}

export function useActivate() {
  return useReviewChange((id: string) => send('post', '/matching/models/{id}/activate', { path: { id }, body: {} }));
}
