// The types of records: what they are called, and where they are.
import { formatNumber } from './format';

/** Types of records in the audit log. */
export const recordTypes = {
  contact: 'Contact',
  social_profile: 'Social profile',
  link: 'Link',
  merge: 'Merge',
  lead: 'Lead',
  account: 'Account',
  opportunity: 'Opportunity',
  activity: 'Activity',
  quote: 'Quote',
  order: 'Order',
  invoice: 'Invoice',
  payment: 'Payment',
  product: 'Product',
  price_list: 'Price list',
  process: 'Process',
  territory: 'Territory',
  territory_draft: 'Draft of territories',
  dimension: 'Dimension',
  credit_rules: 'Credit rules',
  goal: 'Goal',
  user: 'User',
  role: 'Role',
  import: 'Import',
  match_settings: 'Settings of the matcher',
  match_model: 'Model of the matcher',
  quote_template: 'Template of quotes',
  field: 'Field',
  team: 'Team',
  unit: 'Business unit',
  team_member: 'Place in a team',
  territory_member: 'Place in a territory',
  ideal_profile: 'Ideal customer',
  learned_model: 'What was learned',
  lead_form: 'Form',
  lead_setting: 'Settings of leads',
  reason: 'Reason',
  invitation: 'Invitation',
  campaign: 'Campaign',
  idea: 'Idea',
  recommendation: 'Recommendation',
} as const;

/** What a type of record is called. */
export const recordName = (type: string): string => (recordTypes as Record<string, string>)[type] ?? type.charAt(0).toUpperCase() + type.slice(1);

/** Types whose records have a page of their own. */
const places: Record<string, string> = { account: 'accounts', contact: 'contacts', lead: 'leads', opportunity: 'opportunities', campaign: 'campaigns' };

/** Where the page of a record is; undefined where it has none, or is not known. */
export function placeOf(type: string, id: string): string | undefined {
  const place = places[type];
  return place && id ? `/${place}/${encodeURIComponent(id)}` : undefined;
}

/** Several records of a type, in a sentence. */
const several: Record<string, string> = { activity: 'activities', opportunity: 'opportunities', touch: 'touches' };

/** How many records of a type: 1 lead, 2 leads. */
export function countOf(type: string, n: number): string {
  const one = recordName(type).toLowerCase();
  return `${formatNumber(n)} ${n === 1 ? one : (several[type] ?? `${one}s`)}`;
}
