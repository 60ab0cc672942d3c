// The matrix of a role: which level it grants of an action on a type, and where it says so.
import type { Grant } from '../../api/access';

export const anything = '*';

/** The level that a role says of exactly this; the empty string when it says nothing. */
export function levelAt(grants: Grant[], type: string, action: string): string {
  return grants.find((g) => g.type === type && g.action === action)?.level ?? '';
}

/**
 * The level that counts when a role says nothing of exactly this: that of the type, then that of the
 * action, then that of everything. It is the order of crm.Role.level.
 */
export function inherited(grants: Grant[], type: string, action: string): string {
  const wider: [string, string][] = [[type, anything], [anything, action], [anything, anything]];
  for (const [t, a] of wider) {
    if (t === type && a === action) continue;
    const level = levelAt(grants, t, a);
    if (level) return level;
  }
  return 'none';
}

/** The grants with another level for this; the empty string takes it out. */
export function withLevel(grants: Grant[], type: string, action: string, level: string): Grant[] {
  const rest = grants.filter((g) => g.type !== type || g.action !== action);
  return level ? [...rest, { type, action, level }] : rest;
}

/** What a role comes to with a type, widest first: "all: read, update". */
export function summary(grants: Grant[], type: string, actions: string[], levels: string[]): string {
  const by = new Map<string, string[]>();
  for (const action of actions) {
    const level = levelAt(grants, type, action) || inherited(grants, type, action);
    if (level !== 'none') by.set(level, [...(by.get(level) ?? []), action]);
  }
  const order = [...by.keys()].sort((a, b) => levels.indexOf(b) - levels.indexOf(a));
  return order.map((level) => `${level}: ${(by.get(level) ?? []).join(', ')}`).join(' · ') || 'nothing';
}
