// What the settings of leads read and change: the way of leads, reasons, ideal customers, interest, forms.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useChange } from './changes';
import { send } from './client';
import { milestonesKey, reasonsKey, type Outcome } from './leads';
import { keys, paged } from './queries';
import type { components } from './schema';

type Schemas = components['schemas'];
export type MilestoneRule = Schemas['MilestoneRule'];
export type IdealProfile = Schemas['IdealProfile'];
export type IdealFields = Schemas['IdealProfileBody'];
export type IdealCriterion = Schemas['IdealCriterion'];
export type GradePreview = Schemas['GradePreview'];
export type Learned = Schemas['Learned'];
export type ScoreRule = Schemas['ScoreRule'];
export type LeadFormView = Schemas['LeadFormView'];
export type LeadFormFields = Schemas['LeadFormBody'];

const profilesKey = ['ideal-profiles'] as const;
const proposalsKey = ['weight-proposals'] as const;
const scoreKey = ['lead-score'] as const;
const formsKey = ['lead-forms'] as const;

/** Saves a new version of the way of leads, made from this one. */
export function useSaveMilestones(version: number) {
  return useChange((body: Schemas['MilestonesBody']) => send('put', '/milestones', { body, version }), milestonesKey, keys.leads);
}

export function useSaveReason(version: number | undefined) {
  return useChange(
    ({ outcome, code, ...body }: { outcome: Outcome; code: string; label: string; active: boolean; position: number; unfit: boolean }) => send('put', '/reasons/{outcome}/{code}', { path: { outcome, code }, body, version }),
    reasonsKey,
  );
}

export function useIdealProfiles() {
  return useQuery({ queryKey: profilesKey, queryFn: ({ signal }) => send('get', '/ideal-profiles', { signal }) });
}

export function useSaveIdealProfile(profile?: IdealProfile) {
  return useChange(
    (body: IdealFields) => (profile ? send('put', '/ideal-profiles/{id}', { path: { id: profile.id }, body, version: profile.version }) : send('post', '/ideal-profiles', { body })),
    profilesKey,
    keys.leads,
  );
}

/** Asks how open leads would be graded. */
export function usePreviewProfile() {
  return useChange((body: Schemas['PreviewProfileInputBody']) => send('post', '/ideal-profiles/preview', { body }));
}

/** Weights that were learned for a profile, the newest first. */
export function useProposals(profile: string) {
  return useQuery({ queryKey: [...proposalsKey, profile], queryFn: ({ signal }) => send('get', '/ideal-profiles/{id}/proposals', { path: { id: profile }, query: { limit: 10 }, signal }) });
}

export function useLearnWeights(profile: string) {
  return useChange(() => send('post', '/ideal-profiles/{id}/proposals', { path: { id: profile } }), proposalsKey);
}

export function useApplyWeights(profile: string) {
  return useChange((proposal: string) => send('post', '/ideal-profiles/{id}/proposals/{proposal}/apply', { path: { id: profile, proposal } }), proposalsKey, profilesKey, keys.leads);
}

export function useScoreRules() {
  return useQuery({ queryKey: scoreKey, queryFn: ({ signal }) => send('get', '/lead-score', { signal }) });
}

export function useSaveScoreRules(version: number) {
  return useChange((kinds: ScoreRule[]) => send('put', '/lead-score', { body: { kinds }, version }), scoreKey, keys.leads);
}

export function useLeadForms() {
  return useInfiniteQuery(paged(formsKey, (cursor, signal) => send('get', '/lead-forms', { query: { cursor, limit: 50 }, signal })));
}

/** Gives a signed form a new secret, which is told once. */
export function useRotateFormSecret() {
  return useChange((id: string) => send('post', '/lead-forms/{id}/secret', { path: { id } }), formsKey);
}

export function useSaveLeadForm(form?: LeadFormView) {
  return useChange(
    (body: LeadFormFields) => (form ? send('put', '/lead-forms/{id}', { path: { id: form.id }, body, version: form.version }) : send('post', '/lead-forms', { body })),
    formsKey,
  );
}
