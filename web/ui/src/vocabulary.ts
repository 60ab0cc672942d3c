// The words of what is heard, of telling people and of rights, as people read them, and the order in which they are listed. Those of the CRM stand in vocabulary-crm.ts.
import type { AuthorGroup } from './api/authors';
import type { DeliveryState, Action, Label, RuleKind, IncidentKind, IncidentState, Intent, MonitorKind, Polarity, Source } from './api/types';

export const polarities: Record<Polarity, string> = {
  negative: 'Negative',
  neutral: 'Neutral',
  positive: 'Positive',
  unknown: 'Unknown',
};

export const intents: Record<Intent, string> = {
  none: 'No intent',
  purchase: 'Purchase',
  complaint: 'Complaint',
  support_request: 'Support request',
  information_request: 'Information request',
  recommendation: 'Recommendation',
};

export const incidentKinds: Record<IncidentKind, string> = {
  firestorm: 'Firestorm',
  volume: 'Volume',
  coordinated: 'Coordinated accounts',
  praise: 'Praise',
};

export const deliveryStates: Record<DeliveryState, string> = {
  waiting: 'Waiting',
  delivered: 'Delivered',
  failed: 'Failed',
  dropped: 'Not told',
};

export const incidentStates: Record<IncidentState, string> = {
  open: 'Open',
  escalating: 'Escalating',
  subsiding: 'Subsiding',
  resolved: 'Resolved',
};

export const labels: Record<Label, string> = {
  right: 'It was right',
  false_alarm: 'False alarm',
};

/** What happened to an incident; the value stands for %. */
export const actions: Record<Action, string> = {
  opened: 'Opened with severity %',
  reopened: 'A new wave with severity %',
  escalated: 'Escalated to severity %',
  subsided: 'Subsides',
  resolved: 'Resolved',
  acknowledged: 'Acknowledged',
  assigned: 'Assigned to %',
  unassigned: 'Taken from %',
  commented: 'Commented',
  silenced: 'Silenced until %',
  unsilenced: 'Silence ended',
  merged: 'Merged into another incident',
  took_in: 'Another incident was merged into this one',
  separated: 'Separated again',
  labelled: 'Labelled: %',
  unlabelled: 'Label taken back: %',
};

export const ruleKinds: Record<RuleKind, string> = {
  influential_author: 'Influential author',
  contact: 'Contact',
  opportunity: 'Contact with an open opportunity',
  purchase: 'Purchase intent',
  keyword: 'Keyword',
  negative_reach: 'Negative with high reach',
};

export const monitorKinds: Record<MonitorKind, string> = {
  own: 'Own brand',
  competitor: 'Competitor',
  campaign: 'Campaign',
  market: 'Market',
};

export const sourceStates: Record<Source['state'], string> = {
  up: 'Up',
  down: 'Down',
  throttled: 'Throttled',
  stopped: 'Stopped',
  ended: 'Ended',
};

/** Names of networks that are not their id with a capital. */
const networks: Record<string, string> = { x: 'X', feeds: 'Feeds', hackernews: 'Hacker News', youtube: 'YouTube', tiktok: 'TikTok', linkedin: 'LinkedIn' };

export function networkName(id: string): string {
  return networks[id] ?? id.charAt(0).toUpperCase() + id.slice(1);
}

/** The entries of a vocabulary as options of a select. */
export function options<T extends string>(words: Record<T, string>): { value: T; label: string }[] {
  return (Object.entries(words) as [T, string][]).map(([value, label]) => ({ value, label }));
}

/** What somebody who speaks is to the company. */
export const authorGroups: Record<AuthorGroup, string> = {
  customers: 'Customers',
  contacts: 'Contacts',
  leads: 'Leads',
  unknown: 'Unknown',
};

/** How far a grant reaches. */
export const levels: Record<string, string> = {
  none: 'None',
  own: 'Own',
  team: 'Team',
  territory: 'Territory',
  unit: 'Unit',
  all: 'All',
};

/** What a role may let people do. */
export const deeds: Record<string, string> = {
  read: 'Read',
  create: 'Create',
  update: 'Change',
  delete: 'Delete',
  assign: 'Assign',
  share: 'Share',
  merge: 'Merge',
  export: 'Export',
  approve: 'Approve',
};

/** What people are told. */
export const noticeKinds: Record<string, string> = {
  lead: 'A lead waits for too long',
  stage: 'A case reaches another stage',
  approval: 'Somebody approves a stage',
  close: 'A case is won, lost or reopened',
  quote: 'Quotes',
  order: 'Orders',
  invoice: 'Invoices',
  payment: 'Payments',
  process: 'Processes beside the main one',
  people: 'People join, or an owner changes',
  activity: 'Activities',
  webhook: 'A webhook of yours is paused',
};

/** How people are told. */
export const noticeWays: Record<string, string> = { page: 'On the page alone', at_once: 'Sent at once', daily: 'Sent once a day' };
