// What is held about a person, how it goes, and how long the rest is kept.
import { useQuery } from '@tanstack/react-query';
import { useChange } from './changes';
import { base, problemOf, send } from './client';
import { keys } from './queries';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Consent = Schemas['Consent'];
export type Erasure = Schemas['Erasure'];
export type PersonFound = Schemas['PersonFound'];
export type RetentionRule = Schemas['RetentionRule'];
export type RetentionRun = Schemas['RetentionRun'];
export type Subject = Omit<Schemas['Subject'], '$schema'>;
export type ConsentFields = Omit<Schemas['RecordConsentInputBody'], '$schema'>;

const privacy = ['privacy'] as const;
const under = (what: string) => [...privacy, what];
const often = 2_000;

export function useFindPerson() {
  return useChange((body: Subject) => send('post', '/privacy/person', { body }));
}

/** Gets the file with all that is held, and has the browser keep it. */
export function useExportPerson() {
  return useChange(async ({ format, ...body }: Subject & { format: 'json' | 'pdf'; reason: string }) => {
    const response = await fetch(`${base}/privacy/export?format=${format}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw await problemOf(response);
    const address = URL.createObjectURL(await response.blob());
    const link = document.createElement('a');
    link.href = address;
    link.download = `personal-data.${format}`;
    link.click();
    URL.revokeObjectURL(address);
  }, keys.audit);
}

export function useErasePerson() {
  return useChange((body: Subject & { reason: string }) => send('post', '/privacy/erasures', { body }), under('erasures'));
}

export function useApproveErasure() {
  return useChange((id: string) => send('post', '/privacy/erasures/{id}/approve', { path: { id } }), under('erasures'));
}

export function useErasures() {
  return useQuery({
    queryKey: under('erasures'),
    queryFn: ({ signal }) => send('get', '/privacy/erasures', { signal }),
    refetchInterval: ({ state }) => (state.data?.items.some((e) => e.state === 'approved') ? often : false),
  });
}

export function useRetention() {
  return useQuery({
    queryKey: under('retention'),
    queryFn: ({ signal }) => send('get', '/privacy/retention', { signal }),
    refetchInterval: ({ state }) => (state.data?.runs.some((r) => r.state === 'running') ? often : false),
  });
}

export function useSetRetention() {
  return useChange(({ type, version, days }: { type: string; version: number; days: number }) => send('put', '/privacy/retention/{type}', { path: { type }, body: { days }, version }), under('retention'));
}

export function useRunRetention() {
  return useChange((apply: boolean) => send('post', '/privacy/retention/runs', { body: { apply } }), under('retention'));
}

export function useBlocks() {
  return useQuery({ queryKey: under('blocks'), queryFn: ({ signal }) => send('get', '/privacy/blocks', { signal }) });
}

export function useCheckBlock() {
  return useChange((body: Subject) => send('post', '/privacy/blocks/check', { body }));
}

export function useLiftBlock() {
  return useChange((body: Subject & { reason: string }) => send('post', '/privacy/blocks/lift', { body }), under('blocks'));
}

export function useRecordConsent(contact: string) {
  return useChange((body: ConsentFields) => send('post', '/contacts/{id}/consents', { path: { id: contact }, body }), keys.contacts);
}

export function useWithdrawConsent() {
  return useChange(({ id, reason }: { id: string; reason: string }) => send('post', '/consents/{id}/withdraw', { path: { id }, body: { reason } }), keys.contacts, privacy);
}
