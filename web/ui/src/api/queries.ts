// What pages read: one hook for each thing, and the keys by which changes find what they make stale.
import { infiniteQueryOptions, keepPreviousData, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { clock } from './clock';
import { Problem, receive, send } from './client';
import type { DeliveryState, Grade, IncidentKind, IncidentState, Intent, Milestone, Page, Polarity, Session, Step } from './types';

export const keys = {
  session: ['session'],
  monitors: ['monitors'],
  mentions: ['mentions'],
  rescoring: ['rescoring'],
  series: ['series'],
  incidents: ['incidents'],
  measures: ['measures'],
  rules: ['mention-rules'],
  alerts: ['mention-alerts'],
  users: ['users'],
  accounts: ['accounts'],
  contacts: ['contacts'],
  fields: ['fields'],
  search: ['search'],
  leads: ['leads'],
  opportunities: ['opportunities'],
  cases: ['cases'],
  credit: ['credit'],
  sources: ['sources'],
  channels: ['channels'],
  deliveries: ['deliveries'],
  routes: ['routes'],
  audit: ['audit'],
  /** Lists that were opened from a view, of whatever type. */
  whole: ['whole'],
} as const;

/** How often what nobody announces is asked for again, in milliseconds. */
const often = 5_000;
const seldom = 15_000;

/** Who is signed in; null says that nobody is. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      const session = await send('get', '/session', { signal });
      clock.observe(session.now);
      return session;
    } catch (error) {
      if (error instanceof Problem && error.signedOut) return null;
      throw error;
    }
  },
  refetchInterval: ({ state }) => (state.data === null ? false : seldom),
  retry: false,
});

export function useSession() {
  return useQuery(sessionQuery);
}

/** How far stored mentions are read anew after a change of the model. */
export function useRescoring() {
  return useQuery({
    queryKey: keys.rescoring,
    queryFn: ({ signal }) => send('get', '/rescoring', { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? often : 4 * seldom),
  });
}

export function useMonitors() {
  return useQuery({ queryKey: keys.monitors, queryFn: ({ signal }) => send('get', '/monitors', { signal }), staleTime: seldom });
}

export function useMonitor(id: string) {
  return useQuery({
    queryKey: [...keys.monitors, id],
    queryFn: ({ signal }) => send('get', '/monitors/{id}', { path: { id }, signal }),
    enabled: id !== '',
  });
}

export interface MentionFilter {
  monitor?: string | undefined;
  polarity?: Polarity | undefined;
  intent?: Intent | undefined;
  network?: string | undefined;
  author?: string | undefined;
  text?: string | undefined;
  from?: string | undefined;
  until?: string | undefined;
}

export function useMentions(filter: MentionFilter, limit = 50) {
  return useInfiniteQuery(
    paged([...keys.mentions, 'list', filter, limit], (cursor, signal) => send('get', '/mentions', { query: { ...filter, limit, cursor }, signal })),
  );
}

/** The ranges a series can be shown for: its steps and its length in seconds. */
export const ranges = {
  '1h': { label: '1 h', step: '1m', seconds: 3_600 },
  '6h': { label: '6 h', step: '5m', seconds: 6 * 3_600 },
  '24h': { label: '24 h', step: '15m', seconds: 86_400 },
  '7d': { label: '7 d', step: '1h', seconds: 7 * 86_400 },
  '30d': { label: '30 d', step: '1d', seconds: 30 * 86_400 },
} as const satisfies Record<string, { label: string; step: Step; seconds: number }>;

export type Range = keyof typeof ranges;

/** The series of a range that ends now. */
export function useSeries(monitor: string, range: Range) {
  const { step, seconds } = ranges[range];
  return useQuery({
    queryKey: [...keys.series, monitor, range],
    queryFn: async ({ signal }) => {
      const from = new Date(clock.now() - seconds * 1000).toISOString();
      const series = await send('get', '/series', { query: { monitor, step, from }, signal });
      clock.observe(series.now);
      // The server's clock may be ahead of ours by a little: keep what belongs to the range.
      const first = Date.parse(series.now) - seconds * 1000;
      return { ...series, points: series.points.filter((p) => Date.parse(p.time) >= first) };
    },
    refetchInterval: seconds <= 6 * 3_600 ? often : seldom,
    placeholderData: keepPreviousData,
  });
}

/** The series between two times, as round an incident; up to now when until is empty. */
export function useSeriesBetween(monitor: string, from: string, until: string, step: Step) {
  return useQuery({
    queryKey: [...keys.series, monitor, from, until, step],
    queryFn: ({ signal }) => send('get', '/series', { query: { monitor, from, until, step }, signal }),
    refetchInterval: until ? false : often,
    placeholderData: keepPreviousData,
  });
}

export interface IncidentFilter {
  monitor?: string | undefined;
  state?: IncidentState | undefined;
  kind?: IncidentKind | undefined;
  /** At least. */
  severity?: number | undefined;
  /** Name of a user. */
  assignee?: string | undefined;
  /** Only those that are not resolved. */
  on?: boolean | undefined;
}

export function useIncidents(filter: IncidentFilter = {}) {
  return useInfiniteQuery({
    ...paged([...keys.incidents, 'list', filter], (cursor, signal) => send('get', '/incidents', { query: { ...filter, limit: 50, cursor }, signal })),
    refetchInterval: seldom,
  });
}

export function useIncident(id: string) {
  return useQuery({
    queryKey: [...keys.incidents, id],
    queryFn: ({ signal }) => send('get', '/incidents/{id}', { path: { id }, signal }),
    refetchInterval: often,
  });
}

/** What happened to an incident, the newest first. */
export function useIncidentHistory(id: string) {
  return useInfiniteQuery({
    ...paged([...keys.incidents, id, 'history'], (cursor, signal) => send('get', '/incidents/{id}/history', { path: { id }, query: { limit: 50, cursor }, signal })),
    refetchInterval: often,
  });
}

/** The incidents that are merged into one. */
export function useIncidentParts(id: string) {
  return useQuery({ queryKey: [...keys.incidents, id, 'parts'], queryFn: ({ signal }) => send('get', '/incidents/{id}/parts', { path: { id }, signal }) });
}

/** The posts that began and drove an incident. */
export function useIncidentPosts(id: string) {
  return useQuery({ queryKey: [...keys.incidents, id, 'posts'], queryFn: ({ signal }) => send('get', '/incidents/{id}/posts', { path: { id }, signal }), refetchInterval: seldom });
}

/** Who spoke within an incident. */
export function useIncidentPeople(id: string) {
  return useQuery({ queryKey: [...keys.incidents, id, 'people'], queryFn: ({ signal }) => send('get', '/incidents/{id}/people', { path: { id }, signal }), refetchInterval: seldom });
}

/** Ideas and recommendations within an incident. */
export function useIncidentIdeas(id: string) {
  return useQuery({ queryKey: [...keys.incidents, id, 'ideas'], queryFn: ({ signal }) => send('get', '/incidents/{id}/ideas', { path: { id }, signal }), refetchInterval: seldom });
}

/** Who may sign in, and to whom something can be assigned; those who are kept out too, where they are asked for. */
export function useUsers(disabled = false, enabled = true) {
  return useQuery({ enabled, queryKey: [...keys.users, { disabled }], queryFn: ({ signal }) => send('get', '/users', { query: { disabled }, signal }), staleTime: seldom });
}

export function useMentionRules(monitor: string) {
  return useQuery({ queryKey: [...keys.rules, monitor], queryFn: ({ signal }) => send('get', '/mention-rules', { query: { monitor }, signal }) });
}

/** Mentions that met a rule, the newest first. */
export function useMentionAlerts(monitor: string) {
  return useInfiniteQuery({
    ...paged([...keys.alerts, monitor], (cursor, signal) => send('get', '/mention-alerts', { query: { monitor, limit: 30, cursor }, signal })),
    refetchInterval: seldom,
  });
}

/** The measures of all monitors in the last days, against the days before. */
export function useMeasures(days: number, by: 'monitor' | 'kind') {
  return useQuery({
    queryKey: [...keys.measures, days, by],
    queryFn: ({ signal }) => send('get', '/measures', { query: { by, from: new Date(clock.now() - days * 86_400_000).toISOString(), limit: 200 }, signal }),
    refetchInterval: seldom,
    placeholderData: keepPreviousData,
  });
}

export function useContacts(q: string) {
  return useInfiniteQuery({
    ...paged([...keys.contacts, 'list', q], (cursor, signal) => send('get', '/contacts', { query: { q, limit: 50, cursor }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function useContact(id: string) {
  return useQuery({
    queryKey: [...keys.contacts, id],
    queryFn: ({ signal }) => send('get', '/contacts/{id}', { path: { id }, signal }),
    enabled: id !== '',
  });
}

/** Everything about a contact. It stands below the contact's key, so that what changes one makes the other stale. */
export function useContact360(id: string) {
  return useQuery({
    queryKey: [...keys.contacts, id, '360'],
    queryFn: ({ signal }) => send('get', '/contacts/{id}/360', { path: { id }, signal }),
    enabled: id !== '',
  });
}

export function useAccounts(q: string) {
  return useInfiniteQuery({
    ...paged([...keys.accounts, 'list', q], (cursor, signal) => send('get', '/accounts', { query: { q, limit: 50, cursor }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function useAccount(id: string) {
  return useQuery({ queryKey: [...keys.accounts, id], queryFn: ({ signal }) => send('get', '/accounts/{id}', { path: { id }, signal }), enabled: id !== '' });
}

export function useAccount360(id: string) {
  return useQuery({
    queryKey: [...keys.accounts, id, '360'],
    queryFn: ({ signal }) => send('get', '/accounts/{id}/360', { path: { id }, signal }),
    enabled: id !== '',
  });
}

/** An account that another one is compared with. It stands apart from those that changes make stale: a merge leaves nothing to be read again. */
export function useOtherAccount(id: string) {
  return useQuery({ queryKey: ['other-account', id], queryFn: ({ signal }) => send('get', '/accounts/{id}', { path: { id }, signal }), enabled: id !== '', gcTime: 0 });
}

/** What became part of an account, and what it was part of, the newest first. */
export function useAccountMerges(id: string) {
  return useQuery({ queryKey: [...keys.accounts, id, 'merges'], queryFn: ({ signal }) => send('get', '/accounts/{id}/merges', { path: { id }, signal }) });
}

export type FieldType = 'account' | 'contact' | 'lead' | 'opportunity' | 'campaign';

/** The company's own fields of a type of record. */
export function useFields(type: FieldType) {
  return useQuery({ queryKey: [...keys.fields, type], queryFn: ({ signal }) => send('get', '/fields', { query: { type }, signal }), staleTime: 4 * seldom });
}

export function useSearch(q: string) {
  return useQuery({
    queryKey: [...keys.search, q],
    queryFn: ({ signal }) => send('get', '/search', { query: { q, limit: 5 }, signal }),
    enabled: q.length >= 2,
    placeholderData: keepPreviousData,
  });
}

export function useInvitations(contact: string) {
  return useQuery({
    queryKey: [...keys.contacts, contact, 'invitations'],
    queryFn: ({ signal }) => send('get', '/contacts/{id}/invitations', { path: { id: contact }, signal }),
  });
}

export function useTimeline(id: string) {
  return useInfiniteQuery({
    ...paged([...keys.contacts, id, 'timeline'], (cursor, signal) => send('get', '/contacts/{id}/timeline', { path: { id }, query: { limit: 30, cursor }, signal })),
    refetchInterval: seldom,
  });
}

export interface LeadFilter {
  milestone?: Milestone | undefined;
  state?: 'open' | 'accepted' | 'disqualified' | 'recycled' | undefined;
  contact?: string | undefined;
  grade?: Grade | undefined;
  /** queue: the most promising first. */
  sort?: 'newest' | 'queue' | undefined;
}

export function useLeads(filter: LeadFilter = {}, limit = 50) {
  return useInfiniteQuery({
    ...paged([...keys.leads, 'list', filter, limit], (cursor, signal) => send('get', '/leads', { query: { ...filter, limit, cursor }, signal })),
    refetchInterval: seldom,
  });
}

export function useLead(id: string) {
  return useQuery({ queryKey: [...keys.leads, id], queryFn: ({ signal }) => send('get', '/leads/{id}', { path: { id }, signal }) });
}

export function useOpportunities(filter: { state?: 'open' | 'won' | 'lost' | undefined; contact?: string | undefined } = {}, limit = 50) {
  return useInfiniteQuery(
    paged([...keys.opportunities, 'list', filter, limit], (cursor, signal) => send('get', '/opportunities', { query: { ...filter, limit, cursor }, signal })),
  );
}

export function useOpportunity(id: string) {
  return useQuery({ queryKey: [...keys.opportunities, id], queryFn: ({ signal }) => send('get', '/opportunities/{id}', { path: { id }, signal }) });
}

export function useSources() {
  return useQuery({ queryKey: keys.sources, queryFn: ({ signal }) => send('get', '/sources', { signal }), refetchInterval: often });
}

export function useChannels(enabled = true) {
  return useQuery({ enabled, queryKey: keys.channels, queryFn: ({ signal }) => send('get', '/channels', { signal }), refetchInterval: often });
}

export function useRoutes() {
  return useQuery({ queryKey: keys.routes, queryFn: ({ signal }) => send('get', '/routes', { signal }), staleTime: seldom });
}

export function useDeliveries(filter: { channel?: string | undefined; state?: DeliveryState | undefined }) {
  return useInfiniteQuery({
    ...paged([...keys.deliveries, filter], (cursor, signal) => send('get', '/deliveries', { query: { ...filter, limit: 30, cursor }, signal })),
    refetchInterval: seldom,
  });
}

/** All of a list that a view shows the beginning of, once it is asked for. */
export function useWhole<T>(all: string, asked: boolean) {
  return useInfiniteQuery({
    ...paged<T>([...keys.whole, all], (cursor, signal) => receive<Page<T>>(`${all}${all.includes('?') ? '&' : '?'}limit=50&cursor=${encodeURIComponent(cursor)}`, { headers: { Accept: 'application/json' }, signal })),
    enabled: asked,
  });
}

/** A list that is read page by page. */
export function paged<T>(queryKey: readonly unknown[], read: (cursor: string, signal: AbortSignal) => Promise<Page<T>>) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (last: Page<T>) => last.next || undefined,
  });
}
