// What roles grant access to, as people call it, in the order of the menu.
import type { GovernedType } from '../../api/access';
import { recordName } from '../../records';

const groups: [string, Record<string, string>][] = [
  ['Customers', { contact: 'Contacts', account: 'Accounts', activity: 'Activities', link: 'Links of authors', matching: 'The matcher', privacy: 'Privacy' }],
  [
    'Selling',
    {
      lead: 'Leads',
      opportunity: 'Opportunities',
      quote: 'Quotes',
      order: 'Orders',
      invoice: 'Invoices',
      payment: 'Payments',
      goal: 'Goals',
      credit_rules: 'Credit',
      report: 'Reports',
      product: 'Products',
      price_list: 'Price lists',
      quote_template: 'Templates of quotes',
    },
  ],
  ['Listening', { mention: 'Mentions', monitor: 'Monitors', incident: 'Incidents', source: 'Sources', channel: 'Channels' }],
  [
    'Settings',
    {
      territory: 'Territories',
      dimension: 'Dimensions',
      territory_draft: 'Drafts of territories',
      process: 'Processes, milestones, reasons',
      ideal_profile: 'Ideal customers',
      learned_model: 'What was learned',
      lead_form: 'Forms',
      field: 'Fields',
      user: 'People',
      role: 'Roles',
      team: 'Teams',
      unit: 'Business units',
      audit: 'Audit log',
    },
  ],
];

/** The types in groups; what has no name here yet comes last. */
export function grouped(types: GovernedType[]): { group: string; types: (GovernedType & { label: string })[] }[] {
  const known = new Set(groups.flatMap(([, names]) => Object.keys(names)));
  const rest = types.filter((t) => !known.has(t.name)).map((t) => ({ ...t, label: recordName(t.name) }));
  const all = groups.map(([group, names]) => ({
    group,
    types: Object.entries(names).flatMap(([name, label]) => types.filter((t) => t.name === name).map((t) => ({ ...t, label }))),
  }));
  return [...all, { group: 'More', types: rest }].filter((g) => g.types.length > 0);
}

/** Types whose fields can be masked, with those that are asked for most. */
export const maskable: Record<string, string[]> = {
  account: ['domain', 'industry', 'employees', 'postal_code', 'city', 'country', 'owner_id', 'fields'],
  contact: ['email', 'phone', 'job_title', 'company', 'postal_code', 'city', 'country', 'url', 'relationship', 'owner_id', 'fields'],
  lead: ['email', 'phone', 'need', 'time_frame', 'rating', 'employees', 'owner_id', 'fields'],
  opportunity: ['amount', 'odds', 'forecast', 'expected_close', 'need', 'close_reason', 'close_comment', 'owner_id', 'fields'],
  activity: ['subject', 'text', 'due_at'],
  quote: ['lines', 'sums', 'discount', 'notes'],
  order: ['lines', 'sums'],
  invoice: ['lines', 'sums', 'due_at'],
  payment: ['amount', 'method', 'reference'],
};
