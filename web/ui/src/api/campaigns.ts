// What the pages of campaigns read and change: campaigns, responses, ideas, advocates, recommendations.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useChange } from './changes';
import { address, receive, send } from './client';
import { keys, paged } from './queries';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Campaign = Schemas['CampaignView'];
export type CampaignBody = Schemas['CampaignBody'];
export type CampaignKind = CampaignBody['kind'];
export type CampaignStatus = 'planned' | 'active' | 'completed' | 'cancelled';
export type CampaignResults = Schemas['CampaignResultsView'];
export type ResponseFile = Schemas['ResponseFile'];
export type Idea = Schemas['IdeaView'];
export type IdeaGroup = Schemas['IdeaGroupView'];
export type IdeaStatus = 'new' | 'shortlisted' | 'chosen' | 'thanked' | 'rejected';
export type IdeaKind = 'slogan' | 'product' | 'name' | 'other';
export type SidePerson = Schemas['SidePerson'];
export type Side = 'advocates' | 'critics';
export type WaitingRecommendation = Schemas['WaitingRecommendation'];
export type Recommendation = Schemas['RecommendationView'];
export type RecommendationEnd = 'lead' | 'reference' | 'nothing';

const campaignsKey = ['campaigns'] as const;
const ideasKey = ['ideas'] as const;
const recommendationsKey = ['recommendations'] as const;

export interface CampaignFilter {
  kind?: CampaignKind | undefined;
  status?: CampaignStatus | undefined;
}

export function useCampaigns(filter: CampaignFilter) {
  return useInfiniteQuery(paged([...campaignsKey, 'list', filter], (cursor, signal) => send('get', '/campaigns', { query: { ...filter, limit: 50, cursor }, signal })));
}

/** The newest campaigns, to choose one from. */
export function useCampaignChoices() {
  return useQuery({ queryKey: [...campaignsKey, 'choices'], queryFn: ({ signal }) => send('get', '/campaigns', { query: { limit: 200 }, signal }), staleTime: 60_000 });
}

export function useCampaign(id: string) {
  return useQuery({ queryKey: [...campaignsKey, id], queryFn: ({ signal }) => send('get', '/campaigns/{id}', { path: { id }, signal }) });
}

export function useCampaignResults(id: string) {
  return useQuery({ queryKey: [...campaignsKey, id, 'results'], queryFn: ({ signal }) => send('get', '/campaigns/{id}/results', { path: { id }, signal }) });
}

export function useResponses(id: string) {
  return useInfiniteQuery(paged([...campaignsKey, id, 'responses'], (cursor, signal) => send('get', '/campaigns/{id}/responses', { path: { id }, query: { limit: 50, cursor }, signal })));
}

export function useCreateCampaign() {
  return useChange((body: CampaignBody & { listen?: boolean }) => send('post', '/campaigns', { body }), campaignsKey, keys.monitors);
}

export function useSaveCampaign(campaign: Campaign) {
  return useChange((body: CampaignBody) => send('put', '/campaigns/{id}', { path: { id: campaign.id }, body, version: campaign.version }), campaignsKey, ideasKey, keys.leads);
}

export function useOpenHook({ id, version }: { id: string; version: number }) {
  return useChange(() => send('put', '/campaigns/{id}/hook', { path: { id }, version }), campaignsKey);
}

export function useCloseHook({ id, version }: { id: string; version: number }) {
  return useChange(() => send('delete', '/campaigns/{id}/hook', { path: { id }, version }), campaignsKey);
}

/** Takes a CSV file of responses in, or says what would become of it. */
export function useImportResponses(id: string) {
  return useChange(
    ({ file, dryRun }: { file: File; dryRun: boolean }) => 
      receive<ResponseFile>(address('/campaigns/{id}/responses/import', { id }, { dry_run: dryRun }), { method: 'POST', headers: { 'Content-Type': 'text/csv' }, body: file }),
    campaignsKey,
    keys.leads,
    keys.contacts,
  );
}

export function useIdeas(id: string, status: IdeaStatus | undefined, sort: 'support' | 'newest') {
  return useQuery({
    queryKey: [...ideasKey, id, status, sort],
    queryFn: ({ signal }) => send('get', '/campaigns/{id}/ideas', { path: { id }, query: { limit: 200, status, sort }, signal }),
    refetchInterval: 15_000,
  });
}

export interface IdeaChange {
  status?: IdeaStatus;
  reason?: string;
  kind?: IdeaKind;
  title?: string;
  alone?: boolean;
}

export function useChangeIdea({ id, version }: { id: string; version: number }) {
  return useChange((body: IdeaChange) => send('patch', '/ideas/{id}', { path: { id }, body, version }), ideasKey);
}

/** The reply that may thank the author of an idea. */
export function useThanks(id: string) {
  return useQuery({ queryKey: [...ideasKey, id, 'thanks'], queryFn: ({ signal }) => send('get', '/ideas/{id}/thanks', { path: { id }, signal }) });
}

/** Advocates or critics whom a monitor, or the monitors of a campaign, heard. */
export function useSide(of: { monitor: string } | { campaign: string }, side: Side) {
  return useQuery({
    queryKey: ['side', of, side],
    queryFn: ({ signal }) =>
      'monitor' in of
        ? send('get', '/monitors/{id}/people', { path: { id: of.monitor }, query: { side }, signal })
        : send('get', '/campaigns/{id}/people', { path: { id: of.campaign }, query: { side }, signal }),
    enabled: 'campaign' in of || of.monitor !== '',
  });
}

export function useWaitingRecommendations(monitor: string) {
  return useInfiniteQuery(
    paged([...recommendationsKey, 'waiting', monitor], (cursor, signal) => send('get', '/recommendations/waiting', { query: { monitor, limit: 50, cursor }, signal })),
  );
}

export function useRecommendations() {
  return useInfiniteQuery(paged([...recommendationsKey, 'list'], (cursor, signal) => send('get', '/recommendations', { query: { limit: 50, cursor }, signal })));
}

export function useResolveRecommendation() {
  return useChange(
    (body: { post_id: string; became: RecommendationEnd }) => send('post', '/recommendations', { body }),
    recommendationsKey,
    keys.leads,
  );
}

export function useAnswerReference({ id, version }: { id: string; version: number }) {
  return useChange((state: 'open' | 'asked' | 'given' | 'declined') => send('patch', '/recommendations/{id}', { path: { id }, body: { state }, version }), recommendationsKey);
}
