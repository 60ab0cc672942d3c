import { ActionIcon, AppShell, Badge, Burger, Group, NavLink, ScrollArea, Text, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { Link, Outlet, useLocation } from 'react-router';
import { useSignOut } from '../api/changes';
import { useClock } from '../api/clock';
import { useIncidents } from '../api/queries';
import type { Session } from '../api/types';
import { formatClock, formatTime } from '../format';
import { ErrorBoundary } from './ErrorBoundary';
import { Icon, type IconName } from './Icon';
import { SearchBox } from './SearchBox';

const places: { to: string; name: string; icon: IconName }[] = [
  { to: '/', name: 'Overview', icon: 'overview' },
  { to: '/incidents', name: 'Incidents', icon: 'incidents' },
  { to: '/mentions', name: 'Mentions', icon: 'mentions' },
  { to: '/review', name: 'Review', icon: 'check' },
  { to: '/authors', name: 'Authors', icon: 'authors' },
  { to: '/contacts', name: 'Contacts', icon: 'contacts' },
  { to: '/accounts', name: 'Accounts', icon: 'accounts' },
  { to: '/leads', name: 'Leads', icon: 'leads' },
  { to: '/feedback', name: 'Feedback', icon: 'check' },
  { to: '/opportunities', name: 'Opportunities', icon: 'opportunities' },
  { to: '/territories', name: 'Territories', icon: 'overview' },
  { to: '/goals', name: 'Goals', icon: 'check' },
  { to: '/credit', name: 'Credit', icon: 'opportunities' },
  { to: '/notices', name: 'Notices', icon: 'alerts' },
  { to: '/measures', name: 'Measures', icon: 'measures' },
  { to: '/mention-alerts', name: 'Mention alerts', icon: 'alerts' },
  { to: '/monitors', name: 'Monitors', icon: 'monitors' },
  { to: '/channels', name: 'Channels', icon: 'channels' },
  { to: '/sources', name: 'Sources', icon: 'sources' },
  { to: '/fields', name: 'Fields', icon: 'edit' },
  { to: '/audit', name: 'Audit log', icon: 'clock' },
];

/** What stands around every page. */
export function Shell({ session }: { session: Session }) {
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const before = useRef(pathname);

  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    close();
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true }); // a screen reader begins with the new page
  }, [pathname, close]);

  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding={{ base: 'sm', sm: 'lg' }}>
      <a href="#main" className="skip-link" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>
        Skip to content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={opened ? 'Close navigation' : 'Open navigation'} aria-expanded={opened} />
          <Brand />
          <Group gap="xs" ml="auto" wrap="nowrap">
            <SearchBox />
            <SimulatedClock />
            <SchemeSwitch />
            <SignOut name={session.user.name} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <ScrollArea component="nav" aria-label="Main" style={{ flex: 1 }}>
          {places.map((place) => (
            <Place key={place.to} {...place} active={place.to === '/' ? pathname === '/' : pathname === place.to || pathname.startsWith(`${place.to}/`)} onClick={close} />
          ))}
        </ScrollArea>
        <Text fz="xs" c="dimmed" p="xs">
          Groundswell {session.version}
        </Text>
      </AppShell.Navbar>
      <AppShell.Main ref={main} id="main" tabIndex={-1} style={{ outline: 'none' }}>
        <ErrorBoundary at={pathname}>
          <Outlet />
        </ErrorBoundary>
      </AppShell.Main>
    </AppShell>
  );
}

function Brand() {
  return (
    <Group component={Link as never} {...{ to: '/' }} gap={8} wrap="nowrap" className="row-link" aria-label="Groundswell, overview">
      <img src="/favicon.svg" alt="" width={26} height={26} />
      <Text fw={700} fz="lg" visibleFrom="xs" span>
        Groundswell
      </Text>
    </Group>
  );
}

interface PlaceProps {
  to: string;
  name: string;
  icon: IconName;
  active: boolean;
  onClick: () => void;
}

function Place({ to, name, icon, active, onClick }: PlaceProps) {
  return (
    <NavLink
      component={Link}
      to={to}
      label={name}
      active={active}
      aria-current={active ? 'page' : undefined}
      onClick={onClick}
      leftSection={<Icon name={icon} />}
      rightSection={icon === 'incidents' ? <OpenIncidents /> : undefined}
      style={{ borderRadius: 8 }}
    />
  );
}

function OpenIncidents() {
  const incidents = useIncidents();
  const open = incidents.data?.pages[0]?.items.filter((i) => i.state !== 'resolved').length ?? 0;
  if (open === 0) return null;
  return (
    <Badge color="negative" variant="filled" circle aria-label={`${open} not resolved`}>
      {open}
    </Badge>
  );
}

/** Shown when Groundswell works by another time than the world, as in a demo. */
function SimulatedClock() {
  const now = useClock((clock) => (clock.simulated() ? minuteOf(clock.now()) : ''));
  if (!now) return null;
  return (
    <Tooltip label="Groundswell works by a simulated clock">
      <Badge variant="outline" color="gray" leftSection={<Icon name="clock" size={12} />} styles={{ label: { color: 'var(--mantine-color-text)' } }}>
        <time dateTime={now} aria-label={`Simulated time ${formatTime(now)}`}>
          {formatClock(now)}
        </time>
      </Badge>
    </Tooltip>
  );
}

/** The minute of a time, so that it is drawn again when the next begins. */
const minuteOf = (ms: number) => new Date(Math.floor(ms / 60_000) * 60_000).toISOString();

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark' ? 'light' : 'dark';
  return (
    <Tooltip label={`Use ${other} colours`}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Use ${other} colours`} onClick={() => setColorScheme(other)}>
        <Icon name={other === 'dark' ? 'moon' : 'sun'} />
      </ActionIcon>
    </Tooltip>
  );
}

function SignOut({ name }: { name: string }) {
  const signOut = useSignOut();
  return (
    <Tooltip label={`Sign out ${name}`}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Sign out ${name}`} loading={signOut.isPending} onClick={() => signOut.mutate()}>
        <Icon name="leave" />
      </ActionIcon>
    </Tooltip>
  );
}
