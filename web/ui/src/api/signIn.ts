// What people sign in with, and who did.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useChange } from './changes';
import { base, send } from './client';
import { keys, paged } from './queries';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Me = Schemas['Me'];
export type NoticeSettings = Schemas['NoticeSettings'];
export type ApiToken = Schemas['APIToken'];
export type MadeToken = Schemas['MadeToken'];
export type SignedIn = Schemas['SignedIn'];
export type SignInEvent = Schemas['SignInEvent'];

const own = { options: ['session', 'options'], me: ['me'], tokens: ['tokens'], sessions: ['sessions'], signIns: ['sign-ins'], notices: ['me', 'notices'] } as const;

/** What the page for signing in offers, and what it asks for next. */
export function useSignInOptions() {
  return useQuery({ queryKey: own.options, queryFn: ({ signal }) => send('get', '/session/options', { signal }) });
}

/** Where a provider is that signs in, and leads back to the page that was wanted. */
export function providerAddress(name: string, to: string): string {
  return `${base}/session/providers/${encodeURIComponent(name)}?${new URLSearchParams({ to }).toString()}`;
}

export function useSignIn() {
  return useChange((body: { name: string; password: string }) => send('post', '/session', { body }), keys.session);
}

export function useSignInCode() {
  return useChange((code: string) => send('post', '/session/code', { body: { code } }), keys.session);
}

export function useMe() {
  return useQuery({ queryKey: own.me, queryFn: ({ signal }) => send('get', '/me', { signal }) });
}

/** Changes the password. All sessions end, this one too. */
export function useSetPassword() {
  return useChange((body: { current: string; password: string }) => send('put', '/me/password', { body }), keys.session);
}

/** Sets a password by a link; it signs nobody in. */
export function useUsePasswordLink() {
  return useChange((body: { token: string; password: string }) => send('post', '/session/password', { body }), keys.session);
}

/** How one is told. */
export function useMyNotices() {
  return useQuery({ queryKey: own.notices, queryFn: ({ signal }) => send('get', '/me/notices', { signal }) });
}

export function useSaveNotices(version: number) {
  return useChange((body: { delivery: Record<string, string>; hour: number; time_zone: string }) => send('put', '/me/notices', { body, version: version || undefined }), own.notices);
}

export function useSaveAddress() {
  return useChange((body: { email: string; current: string }) => send('put', '/me/email', { body }), own.notices, keys.users);
}

export function useEnrol() {
  return useChange((password: string) => send('post', '/me/second-factor', { body: { password } }));
}

export function useConfirmFactor() {
  return useChange((code: string) => send('post', '/me/second-factor/confirm', { body: { code } }), own.me, own.sessions);
}

export function useRenewCodes() {
  return useChange((code: string) => send('post', '/me/second-factor/recovery-codes', { body: { code } }), own.me);
}

export function useRemoveFactor() {
  return useChange((code: string) => send('post', '/me/second-factor/remove', { body: { code } }), keys.session);
}

/** Asks where the browser goes to connect an account at a provider. */
export function useLinkIdentity() {
  return useChange((provider: string) => send('post', '/me/identities/{provider}', { path: { provider } }));
}

export function useRemoveIdentity() {
  return useChange((provider: string) => send('delete', '/me/identities/{provider}', { path: { provider } }), own.me);
}

export function useTokens() {
  return useQuery({ queryKey: own.tokens, queryFn: ({ signal }) => send('get', '/tokens', { signal }) });
}

/** What access can be granted to, for the scopes of a token; who may not read roles has none. */
export function useAccessTypes() {
  return useQuery({ queryKey: ['access-types'], queryFn: ({ signal }) => send('get', '/access/types', { signal }), retry: false });
}

export interface NewToken {
  name: string;
  scopes: string[];
  expires_at?: string;
  never_expires?: boolean;
}

export function useMakeToken() {
  return useChange((body: NewToken) => send('post', '/tokens', { body }), own.tokens);
}

export function useRevokeToken() {
  return useChange((id: string) => send('delete', '/tokens/{id}', { path: { id } }), own.tokens);
}

/** Where somebody is signed in; all is everybody. */
export function useSessions(user: '' | 'all') {
  return useQuery({ queryKey: [...own.sessions, user], queryFn: ({ signal }) => send('get', '/sessions', { query: { user }, signal }) });
}

export function useRevokeSession() {
  return useChange((id: string) => send('delete', '/sessions/{id}', { path: { id } }), own.sessions);
}

export function useRevokeOthers() {
  return useChange(() => send('delete', '/sessions'), own.sessions);
}

export interface SignInFilter {
  user: string;
  event: string;
  outcome: string;
  address: string;
}

export function useSignIns({ outcome, ...filter }: SignInFilter) {
  return useInfiniteQuery(paged([...own.signIns, filter, outcome], (cursor, signal) => send('get', '/sign-ins', { query: { ...filter, outcome: outcome === 'refused' || outcome === 'let_in' ? outcome : undefined, limit: 50, cursor }, signal })));
}
