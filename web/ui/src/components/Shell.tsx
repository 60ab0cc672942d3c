import { ActionIcon, AppShell, Badge, Burger, Group, ScrollArea, Text, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { Link, Outlet, useLocation } from 'react-router';
import { useSignOut } from '../api/changes';
import { useClock } from '../api/clock';
import type { Session } from '../api/types';
import { formatClock, formatTime } from '../format';
import { ErrorBoundary } from './ErrorBoundary';
import { Icon } from './Icon';
import { LoadAgain } from './LoadAgain';
import { Menu } from './Menu';
import { SearchBox } from './SearchBox';

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
            <Tooltip label="Your account">
              <ActionIcon component={Link} to="/me" variant="subtle" color="gray" size="lg" aria-label={`Your account, ${session.user.name}`}>
                <Icon name="contacts" />
              </ActionIcon>
            </Tooltip>
            <SignOut name={session.user.name} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <ScrollArea component="nav" aria-label="Main" style={{ flex: 1 }}>
          <Menu onGo={close} />
        </ScrollArea>
        <Text fz="xs" c="dimmed" p="xs">
          Groundswell {session.version}
        </Text>
      </AppShell.Navbar>
      <AppShell.Main ref={main} id="main" tabIndex={-1} style={{ outline: 'none' }}>
        <ErrorBoundary at={pathname}>
          <LoadAgain>
            <Outlet />
          </LoadAgain>
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

/** Shown when Groundswell works by another time than the world, as in a demo. */
function SimulatedClock() {
  const now = useClock((clock) => (clock.simulated() ? minuteOf(clock.now()) : ''));
  if (!now) return null;
  return (
    <Tooltip label="Groundswell works by a simulated clock">
      <Badge variant="outline" color="gray" flex="none" leftSection={<Icon name="clock" size={12} />} styles={{ label: { color: 'var(--mantine-color-text)' } }}>
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
