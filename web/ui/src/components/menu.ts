// Where the pages are in the menu, by what people come for: a marketer listens, a rep sells, an operator sets up.
import type { IconName } from './Icon';

export interface Place {
  to: string;
  name: string;
  /** Each place has its own. */
  icon: IconName;
  /** The grant without which nothing is there, as TYPE:ACTION; without it, everybody finds something. */
  needs?: string;
}

export interface PlaceGroup {
  name: string;
  /** Whether it is open until somebody closes it. */
  open: boolean;
  places: Place[];
}

/** What stands above all groups. */
export const first: Place[] = [
  { to: '/', name: 'Overview', icon: 'overview' },
  { to: '/tasks', name: 'Tasks', icon: 'tasks', needs: 'activity:read' },
  { to: '/notices', name: 'Notices', icon: 'notices' },
];

export const groups: PlaceGroup[] = [
  {
    name: 'Listening',
    open: true,
    places: [
      { to: '/incidents', name: 'Incidents', icon: 'incidents', needs: 'incident:read' },
      { to: '/mentions', name: 'Mentions', icon: 'mentions', needs: 'mention:read' },
      { to: '/mention-alerts', name: 'Mention alerts', icon: 'alerts', needs: 'mention:read' },
      { to: '/authors', name: 'Authors', icon: 'authors', needs: 'mention:read' },
      { to: '/advocates', name: 'Advocates and critics', icon: 'advocates', needs: 'mention:read' },
      { to: '/measures', name: 'Measures', icon: 'measures', needs: 'mention:read' },
      { to: '/monitors', name: 'Monitors', icon: 'monitors', needs: 'monitor:read' },
    ],
  },
  {
    name: 'Customers',
    open: true,
    places: [
      { to: '/contacts', name: 'Contacts', icon: 'contacts', needs: 'contact:read' },
      { to: '/accounts', name: 'Accounts', icon: 'accounts', needs: 'account:read' },
      { to: '/review', name: 'Review', icon: 'review', needs: 'link:read' },
      { to: '/imports', name: 'Imports', icon: 'imports', needs: 'lead:create' },
    ],
  },
  {
    name: 'Selling',
    open: true,
    places: [
      { to: '/campaigns', name: 'Campaigns', icon: 'campaigns', needs: 'campaign:read' },
      { to: '/leads', name: 'Leads', icon: 'leads', needs: 'lead:read' },
      { to: '/recommendations', name: 'Recommendations', icon: 'recommendations', needs: 'recommendation:read' },
      { to: '/opportunities', name: 'Opportunities', icon: 'opportunities', needs: 'opportunity:read' },
      { to: '/goals', name: 'Goals and forecast', icon: 'goals', needs: 'goal:read' },
      { to: '/products', name: 'Products and prices', icon: 'products', needs: 'product:read' },
      { to: '/quote-templates', name: 'Quote templates', icon: 'quote-templates', needs: 'quote_template:read' },
      { to: '/credit', name: 'Credit', icon: 'credit', needs: 'credit_rules:read' },
      { to: '/territories', name: 'Territories', icon: 'territories', needs: 'territory:read' },
      { to: '/feedback', name: 'Feedback', icon: 'feedback', needs: 'report:read' },
    ],
  },
  {
    name: 'Settings',
    open: false,
    places: [
      { to: '/sources', name: 'Sources', icon: 'sources', needs: 'source:read' },
      { to: '/channels', name: 'Channels', icon: 'channels', needs: 'channel:read' },
      { to: '/handover', name: 'Hand-over', icon: 'handover', needs: 'handover:read' },
      { to: '/webhooks', name: 'Webhooks', icon: 'webhooks', needs: 'webhook:read' },
      { to: '/fields', name: 'Fields', icon: 'fields', needs: 'field:read' },
      { to: '/lead-settings', name: 'Lead settings', icon: 'lead-settings', needs: 'process:read' },
      { to: '/processes', name: 'Processes', icon: 'processes', needs: 'process:read' },
      { to: '/access', name: 'Access', icon: 'access', needs: 'role:read' },
      { to: '/privacy', name: 'Privacy', icon: 'privacy', needs: 'privacy:read' },
      { to: '/sign-ins', name: 'Sign-ins', icon: 'leave', needs: 'audit:read' },
      { to: '/audit', name: 'Audit log', icon: 'audit', needs: 'audit:read' },
    ],
  },
];
