import { Badge, Box, NavLink, UnstyledButton } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useEffect, useId } from 'react';
import { Link, useLocation } from 'react-router';
import { useMay } from '../api/grants';
import { useIncidents } from '../api/queries';
import { Icon } from './Icon';
import { first, groups, type Place, type PlaceGroup } from './menu';

/** The ways to all pages that somebody finds something on. */
export function Menu({ onGo }: { onGo: () => void }) {
  const may = useMay();
  const [chosen, choose] = useLocalStorage<Record<string, boolean>>({ key: 'groundswell-menu', defaultValue: {}, getInitialValueInEffect: false });
  const { pathname } = useLocation();
  // Where somebody is stays in sight of the menu, which is longer than the screen.
  useEffect(() => {
    document.querySelector('nav [aria-current="page"]')?.scrollIntoView({ block: 'nearest' });
  }, [pathname]);
  const open = (places: Place[]) => places.filter((p) => !p.needs || may(p.needs));
  const shown = groups.map((g) => ({ ...g, places: open(g.places) })).filter((g) => g.places.length > 0);
  return (
    <>
      <List places={open(first)} onGo={onGo} />
      {shown.map((g) => (
        <Part key={g.name} group={g} open={chosen[g.name]} onToggle={(opened) => choose({ ...chosen, [g.name]: opened })} onGo={onGo} />
      ))}
    </>
  );
}

interface PartProps {
  group: PlaceGroup;
  /** What was chosen; undefined: nothing yet. */
  open: boolean | undefined;
  onToggle: (open: boolean) => void;
  onGo: () => void;
}

/** A group that opens and closes. Where somebody is stays in sight. */
function Part({ group, open, onToggle, onGo }: PartProps) {
  const id = useId();
  const { pathname } = useLocation();
  const here = group.places.filter((p) => isAt(p, pathname));
  const opened = open ?? (group.open || here.length > 0);
  return (
    <Box mt="sm">
      <UnstyledButton className="menu-group" aria-expanded={opened} aria-controls={id} onClick={() => onToggle(!opened)}>
        {group.name}
        <Icon name={opened ? 'up' : 'down'} size={14} />
      </UnstyledButton>
      <div id={id}>
        <List places={opened ? group.places : here} onGo={onGo} />
      </div>
    </Box>
  );
}

function List({ places, onGo }: { places: Place[]; onGo: () => void }) {
  const { pathname } = useLocation();
  return places.map((p) => {
    const active = isAt(p, pathname);
    return (
      <NavLink
        key={p.to}
        component={Link}
        to={p.to}
        label={p.name}
        active={active}
        aria-current={active ? 'page' : undefined}
        onClick={onGo}
        leftSection={<Icon name={p.icon} />}
        rightSection={p.to === '/incidents' ? <OpenIncidents /> : undefined}
        py={6}
        style={{ borderRadius: 8 }}
      />
    );
  });
}

const isAt = ({ to }: Place, pathname: string) => pathname === to || (to !== '/' && pathname.startsWith(`${to}/`));

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
