// The words of the CRM as people read them, and the order in which they are listed.
import type { CampaignKind, CampaignStatus, IdeaKind, IdeaStatus, RecommendationEnd } from './api/campaigns';
import type { Consent } from './api/privacy';
import type { GoalFields } from './api/territories';
import type { ContactFields, Decision, Milestone } from './api/types';

/** Types of records that have fields of the company's own. */
export const fieldTypes: Record<'account' | 'contact' | 'lead' | 'opportunity' | 'campaign', string> = { account: 'Accounts', contact: 'Contacts', lead: 'Leads', opportunity: 'Opportunities', campaign: 'Campaigns' };

export const importTypes: Record<'account' | 'contact' | 'lead' | 'network', string> = { contact: 'Contacts', lead: 'Leads', account: 'Accounts', network: 'People whom you know' };

export const fileKinds: Record<'linkedin' | 'vcard' | 'csv', string> = { linkedin: 'LinkedIn connection', vcard: 'Address card', csv: 'List of contacts' };

export const importStates: Record<string, string> = { requested: 'Waiting', running: 'Running', done: 'Done', failed: 'Failed' };

export const fieldKinds: Record<string, string> = {
  text: 'Text',
  number: 'Number',
  money: 'Money',
  date: 'Date',
  boolean: 'Yes or no',
  choice: 'Choice',
  'multi-choice': 'Several choices',
  url: 'Web address',
  reference: 'Reference to a record',
};

export const campaignKinds: Record<CampaignKind, string> = { classic: 'Classic', social: 'Social', idea: 'Ideas' };

export const campaignStatuses: Record<CampaignStatus, string> = { planned: 'Planned', active: 'Active', completed: 'Completed', cancelled: 'Cancelled' };

/** How people respond to campaigns. */
export const responseKinds: Record<string, string> = {
  sent: 'Sent to',
  opened: 'Opened',
  clicked: 'Clicked',
  replied: 'Replied',
  registered: 'Registered',
  attended: 'Attended',
  requested: 'Requested something',
  declined: 'Declined',
  unsubscribed: 'Unsubscribed',
};

export const ideaKinds: Record<IdeaKind, string> = { slogan: 'Slogan', product: 'Product', name: 'Name', other: 'Other' };

export const ideaStatuses: Record<IdeaStatus, string> = { new: 'New', shortlisted: 'Shortlisted', chosen: 'Chosen', thanked: 'Thanked', rejected: 'Rejected' };

/** What a recommendation became. */
export const recommendationEnds: Record<RecommendationEnd, string> = { lead: 'Lead', reference: 'Reference', nothing: 'Nothing' };

export const referenceStates: Record<'open' | 'asked' | 'given' | 'declined', string> = { open: 'To ask', asked: 'Asked', given: 'Given', declined: 'Declined' };

/** How a tone changes. */
export const trends: Record<string, string> = {
  improving: '▲ Improving',
  steady: '● Steady',
  declining: '▼ Declining',
  'not-enough': 'Too few touches to tell a trend',
};

/** Where an opportunity stands. */
export const opportunityStates: Record<'open' | 'won' | 'lost', string> = { open: 'Open', won: 'Won', lost: 'Lost' };

/** What an opportunity counts for in the forecast. */
export const forecasts: Record<'pipeline' | 'best-case' | 'commit', string> = { pipeline: 'Pipeline', 'best-case': 'Best case', commit: 'Commit' };

/** Where quotes, orders and invoices stand. */
export const documentStates: Record<string, string> = {
  draft: 'Draft',
  sent: 'Sent',
  accepted: 'Accepted',
  declined: 'Declined',
  superseded: 'Replaced by a revision',
  open: 'Open',
  fulfilled: 'Fulfilled',
  issued: 'Issued',
  paid: 'Paid',
  cancelled: 'Cancelled',
};

/** Languages in which quotes are printed. */
export const paperLanguages: Record<string, string> = { de: 'German', en: 'English' };

/** What happens in a case, which those who take part in it can be told. */
export const caseEvents: Record<string, string> = {
  touch: 'Touch',
  mention: 'Post',
  lead: 'Lead',
  stage: 'Stage',
  approval: 'Approval',
  close: 'Close',
  quote: 'Quote',
  order: 'Order',
  invoice: 'Invoice',
  payment: 'Payment',
  process: 'Process',
  people: 'People',
  activity: 'Activity',
  change: 'Change',
};

/** Fields of opportunities, as gates name them. */
export const opportunityFields: Record<string, string> = {
  name: 'Name',
  need: 'What they need',
  amount: 'Value',
  expected_close: 'Expected close',
  account_id: 'Account',
  contact_id: 'Contact',
  lead_id: 'Lead',
  campaign_id: 'Campaign',
  owner_id: 'Owner',
};

/** Milestones of the default plan, which others may have, too; GET /milestones has the labels in force. */
export const milestones: Record<Milestone, string> = {
  unqualified: 'Unqualified',
  'marketing-qualified': 'Marketing-qualified',
  'sales-qualified': 'Sales-qualified',
  'sales-accepted': 'Sales-accepted',
  recycled: 'Recycled',
  disqualified: 'Disqualified',
};

export const decisions: Record<Decision, string> = {
  suggested: 'Suggested',
  confirmed: 'Confirmed',
  rejected: 'Rejected',
  ignored: 'Ignored',
  unsure: 'Unsure',
};

/** What a contact is to the company. */
export const relationships: Record<NonNullable<ContactFields['relationship']>, string> = {
  customer: 'Customer',
  prospect: 'Prospect',
  partner: 'Partner',
  other: 'Other',
};

/** How somebody took part in a record. */
export const partings: Record<string, string> = {
  owner: 'owner',
  activity: 'did something with it',
  approval: 'approved it',
  link: 'decided on a link',
  joined: 'joined',
  opportunity: 'owned an opportunity of it',
  lead: 'took part in its lead',
};

/** What a lead says of itself. */
export const leadFields = {
  name: 'Name',
  company: 'Company',
  email: 'E-mail',
  phone: 'Phone',
  job_title: 'Job title',
  industry: 'Industry',
  country: 'Country',
  postal_code: 'Postal code',
  city: 'City',
  topic: 'What they want',
  time_frame: 'Until when',
  product: 'Product',
  campaign: 'Campaign',
  need: 'What they need, in their words',
  employees: 'Employees',
} as const;

/** Ends that ask for a reason. */
export const outcomes: Record<'disqualified' | 'recycled' | 'won' | 'lost', string> = { disqualified: 'Disqualified', recycled: 'Recycled', won: 'Won', lost: 'Lost' };

/** What is done with a record. */
export const activityKinds: Record<string, string> = {
  call: 'Call',
  'e-mail': 'E-mail',
  meeting: 'Meeting',
  note: 'Note',
  task: 'Task',
  'campaign-response': 'Campaign response',
};

/** Signs of interest. */
export const signs: Record<string, string> = { mention: 'Says that they want to buy', form: 'Filled in a form', touch: 'Another post', ...activityKinds };

/** How a criterion of an ideal customer asks. */
export const operators: Record<string, string> = {
  equals: 'is',
  in: 'is one of',
  prefix: 'begins with one of',
  contains: 'contains one of',
  range: 'is from … to …',
  expression: 'expression (CEL)',
};

/** What goals count. */
export const goalMetrics: Record<GoalFields['metric'], string> = {
  'revenue-won': 'Revenue won',
  'revenue-invoiced': 'Revenue invoiced',
  'revenue-paid': 'Revenue paid',
  'credit-invoiced': 'Credit for invoices',
  'credit-paid': 'Credit for payments',
  'leads-accepted': 'Leads accepted',
  'opportunities-opened': 'Opportunities opened',
  'opportunities-won': 'Opportunities won',
  'activities-done': 'Activities done',
};

/** Where leads come from. */
export const leadSources: Record<string, string> = { mention: 'A post', campaign: 'A campaign', import: 'An import', form: 'A form', hand: 'Entered by hand' };

/** Why it is lawful to use somebody's data (GDPR Art. 6(1)). */
export const legalBases: Record<string, string> = {
  consent: 'consent (Art. 6(1)(a))',
  contract: 'contract (Art. 6(1)(b))',
  given: 'given by the person (Art. 6(1)(f))',
  'made-public': 'made public by the person (Art. 6(1)(f))',
  'legitimate-interest': 'legitimate interest (Art. 6(1)(f))',
};

/** Those on which somebody's own network is brought in. */
export const networkBases = ['consent', 'given', 'legitimate-interest'] as const;

/** What a consent is for. */
export const consentPurposes: Record<Consent['purpose'], string> = { record: 'Being on file', link: 'Being recognised in networks', marketing: 'Campaigns' };

/** Where a consent comes from. */
export const consentSources: Record<string, string> = {
  form: 'form',
  invitation: 'sign-in by invitation',
  'e-mail': 'e-mail',
  letter: 'letter',
  telephone: 'telephone',
  meeting: 'meeting',
  contract: 'contract',
  import: 'import',
  other: 'other',
};

/** What becomes of a record that is handed over. */
export const handedStates: Record<string, string> = { proposed: 'proposed', given: 'given', kept: 'could not be given', returned: 'taken back' };
