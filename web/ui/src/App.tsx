import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import { createBrowserRouter, RouterProvider, type RouteObject } from 'react-router';
import { Problem } from './api/client';
import { keys, useSession } from './api/queries';
import { ErrorBoundary } from './components/ErrorBoundary';
import { Shell } from './components/Shell';
import { Failed, Loading } from './components/states';
import EnrolPage from './pages/me/EnrolPage';
import SignInPage from './pages/sign-in/SignInPage';
import { cssVariables, theme } from './theme';

/** A page, loaded when it is first visited. */
const page = (path: string, load: () => Promise<{ default: React.ComponentType }>): RouteObject => ({
  path,
  lazy: async () => ({ Component: (await load()).default }),
});

export const routes: RouteObject[] = [
  { ...page('/set-password', () => import('./pages/sign-in/SetPasswordPage')), HydrateFallback: Starting },
  {
    Component: Gate,
    errorElement: <RouteFailed />,
    HydrateFallback: Starting,
    children: [
      page('/', () => import('./pages/overview/OverviewPage')),
      page('/incidents', () => import('./pages/incidents/IncidentsPage')),
      page('/incidents/:id', () => import('./pages/incidents/IncidentPage')),
      page('/mentions', () => import('./pages/mentions/MentionsPage')),
      page('/review', () => import('./pages/review/ReviewPage')),
      page('/authors', () => import('./pages/authors/AuthorsPage')),
      page('/contacts', () => import('./pages/contacts/ContactsPage')),
      page('/contacts/:id', () => import('./pages/contacts/ContactPage')),
      page('/accounts', () => import('./pages/accounts/AccountsPage')),
      page('/accounts/:id', () => import('./pages/accounts/AccountPage')),
      page('/imports', () => import('./pages/imports/ImportsPage')),
      page('/fields', () => import('./pages/fields/FieldsPage')),
      page('/leads', () => import('./pages/leads/LeadsPage')),
      page('/leads/:id', () => import('./pages/leads/LeadPage')),
      page('/lead-settings', () => import('./pages/lead-settings/LeadSettingsPage')),
      page('/campaigns', () => import('./pages/campaigns/CampaignsPage')),
      page('/campaigns/:id', () => import('./pages/campaigns/CampaignPage')),
      page('/advocates', () => import('./pages/advocates/AdvocatesPage')),
      page('/recommendations', () => import('./pages/recommendations/RecommendationsPage')),
      page('/feedback', () => import('./pages/feedback/FeedbackPage')),
      page('/opportunities', () => import('./pages/opportunities/OpportunitiesPage')),
      page('/opportunities/:id', () => import('./pages/opportunities/OpportunityPage')),
      page('/products', () => import('./pages/products/ProductsPage')),
      page('/quote-templates', () => import('./pages/quote-templates/QuoteTemplatesPage')),
      page('/tasks', () => import('./pages/tasks/TasksPage')),
      page('/territories', () => import('./pages/territories/TerritoriesPage')),
      page('/processes', () => import('./pages/processes/ProcessesPage')),
      page('/processes/:id', () => import('./pages/processes/ProcessPage')),
      page('/credit', () => import('./pages/credit/CreditPage')),
      page('/goals', () => import('./pages/goals/GoalsPage')),
      page('/notices', () => import('./pages/notices/NoticesPage')),
      page('/measures', () => import('./pages/measures/MeasuresPage')),
      page('/mention-alerts', () => import('./pages/mention-alerts/MentionAlertsPage')),
      page('/monitors', () => import('./pages/monitors/MonitorsPage')),
      page('/channels', () => import('./pages/channels/ChannelsPage')),
      page('/handover', () => import('./pages/handover/HandoverPage')),
      page('/webhooks', () => import('./pages/webhooks/WebhooksPage')),
      page('/sources', () => import('./pages/sources/SourcesPage')),
      page('/privacy', () => import('./pages/privacy/PrivacyPage')),
      page('/access', () => import('./pages/access/AccessPage')),
      page('/access/new-role', () => import('./pages/access/RolePage')),
      page('/access/roles/:name', () => import('./pages/access/RolePage')),
      page('/me', () => import('./pages/me/MePage')),
      page('/sign-ins', () => import('./pages/sign-ins/SignInsPage')),
      page('/audit', () => import('./pages/audit/AuditPage')),
      page('*', () => import('./pages/not-found/NotFoundPage')),
    ],
  },
];

/** A client that notices wherever an answer says that the session is over. */
export function newQueryClient(): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof Problem && error.signedOut) void client.invalidateQueries({ queryKey: keys.session });
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: (error, query) => query.queryKey[0] !== keys.session[0] && onError(error) }),
    mutationCache: new MutationCache({
      onError: (error) => {
        onError(error);
        if (error instanceof Problem && error.status === 412) void client.invalidateQueries(); // somebody else saved it: what was read is old
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        // What the request itself is to blame for stays wrong; the rest may pass.
        retry: (failures, error) => failures < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
      },
    },
  });
  return client;
}

/** Shows the pages to who is signed in, and the sign-in to everybody else. */
function Gate() {
  const session = useSession();
  if (session.data === null) return <SignInPage />;
  if (session.data?.second_factor === 'demanded') return <EnrolPage />;
  if (session.data) return <Shell session={session.data} />;
  if (session.error) {
    return (
      <main style={{ padding: '2rem', maxWidth: 560, margin: 'auto' }}>
        <Failed error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  }
  return <Starting />;
}

function Starting() {
  return (
    <main style={{ padding: '2rem', maxWidth: 720, margin: 'auto' }}>
      <Loading what="Groundswell" />
    </main>
  );
}

/** A page that could not be loaded: after an update its file may be gone. */
function RouteFailed() {
  return (
    <main style={{ padding: '2rem', maxWidth: 560, margin: 'auto' }}>
      <Failed
        error={new Problem(0, 'The page cannot be loaded', 'Groundswell may have been updated or is out of reach.')}
        onRetry={() => window.location.reload()}
      />
    </main>
  );
}

/** Forgets what was read when the session ends: the next to sign in may be somebody else. */
function Forgetful({ client }: { client: QueryClient }) {
  useEffect(
    () =>
      client.getQueryCache().subscribe(({ query }) => {
        if (query.queryKey[0] !== keys.session[0] || query.state.data !== null) return;
        client.removeQueries({ predicate: (q) => q.queryKey[0] !== keys.session[0] });
      }),
    [client],
  );
  return null;
}

export function Providers({ client, children }: { client: QueryClient; children: ReactNode }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={3} />
      <QueryClientProvider client={client}>
        <ErrorBoundary>{children}</ErrorBoundary>
      </QueryClientProvider>
    </MantineProvider>
  );
}

const router = createBrowserRouter(routes);
const queryClient = newQueryClient();

export function App() {
  return (
    <Providers client={queryClient}>
      <Forgetful client={queryClient} />
      <RouterProvider router={router} />
    </Providers>
  );
}
