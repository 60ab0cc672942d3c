// What the pages of access read and change: roles, people, teams, business units, and who sees a record.
import { useQuery } from '@tanstack/react-query';
import { useChange } from './changes';
import { send } from './client';
import { useMay } from './grants';
import { keys, useUsers } from './queries';
import type { components } from './schema';

type Schemas = components['schemas'];
export type GovernedType = Schemas['GovernedType'];
export type Grant = Schemas['Grant'];
export type Mask = Schemas['Mask'];
export type PasswordLink = Schemas['PasswordLink'];
export type Person = Schemas['User'];
export type Role = Schemas['Role'];
export type RoleFields = Schemas['SaveRoleInputBody'];
export type Share = Schemas['ShareView'];
export type Team = Schemas['Team'];
export type Unit = Schemas['Unit'];

const rolesKey = ['roles'] as const;
const teamsKey = ['teams'] as const;
const unitsKey = ['units'] as const;
const sightKey = ['sight'] as const;

/** Names people by their id, those who left, too; empty where one's roles do not show them. */
export function usePersonName(): (id: string) => string {
  const people = useUsers(true, useMay()('user:read')).data?.items;
  return (id) => people?.find((p) => p.id === id)?.name ?? '';
}

export function useRoles() {
  return useQuery({ queryKey: rolesKey, queryFn: ({ signal }) => send('get', '/roles', { signal }) });
}

/** What roles can grant: types, actions and levels. It changes with the version only. */
export function useAccessTypes() {
  return useQuery({ queryKey: ['access-types'], queryFn: ({ signal }) => send('get', '/access/types', { signal }), staleTime: Infinity });
}

/** Makes a role, or changes the one that was read in this version. */
export function useSaveRole(version: number | undefined) {
  return useChange(({ name, ...body }: RoleFields & { name: string }) => send('put', '/roles/{name}', { path: { name }, body, version }), rolesKey, keys.session, sightKey);
}

export function useDeleteRole() {
  return useChange((name: string) => send('delete', '/roles/{name}', { path: { name } }), rolesKey);
}

export interface PersonFields {
  name: string;
  email: string;
  roles: string[];
}

/** Adds somebody; the answer has the link by which they set their password. */
export function useAddPerson() {
  return useChange((body: PersonFields) => send('post', '/users', { body }), keys.users);
}

/** Changes what is different of somebody. */
export function useSavePerson(person: Person | undefined) {
  return useChange(
    async ({ unit_id, ...now }: PersonFields & { unit_id: string; disabled: boolean }) => {
      if (!person) return;
      const path = { id: person.id };
      const body = {
        ...(now.name !== person.name ? { name: now.name } : {}),
        ...(now.email !== person.email ? { email: now.email } : {}),
        ...(now.roles.join() !== person.roles.join() ? { roles: now.roles } : {}),
        ...(now.disabled !== person.disabled ? { disabled: now.disabled } : {}),
      };
      let { version } = person;
      if (Object.keys(body).length > 0) ({ version } = await send('patch', '/users/{id}', { path, body, version }));
      if (unit_id !== person.unit_id) await send('put', '/users/{id}/unit', { path, body: { unit_id }, version });
    },
    keys.users,
    keys.session,
    sightKey,
  );
}

/** Makes a link by which somebody sets their password. */
export function useMakePasswordLink() {
  return useChange((id: string) => send('post', '/users/{id}/password-link', { path: { id } }));
}

export function useTeams() {
  return useQuery({ queryKey: teamsKey, queryFn: ({ signal }) => send('get', '/teams', { signal }) });
}

export function useSaveTeam(team?: Team) {
  return useChange(
    (body: { name: string; members: string[]; manager_id: string }) =>
      team ? send('put', '/teams/{id}', { path: { id: team.id }, body, version: team.version }) : send('post', '/teams', { body }),
    teamsKey,
    sightKey,
  );
}

export function useDeleteTeam() {
  return useChange((id: string) => send('delete', '/teams/{id}', { path: { id } }), teamsKey, sightKey);
}

export function useUnits() {
  return useQuery({ queryKey: unitsKey, queryFn: ({ signal }) => send('get', '/units', { signal }) });
}

export function useSaveUnit(unit?: Unit) {
  return useChange(
    (body: { name: string; manager_id: string; parent_id?: string }) =>
      unit ? send('put', '/units/{id}', { path: { id: unit.id }, body, version: unit.version }) : send('post', '/units', { body }),
    unitsKey,
    sightKey,
  );
}

export function useDeleteUnit() {
  return useChange((id: string) => send('delete', '/units/{id}', { path: { id } }), unitsKey);
}

/** A record that has an owner and can be shared. */
export interface OwnedRecord {
  type: 'account' | 'contact' | 'lead' | 'opportunity';
  id: string;
}

const places = { account: 'accounts', contact: 'contacts', lead: 'leads', opportunity: 'opportunities' } as const;

export function useShares({ type, id }: OwnedRecord) {
  return useQuery({ queryKey: [...sightKey, type, id, 'shares'], queryFn: ({ signal }) => send('get', `/${places[type]}/{id}/shares`, { path: { id }, signal }) });
}

export function useShare({ type, id }: OwnedRecord) {
  return useChange((body: Schemas['ShareInputBody']) => send('post', `/${places[type]}/{id}/shares`, { path: { id }, body }), [...sightKey, type, id]);
}

export function useEndShare({ type, id }: OwnedRecord) {
  return useChange((share_id: string) => send('delete', `/${places[type]}/{id}/shares/{share_id}`, { path: { id, share_id } }), [...sightKey, type, id]);
}

/** Who took part in a record, and how. */
export function useParticipants({ type, id }: OwnedRecord) {
  return useQuery({ queryKey: [...sightKey, type, id, 'participants'], queryFn: ({ signal }) => send('get', `/${places[type]}/{id}/participants`, { path: { id }, signal }) });
}

/** Takes part in a record, for a reason. Who could not read it until now can from then on. */
export function useJoin({ type, id }: OwnedRecord) {
  return useChange((reason: string) => send('post', '/records/{type}/{id}/join', { path: { type, id }, body: { reason } }), [...sightKey, type, id], keys[places[type]], keys.cases);
}

/** Gives a record that was read in this version to somebody else. */
export function useAssign({ type, id }: OwnedRecord, version: number) {
  return useChange((body: { owner_id: string; reason: string }) => send('put', `/${places[type]}/{id}/owner`, { path: { id }, body, version }), [...sightKey, type, id], keys[places[type]]);
}

/** Why somebody can, or cannot, do something with a record; the empty user is whoever asks. */
export function useExplanation({ type, id }: OwnedRecord, user: string, action: string) {
  return useQuery({
    queryKey: [...sightKey, type, id, 'why', user, action],
    queryFn: ({ signal }) => send('get', '/access/explain', { query: { user, record_type: type, record_id: id, action }, signal }),
  });
}
