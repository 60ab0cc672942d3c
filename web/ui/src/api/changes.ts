// What pages change: one hook for each change, which makes stale what it touched.
import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { send } from './client';
import { keys } from './queries';
import type { ContactFields, Decision, Lead, Milestone, MonitorFields } from './types';

function useChange<V, R>(change: (values: V) => Promise<R>, ...stale: QueryKey[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => Promise.all(stale.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

export function useSignIn() {
  return useChange((body: { name: string; password: string }) => send('post', '/session', { body }), keys.session);
}

/** Signs out: the pages go, and what was read is forgotten. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => send('delete', '/session'),
    onSuccess: () => client.setQueryData(keys.session, null),
  });
}

export function useAcknowledge() {
  return useChange((id: string) => send('post', '/incidents/{id}/acknowledge', { path: { id } }), keys.incidents);
}

export function useSaveMonitor(id: string) {
  return useChange(
    (body: MonitorFields) => (id ? send('put', '/monitors/{id}', { path: { id }, body }) : send('post', '/monitors', { body })),
    keys.monitors,
  );
}

export function useSwitchMonitor() {
  return useChange(
    ({ id, ...body }: MonitorFields & { id: string }) => send('put', '/monitors/{id}', { path: { id }, body }),
    keys.monitors,
  );
}

export function useDeleteMonitor() {
  return useChange((id: string) => send('delete', '/monitors/{id}', { path: { id } }), keys.monitors, keys.mentions, keys.series, keys.incidents);
}

/** Creates a contact, or changes the one that was read in this version. */
export function useSaveContact(id: string, version?: number) {
  return useChange(
    (body: ContactFields) =>
      id ? send('put', '/contacts/{id}', { path: { id }, body, ...(version === undefined ? {} : { version }) }) : send('post', '/contacts', { body }),
    keys.contacts,
  );
}

export function useDeleteContact() {
  return useChange((id: string) => send('delete', '/contacts/{id}', { path: { id } }), [...keys.contacts, 'list'], keys.leads, keys.mentions);
}

export function useAddProfile(contact: string) {
  return useChange((profile: string) => send('post', '/contacts/{id}/profiles', { path: { id: contact }, body: { profile } }), keys.contacts);
}

export function useRemoveProfile(contact: string) {
  return useChange(
    (profile: string) => send('delete', '/contacts/{id}/profiles/{profile_id}', { path: { id: contact, profile_id: profile } }),
    keys.contacts,
  );
}

export function useDecide() {
  return useChange(
    (body: { author_id: string; contact_id: string; decision: Decision }) => send('post', '/links', { body }),
    keys.contacts,
    keys.mentions,
    keys.leads,
  );
}

export function useMoveLead() {
  return useChange(
    ({ lead, milestone }: { lead: Lead; milestone: Milestone }) =>
      send('patch', '/leads/{id}', { path: { id: lead.id }, body: { milestone }, version: lead.version }),
    keys.leads,
  );
}
