// What pages change: one hook for each change, which makes stale what it touched.
import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { send } from './client';
import { keys } from './queries';
import type { AccountFields, ContactFields, CorrectedPolarity, Decision, FieldBody, FieldDefinition, Incident, Intent, Label, MonitorFields, OpportunityFields, OpportunityView, PreviewRequest, RuleFields } from './types';

/** Changes something: it makes stale what is named, and every whole list that a view opened. */
export function useChange<V, R>(change: (values: V) => Promise<R>, ...stale: QueryKey[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => Promise.all([...stale, keys.whole].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
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

/** What a person can do to an incident besides acknowledging it. */
export type IncidentChange =
  | { assign: string }
  | { comment: string }
  | { silence: string }
  | { merge: string }
  | { label: Label | '' };

/** Changes the incident that was read in this version; an empty value takes back what was set. */
export function useChangeIncident() {
  return useChange(({ incident: { id, version }, change }: { incident: Incident; change: IncidentChange }) => {
    const path = { id };
    if ('comment' in change) return send('post', '/incidents/{id}/comments', { path, body: { text: change.comment } });
    if ('assign' in change) {
      return change.assign ? send('put', '/incidents/{id}/assignee', { path, version, body: { user: change.assign } }) : send('delete', '/incidents/{id}/assignee', { path, version });
    }
    if ('silence' in change) {
      return change.silence ? send('put', '/incidents/{id}/silence', { path, version, body: { until: change.silence } }) : send('delete', '/incidents/{id}/silence', { path, version });
    }
    if ('merge' in change) {
      return change.merge ? send('put', '/incidents/{id}/merge', { path, version, body: { into: change.merge } }) : send('delete', '/incidents/{id}/merge', { path, version });
    }
    return change.label ? send('put', '/incidents/{id}/label', { path, version, body: { label: change.label } }) : send('delete', '/incidents/{id}/label', { path, version });
  }, keys.incidents);
}

/** Creates a rule for a monitor, or changes the one that was read in this version. */
export function useSaveRule(rule?: { id: string; version: number }) {
  return useChange(
    ({ monitor, ...body }: RuleFields & { monitor: string }) =>
      rule
        ? send('put', '/mention-rules/{id}', { path: { id: rule.id }, body, version: rule.version })
        : send('post', '/mention-rules', { body: { ...body, monitor_id: monitor } }),
    keys.rules,
  );
}

export function useDeleteRule() {
  return useChange((id: string) => send('delete', '/mention-rules/{id}', { path: { id } }), keys.rules);
}

/** Creates a monitor, or changes the one that was read in this version. */
export function useSaveMonitor(monitor?: { id: string; version: number }) {
  return useChange(
    (body: MonitorFields) => (monitor ? send('put', '/monitors/{id}', { path: { id: monitor.id }, body, version: monitor.version }) : send('post', '/monitors', { body })),
    keys.monitors,
  );
}

export function useSwitchMonitor() {
  return useChange(
    ({ id, version, ...body }: MonitorFields & { id: string; version: number }) => send('put', '/monitors/{id}', { path: { id }, body, version }),
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
      id ? send('put', '/contacts/{id}', { path: { id }, body, version }) : send('post', '/contacts', { body }),
    keys.contacts,
  );
}

export function useSaveAccount(id: string, version?: number) {
  return useChange(
    (body: AccountFields) =>
      id ? send('put', '/accounts/{id}', { path: { id }, body, version }) : send('post', '/accounts', { body }),
    keys.accounts,
    keys.contacts,
  );
}

/** What stands at an account, and goes where it goes. */
const ofAccounts = [keys.accounts, keys.contacts, keys.leads, keys.opportunities, keys.search] as const;

/** Two records that are one: the loser becomes part of the winner. */
export interface MergeRequest {
  winner: { id: string; version: number };
  loser: string;
  reason: string;
}

/** Makes an account part of another, the winner. */
export function useMergeAccount() {
  return useChange(({ winner, loser, reason }: MergeRequest) => send('post', '/accounts/{id}/merge', { path: { id: winner.id }, version: winner.version, body: { loser_id: loser, reason } }), ...ofAccounts);
}

/** Takes a merge of accounts apart. */
export function useUnmergeAccount() {
  return useChange((id: string) => send('post', '/account-merges/{id}/undo', { path: { id } }), ...ofAccounts);
}

/** Defines a field, or changes the definition that was read in this version. */
export function useSaveField(field?: { id: string; version: number }) {
  return useChange(
    ({ record_type, name, kind, body }: { record_type: FieldDefinition['record_type']; name: string; kind: FieldDefinition['kind']; body: FieldBody }) =>
      field
        ? send('put', '/fields/{id}', { path: { id: field.id }, version: field.version, body })
        : send('post', '/fields', { body: { record_type: record_type as 'account', name, kind: kind as 'text', ...body } }),
    keys.fields,
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

export function useInvite(contact: string) {
  return useChange(() => send('post', '/contacts/{id}/invitations', { path: { id: contact } }), keys.contacts);
}

/** Revokes an invitation, or takes back what came of it. */
export function useEndInvitation(contact: string) {
  return useChange(
    (invitation: string) => send('delete', '/contacts/{id}/invitations/{invitation_id}', { path: { id: contact, invitation_id: invitation } }),
    keys.contacts,
  );
}

/** Says what a mention is: it outranks the model, for near-duplicates of the post too. */
export function useCorrect() {
  return useChange(
    (body: { post_id: string; monitor_id: string; polarity?: CorrectedPolarity; intent?: Intent }) => send('post', '/corrections', { body }),
    keys.mentions,
    keys.series,
  );
}

export function useUndoCorrection() {
  return useChange((id: string) => send('delete', '/corrections/{id}', { path: { id } }), keys.mentions, keys.series);
}

/** Decides on the link that was read in this version. */
export function useDecide({ author_id, contact_id, version }: { author_id: string; contact_id: string; version: number }) {
  return useChange(
    (decision: Decision) => send('post', '/links', { body: { author_id, contact_id, decision }, version }),
    keys.contacts,
    keys.mentions,
    keys.leads,
  );
}

export function useSaveOpportunity(o: OpportunityView) {
  return useChange((body: OpportunityFields) => send('put', '/opportunities/{id}', { path: { id: o.id }, body, version: o.version }), keys.opportunities);
}

export function useCreateOpportunity() {
  return useChange((body: OpportunityFields) => send('post', '/opportunities', { body }), keys.opportunities);
}

export type OpportunityStep =
  | { step: 'advance' }
  | { step: 'back'; stage: string; reason: string }
  | { step: 'won' | 'lost'; reason: string; comment: string }
  | { step: 'reopen'; reason: string };

/** What leads an opportunity on, back, or to its end. */
export function useStepOpportunity(o: OpportunityView) {
  const path = { id: o.id };
  return useChange((s: OpportunityStep) => {
    const { version } = o;
    switch (s.step) {
      case 'advance':
        return send('post', '/opportunities/{id}/advance', { path, version });
      case 'back':
        return send('post', '/opportunities/{id}/back', { path, body: { stage: s.stage, reason: s.reason }, version });
      case 'reopen':
        return send('post', '/opportunities/{id}/reopen', { path, body: { reason: s.reason }, version });
      default:
        return send('post', '/opportunities/{id}/close', { path, body: { state: s.step, reason: s.reason, comment: s.comment }, version });
    }
  }, keys.opportunities);
}

/** Sends a test to a channel at once. */
export function useTestChannel() {
  return useChange((name: string) => send('post', '/channels/{name}/test', { path: { name } }));
}

/** Has a delivery tried again that was given up. */
export function useRetryDelivery() {
  return useChange((id: string) => send('post', '/deliveries/{id}/retry', { path: { id } }), keys.deliveries, keys.channels);
}

/** Asks which routes and channels an alert would take. */
export function usePreview() {
  return useChange((body: PreviewRequest) => send('post', '/routes/preview', { body }));
}
