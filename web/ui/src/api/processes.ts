// What the page of processes reads and changes.
import { useQuery } from '@tanstack/react-query';
import { useChange } from './changes';
import { send } from './client';
import { keys } from './queries';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Process = Schemas['Process'];
export type ProcessFields = Schemas['ProcessBody'];
export type Stage = Schemas['Stage'];

const processesKey = ['processes'] as const;

export function useProcesses() {
  return useQuery({ queryKey: processesKey, queryFn: ({ signal }) => send('get', '/processes', { signal }) });
}

/** Creates a process, or saves a new version of the one that was read in this one. */
export function useSaveProcess(process?: Process) {
  return useChange(
    (body: ProcessFields) => (process ? send('put', '/processes/{id}', { path: { id: process.id }, body, version: process.version }) : send('post', '/processes', { body })),
    processesKey,
  );
}

/** Puts opportunities that are under way on the version in force, or says what would happen to each. */
export function useMigrate(process: string) {
  return useChange(({ apply, mapping }: { apply: boolean; mapping: Record<string, string> }) => send('post', '/processes/{id}/migrate', { path: { id: process }, body: { apply, mapping } }), keys.opportunities);
}
