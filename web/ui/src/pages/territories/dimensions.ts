// The tree of the values of a dimension.
import type { Dimension } from '../../api/territories';

export type DimensionValue = NonNullable<Dimension['values']>[number];
type ValueMatch = NonNullable<DimensionValue['match']>[number];

/** The values in the order of the tree, what is above first, with how deep each stands. */
export function inTree(values: DimensionValue[]): { value: DimensionValue; depth: number }[] {
  const below = new Map<string, DimensionValue[]>();
  const ids = new Set(values.map((v) => v.id));
  for (const v of values) {
    const parent = v.parent && ids.has(v.parent) ? v.parent : '';
    below.set(parent, [...(below.get(parent) ?? []), v]);
  }
  const rows: { value: DimensionValue; depth: number }[] = [];
  const walk = (parent: string, depth: number) => {
    for (const value of below.get(parent) ?? []) {
      rows.push({ value, depth });
      walk(value.id, depth + 1);
    }
  };
  walk('', 0);
  return rows;
}

/** The ids of a value and of all below it: where it cannot be put. */
export function branchOf(values: DimensionValue[], id: string): Set<string> {
  const branch = new Set([id]);
  for (const { value } of inTree(values)) if (value.parent && branch.has(value.parent)) branch.add(value.id);
  return branch;
}

/** What a match asks for, in words. */
export function matchWords({ field, equal, prefix, from, to }: ValueMatch): string {
  if (equal?.length) return `${field} is ${equal.join(', ')}`;
  if (prefix?.length) return `${field} begins with ${prefix.join(', ')}`;
  return `${field} ${from || '…'} to ${to || '…'}`;
}
