// Short names for what the API speaks of. schema.ts is generated from the OpenAPI document by
// `npm run generate`; a test fails when it is stale.
import type { Invoice, Order, Quote } from './sales';
import type { components } from './schema';

type Schemas = components['schemas'];

/** A record of which a role can hide fields: they are left out then. */
export type Hideable<T, K extends keyof T> = Omit<T, K> & { [F in K]?: T[F] };

export type Account = Hideable<Schemas['Account'], 'fields'>;
export type Account360 = Schemas['Account360'];
export type AccountMerge = Schemas['AccountMerge'];
export type AccountFields = Schemas['AccountFields'];
export type Contact360 = Schemas['Contact360'];
export type FieldDefinition = Schemas['Field'];
export type FieldBody = Schemas['FieldBody'];
export type Hit = Schemas['Hit'];
export type SearchResult = Schemas['SearchResult'];
/** What the views of contacts and accounts have in common. */
export type View360 = Omit<Contact360, 'contact' | 'profiles' | 'links' | 'consent' | 'acquaintances' | '$schema' | 'quotes' | 'orders' | 'invoices'> & {
  quotes: Part<Quote>;
  orders: Part<Order>;
  invoices: Part<Invoice>;
};
export type Acquaintance = Schemas['Acquaintance'];
export type Activity = Schemas['Activity'];
export type Author = Schemas['Author'];
export type Contact = Hideable<Schemas['Contact'], 'fields'>;
export type ContactDetail = Hideable<Schemas['ContactDetail'], 'fields'>;
export type ContactFields = Schemas['ContactFields'];
export type Correction = Schemas['Correction'];
export type CorrectedPolarity = NonNullable<Correction['polarity']>;
export type ContactRef = Schemas['ContactRef'];
export type HistoryEntry = Schemas['HistoryEntry'];
export type Import = Schemas['Import'];
export type ImportKind = Import['type'];
export type NetworkBasis = Acquaintance['basis'];
export type Incident = Schemas['Incident'];
export type IncidentPerson = Schemas['IncidentPerson'];
export type IncidentPost = Schemas['IncidentPost'];
export type Lead = Hideable<Schemas['Lead'], 'rating'>;
export type Link = Schemas['Link'];
export type Measure = Schemas['Measure'];
export type Measures = Schemas['Measures'];
export type Mention = Schemas['Mention'];
export type MentionAlert = Schemas['MentionAlert'];
export type MentionRule = Schemas['MentionRule'];
export type Money = Schemas['Money'];
export type Channel = Schemas['Channel'];
export type Delivery = Schemas['Delivery'];
export type Digest = Schemas['Digest'];
export type Preview = Schemas['Preview'];
export type PreviewRequest = Schemas['PreviewRequest'];
export type Route = Schemas['Route'];
export type Invitation = Schemas['Invitation'];
export type Monitor = Schemas['Monitor'];
export type MonitorFields = Schemas['MonitorFields'];
export type Opportunity = Hideable<Schemas['OpportunityItem'], 'amount' | 'odds' | 'fields'>;
export type OpportunityFields = Schemas['OpportunityBody'];
export type OpportunityView = Hideable<Schemas['OpportunityView'], 'amount' | 'odds' | 'fields'>;
export type Point = Schemas['Point'];
export type Profile = Schemas['Profile'];
export type QueryCheck = Schemas['QueryCheck'];
export type RuleFields = Schemas['RuleFields'];
export type Series = Schemas['Series'];
export type Session = Schemas['Session'];
export type Source = Schemas['Source'];
export type Touch = Schemas['Touch'];

export type DeliveryState = Delivery['state'];
export type Decision = Link['decision'];
export type IncidentKind = Incident['kind'];
export type IncidentState = Incident['state'];
export type Intent = Mention['intent'];
export type Label = Exclude<Incident['label'], ''>;
export type Action = HistoryEntry['action'];
export type RuleKind = MentionRule['kind'];
/** One of the plan of GET /milestones, or disqualified or recycled. */
export type Milestone = string;
export type Grade = 'A' | 'B' | 'C' | 'D' | 'E' | 'F';
export type MonitorKind = Monitor['kind'];
export type Polarity = Mention['polarity'];
export type Step = '1m' | '5m' | '15m' | '1h' | '1d';

/** A page of a list; next is empty on the last one. */
export interface Page<T> {
  items: T[];
  next: string;
}

/** The beginning of a list, how long it is, and where all of it is when it is cut. */
export interface Part<T> {
  items: T[];
  count: number;
  more: boolean;
  all: string;
}

/** One piece of what speaks for a link, as the matcher writes it. */
export interface Evidence {
  field: string;
  level: string;
  author_value: string;
  contact_value: string;
  bits: number;
}
