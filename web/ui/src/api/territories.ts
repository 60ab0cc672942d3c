// What the pages of territories, credit, goals and cases read and change.
import { useInfiniteQuery, useQuery, keepPreviousData } from '@tanstack/react-query';
import { useChange } from './changes';
import { send } from './client';
import { keys, paged } from './queries';
import type { components } from './schema';

type Schemas = components['schemas'];

export type Territory = Schemas['TerritoryView'];
export type TerritoryFields = Schemas['TerritoryBody'];
export type Dimension = Schemas['Dimension'];
export type Draft = Schemas['DraftView'];
export type TerritoryJob = Schemas['TerritoryJob'];
export type StatementLine = Schemas['StatementLine'];
export type Goal = Schemas['ReachedGoal'];
export type GoalFields = Schemas['GoalBody'];
export type CreditPart = Schemas['CreditPart'];
export type Result = Schemas['TerritoryResult'];
export type CaseEvent = Schemas['CaseEventView'];
export type ForecastRow = Schemas['ForecastRow'];

const own = {
  territories: ['territories'],
  dimensions: ['dimensions'],
  queue: ['territory-queue'],
  assignment: ['territory-assignment'],
  drafts: ['territory-drafts'],
  results: ['territory-results'],
  goals: ['goals'],
  forecast: ['forecast'],
  notices: ['notices'],
} as const;

const often = 3_000;
const seldom = 15_000;

export function useTerritories() {
  return useQuery({ queryKey: own.territories, queryFn: ({ signal }) => send('get', '/territories', { signal }) });
}

export function useDimensions() {
  return useQuery({ queryKey: own.dimensions, queryFn: ({ signal }) => send('get', '/dimensions', { signal }), staleTime: seldom });
}

/** Creates a dimension, or changes the one that was read in this version; records are assigned anew. */
export function useSaveDimension(dimension?: Dimension) {
  return useChange(
    (body: Schemas['DimensionBody']) => (dimension ? send('put', '/dimensions/{id}', { path: { id: dimension.id }, body, version: dimension.version }) : send('post', '/dimensions', { body })),
    own.dimensions,
    own.territories,
    own.assignment,
    own.queue,
    own.results,
  );
}

export function useDeleteDimension() {
  return useChange((id: string) => send('delete', '/dimensions/{id}', { path: { id } }), own.dimensions);
}

export function useCreditRules() {
  return useQuery({ queryKey: [...keys.credit, 'rules'], queryFn: ({ signal }) => send('get', '/credit/rules', { signal }) });
}

/** Puts a new version of the rules in force, made from this one. */
export function useSaveCreditRules(version: number) {
  return useChange((parts: CreditPart[]) => send('put', '/credit/rules', { body: { parts }, version }), keys.credit);
}

export function useCreditPeriods() {
  return useQuery({ queryKey: [...keys.credit, 'periods'], queryFn: ({ signal }) => send('get', '/credit/periods', { signal }) });
}

export function useClosePeriod() {
  return useChange((period: string) => send('post', '/credit/periods', { body: { period } }), keys.credit);
}

export function useRecount() {
  return useChange((from: string) => send('post', '/credit/recount', { body: { from } }), keys.credit);
}

/** How far the records are assigned since the last change; null when nothing was ever changed. */
export function useAssignment() {
  return useQuery({
    queryKey: own.assignment,
    queryFn: async ({ signal }): Promise<TerritoryJob | null> => {
      const territories = await send('get', '/territories', { signal });
      return territories.items.length === 0 ? null : send('get', '/territory-assignment', { signal });
    },
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? often : false),
  });
}

export function useTerritoryQueue() {
  return useInfiniteQuery(paged(own.queue, (cursor, signal) => send('get', '/territory-queue', { query: { cursor, limit: 50 }, signal })));
}

export function useTerritoryResults(dimension: string) {
  return useQuery({
    queryKey: [...own.results, dimension],
    queryFn: ({ signal }) => send('get', '/territory-results', { query: dimension ? { dimension } : {}, signal }),
    placeholderData: keepPreviousData,
  });
}

/** A change that is tried, with what it would move; asked again while that is reckoned. */
export function useDraft(id: string) {
  return useQuery({
    queryKey: [...own.drafts, id],
    queryFn: ({ signal }) => send('get', '/territory-drafts/{id}', { path: { id }, signal }),
    enabled: id !== '',
    refetchInterval: ({ state }) => (state.data?.job.state === 'running' ? often : false),
  });
}

export function useTryTerritory() {
  return useChange((body: { id?: string; version?: number; territory: TerritoryFields }) => send('post', '/territory-drafts', { body }), own.drafts);
}

export function useApplyDraft() {
  return useChange((id: string) => send('post', '/territory-drafts/{id}/apply', { path: { id } }), own.territories, own.queue, own.assignment, own.drafts, own.results);
}

/** Puts a record that was read in this version into a territory. */
export function usePinTerritory(version: number) {
  return useChange(
    ({ type, id, ...body }: { type: 'lead' | 'account' | 'contact' | 'opportunity'; id: string; territory_id: string; reason: string }) =>
      send('put', '/records/{type}/{id}/territories', { path: { type, id }, body, version }),
    own.queue,
    own.territories,
  );
}

export interface StatementFilter {
  from?: string;
  until?: string;
  basis: 'invoiced' | 'paid';
  taker_type?: 'user' | 'team' | 'source' | 'company';
}

export function useStatement(filter: StatementFilter) {
  return useQuery({ queryKey: [...keys.credit, filter], queryFn: ({ signal }) => send('get', '/credit/statement', { query: { ...filter }, signal }), placeholderData: keepPreviousData });
}

export function useGoals() {
  return useInfiniteQuery(paged(own.goals, (cursor, signal) => send('get', '/goals', { query: { cursor, limit: 50 }, signal })));
}

export function useSaveGoal() {
  return useChange((body: GoalFields) => send('post', '/goals', { body }), own.goals);
}

export function useDeleteGoal() {
  return useChange((id: string) => send('delete', '/goals/{id}', { path: { id } }), own.goals);
}

export type ForecastGroup = 'owner' | 'team' | 'territory' | 'stage' | 'process';

export function useForecast(group: ForecastGroup, by: 'month' | 'quarter' | 'year') {
  return useQuery({ queryKey: [...own.forecast, group, by], queryFn: ({ signal }) => send('get', '/forecast', { query: { group, by }, signal }), placeholderData: keepPreviousData });
}

export function useCase(opportunity: string) {
  return useQuery({ queryKey: [...keys.cases, opportunity], queryFn: ({ signal }) => send('get', '/opportunities/{id}/timeline', { path: { id: opportunity }, signal }), refetchInterval: seldom });
}

export function useFollow(opportunity: string) {
  return useQuery({ queryKey: [...keys.cases, opportunity, 'follow'], queryFn: ({ signal }) => send('get', '/opportunities/{id}/follow', { path: { id: opportunity }, signal }) });
}

export function useSetFollow(opportunity: string) {
  return useChange((body: { muted: boolean; kinds: string[] }) => send('put', '/opportunities/{id}/follow', { path: { id: opportunity }, body }), [...keys.cases, opportunity, 'follow']);
}

export function useNotices() {
  return useInfiniteQuery({
    ...paged(own.notices, (cursor, signal) => send('get', '/notices', { query: { cursor, limit: 50 }, signal })),
    refetchInterval: seldom,
  });
}

export function useSeeNotices() {
  return useChange((up_to: string) => send('post', '/notices/seen', { body: { up_to } }), own.notices);
}
