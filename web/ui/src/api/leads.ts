// What the pages of leads read and change: milestones, reasons, and leads themselves.
import { useQuery } from '@tanstack/react-query';
import { useChange, type MergeRequest } from './changes';
import { send } from './client';
import { clock } from './clock';
import { keys } from './queries';
import type { components } from './schema';
import type { Lead } from './types';

type Schemas = components['schemas'];
export type Candidate = Schemas['Candidate'];
export type LeadFields = Schemas['LeadFields'];
export type LeadMerge = Schemas['LeadMerge'];
export type LeadStep = NonNullable<Lead['steps']>[number];
export type MilestonePlan = Schemas['MilestonePlan'];
export type Reason = Schemas['Reason'];
export type Outcome = 'disqualified' | 'recycled' | 'won' | 'lost';

export const milestonesKey = ['milestones'] as const;
export const reasonsKey = ['reasons'] as const;

/** The way of leads. */
export function useMilestones() {
  return useQuery({ queryKey: milestonesKey, queryFn: ({ signal }) => send('get', '/milestones', { signal }), staleTime: 60_000 });
}

export function useReasons(outcome: Outcome) {
  return useQuery({ queryKey: [...reasonsKey, outcome], queryFn: ({ signal }) => send('get', '/reasons', { query: { outcome }, signal }), staleTime: 60_000 });
}

export interface LeadMove {
  milestone: string;
  reason?: string;
  comment?: string;
}

export function useMoveLead(lead: Lead) {
  return useChange((body: LeadMove) => send('patch', '/leads/{id}', { path: { id: lead.id }, body, version: lead.version }), keys.leads);
}

export interface Acceptance {
  account: boolean;
  contact_id?: string;
  account_id?: string;
  allow_duplicate?: boolean;
  duplicate_reason?: string;
}

/** Accepts a lead for sales, which opens its opportunity. */
export function useAcceptLead(lead: Lead) {
  return useChange(
    (body: Acceptance) => send('post', '/leads/{id}/accept', { path: { id: lead.id }, body, version: lead.version }),
    keys.leads,
    keys.opportunities,
    keys.contacts,
  );
}

export function useSaveLead(lead: Lead) {
  return useChange((body: LeadFields) => send('put', '/leads/{id}', { path: { id: lead.id }, body, version: lead.version }), keys.leads);
}

export type NewLead = LeadFields & { allow_duplicate?: boolean; duplicate_reason?: string };

export function useCreateLead() {
  return useChange((body: NewLead) => send('post', '/leads', { body }), keys.leads);
}

/** What a lead says of itself, as it is sent back when some of it changes. */
export function fieldsOf(lead: Lead): LeadFields {
  return {
    topic: lead.topic ?? '', need: lead.need ?? '', time_frame: lead.time_frame ?? '', product: lead.product ?? '', name: lead.name ?? '', email: lead.email ?? '',
    phone: lead.phone ?? '', job_title: lead.job_title ?? '', network: lead.network ?? '', handle: lead.handle ?? '', company: lead.company ?? '',
    industry: lead.industry ?? '', country: lead.country ?? '', postal_code: lead.postal_code ?? '', city: lead.city ?? '', employees: lead.employees ?? 0,
    contact_id: lead.contact_id ?? '', account_id: lead.account_id ?? '', owner_id: lead.owner_id ?? '', campaign_id: lead.campaign_id ?? '', campaign: lead.campaign ?? '', fields: lead.fields ?? {},
  };
}

/** The other leads on file that may be the same person or company. */
export function useLeadDuplicates(lead: Lead) {
  return useQuery({
    queryKey: [...keys.leads, lead.id, 'duplicates', lead.version],
    queryFn: ({ signal }) => send('post', '/leads/check', { body: fieldsOf(lead), signal }),
    select: ({ items }) => items.filter((c) => c.record_type === 'lead' && c.record_id !== lead.id),
  });
}

/** A lead that another one is compared with. It stands apart from the leads that changes make stale: a merge leaves nothing to be read again. */
export function useOtherLead(id: string) {
  return useQuery({ queryKey: ['other-lead', id], queryFn: ({ signal }) => send('get', '/leads/{id}', { path: { id }, signal }), gcTime: 0 });
}

/** What became part of a lead, and what it was part of, the newest first. */
export function useLeadMerges(id: string) {
  return useQuery({ queryKey: [...keys.leads, id, 'merges'], queryFn: ({ signal }) => send('get', '/leads/{id}/merges', { path: { id }, signal }) });
}

/** Makes a lead part of another, the winner. */
export function useMergeLead() {
  return useChange(({ winner, loser, reason }: MergeRequest) => send('post', '/leads/{id}/merge', { path: { id: winner.id }, version: winner.version, body: { loser_id: loser, reason } }), keys.leads, keys.contacts, keys.accounts);
}

/** Takes a merge of leads apart. */
export function useUnmergeLead() {
  return useChange((id: string) => send('post', '/lead-merges/{id}/undo', { path: { id } }), keys.leads, keys.contacts, keys.accounts);
}

export type FeedbackView = Schemas['FeedbackView'];
export type FeedbackRow = Schemas['FeedbackRow'];
export type Disagreement = Schemas['Disagreement'];
export type FeedbackSales = Schemas['FeedbackSales'];
export type FeedbackBy = 'all' | 'source' | 'network' | 'monitor' | 'campaign' | 'grade';

/** The full hour some days ago, so that what is asked since then stays the same for an hour. */
export const daysAgo = (days: number) => new Date(Math.floor(clock.now() / 3_600_000) * 3_600_000 - days * 86_400_000).toISOString();

/** What became of the leads that were made since a time, by a group. */
export function useFeedback(by: FeedbackBy, from: string) {
  return useQuery({ queryKey: ['feedback', by, from], queryFn: ({ signal }) => send('get', '/feedback', { query: { by, from }, signal }) });
}

/** Who disagrees about what a potential customer is. */
export function useDisagreement(from: string) {
  return useQuery({ queryKey: ['feedback', 'disagreement', from], queryFn: ({ signal }) => send('get', '/feedback/disagreement', { query: { from }, signal }) });
}
