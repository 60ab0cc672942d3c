// Files that are sent to be imported.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useChange } from './changes';
import { address, receive, send } from './client';
import { paged } from './queries';
import type { Import, ImportKind, NetworkBasis } from './types';

const key = ['imports'];

/** Asked again as long as one is under way. */
export function useImports() {
  return useInfiniteQuery({
    ...paged(key, (cursor, signal) => send('get', '/imports', { query: { cursor, limit: 20 }, signal })),
    refetchInterval: ({ state }) => (state.data?.pages.some((p) => p.items.some(underWay)) ? 1_000 : false),
  });
}

export const underWay = (i: Import) => i.state === 'requested' || i.state === 'running';

export function useImportTypes() {
  return useQuery({ queryKey: ['import-types'], queryFn: ({ signal }) => send('get', '/import-types', { signal }), staleTime: Infinity });
}

export interface ImportRequest {
  type: ImportKind;
  file: File;
  dryRun: boolean;
  allOrNothing: boolean;
  /** Field → header. */
  map: Record<string, string>;
  /** Of a network: what makes it lawful, and why that holds. */
  ground?: { basis: NetworkBasis; evidence: string };
}

/** Sends a file; what comes of it stands in the list. */
export function useSendImport() {
  return useChange(({ type, file, dryRun, allOrNothing, map, ground }: ImportRequest) => {
    const query = new URLSearchParams({ type, file: file.name, dry_run: String(dryRun), all_or_nothing: String(allOrNothing), ...ground });
    for (const [field, header] of Object.entries(map)) query.append('map', `${field}=${header}`);
    return receive<Import>(`${address('/imports')}?${query}`, { method: 'POST', headers: { 'Content-Type': isCards(file) ? 'text/vcard' : 'text/csv' }, body: file });
  }, key);
}

/** Whether a file holds cards, as its name says. */
const isCards = (file: File) => /\.(vcf|vcard)$/i.test(file.name);

export function useDeleteImport() {
  return useChange((id: string) => send('delete', '/imports/{id}', { path: { id } }), key);
}

/** The first line of a file as its columns, for who says what they mean. */
export async function headerOf(file: File): Promise<string[]> {
  const bytes = await new Promise<Uint8Array>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(new Uint8Array(reader.result as ArrayBuffer));
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'));
    reader.readAsArrayBuffer(file.slice(0, 64 << 10));
  });
  let text: string;
  if (bytes[0] === 0xff && bytes[1] === 0xfe) text = new TextDecoder('utf-16le').decode(bytes);
  else if (bytes[0] === 0xfe && bytes[1] === 0xff) text = new TextDecoder('utf-16be').decode(bytes);
  else {
    text = new TextDecoder('utf-8').decode(bytes);
    if (text.split('\n', 1)[0]?.includes('\ufffd')) text = new TextDecoder('windows-1252').decode(bytes);
  }
  let lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const said = /^sep=(.)$/i.exec(lines[0] ?? '')?.[1];
  if (said) lines = lines.slice(1);
  const line = lines[0] ?? '';
  const count = (mark: string) => line.split(mark).length;
  const comma = said ?? [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best), ',');
  const cells = line.match(new RegExp(`("([^"]|"")*"|[^${comma === '\t' ? '\\t' : comma}]*)(${comma === '\t' ? '\\t' : comma}|$)`, 'g')) ?? [];
  return cells.map((cell) => cell.replace(new RegExp(`${comma === '\t' ? '\\t' : comma}$`), '').replace(/^"|"$/g, '').replace(/""/g, '"').trim()).filter((cell) => cell !== '');
}
