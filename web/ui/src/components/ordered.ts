// Lists whose order people choose.

/** The list with one of its items moved. */
export function moved<T>(list: T[], from: number, to: number): T[] {
  const rest = list.filter((_, i) => i !== from);
  const item = list[from];
  if (item === undefined || to < 0 || to >= list.length) return list;
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

/** The list with one of its items changed. */
export const changed = <T>(list: T[], at: number, part: Partial<T>): T[] => list.map((item, i) => (i === at ? { ...item, ...part } : item));

/** The list without one of its items. */
export const without = <T>(list: T[], at: number): T[] => list.filter((_, i) => i !== at);

/** A short name for the API, made of what something is called: lower-case letters, digits and dashes. */
export const nameOf = (label: string): string =>
  label
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-+|-+$/g, '');
