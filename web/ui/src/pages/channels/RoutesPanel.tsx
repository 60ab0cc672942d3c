import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useRoutes } from '../../api/queries';
import type { Digest, Route } from '../../api/types';
import { Loaded } from '../../components/states';
import { formatLength } from '../../format';

/** The routes in the order in which they are tried, and the digests. */
export function RoutesPanel() {
  const routes = useRoutes();
  return (
    <Card component="section" aria-label="Routes">
      <Title order={2} mb="xs">
        Routes
      </Title>
      <Loaded query={routes} what="routes" rows={2}>
        {(data) => (
          <Stack gap="sm">
            {data.items.length === 0 && <Text fz="sm">There are no routes: everything goes to every channel.</Text>}
            {data.items.map((r) => (
              <RouteRow key={r.name} route={r} />
            ))}
            {data.items.length > 0 && (
              <Text fz="sm" c="dimmed">
                What no route matches goes to every channel. Times are told in {data.time_zone}.
              </Text>
            )}
            {data.digests.map((d) => (
              <DigestRow key={d.name} digest={d} />
            ))}
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

function RouteRow({ route }: { route: Route }) {
  const notes = [
    route.group_by.length > 0 && `grouped by ${route.group_by.join(', ')}`,
    route.cooldown_seconds > 0 && `cooldown ${formatLength(route.cooldown_seconds)}`,
    route.quiet && 'quiet hours',
    route.template && `template ${route.template}`,
    ...route.escalate.map((s) => `after ${formatLength(s.after_seconds)}: ${s.channels.join(', ')}`),
  ].filter(Boolean);
  return (
    <div data-testid="route" style={{ paddingLeft: `${route.depth * 1.25}rem` }}>
      <Group gap="xs">
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          {route.name}
        </Text>
        {route.continue && (
          <Badge variant="outline" color="gray" styles={{ label: { color: 'var(--mantine-color-text)' } }}>
            goes on
          </Badge>
        )}
      </Group>
      <Text fz="sm">
        {route.match.length > 0 ? route.match.join('; ') : 'everything'} → {route.channels.length > 0 ? route.channels.join(', ') : 'nobody'}
      </Text>
      {notes.length > 0 && (
        <Text fz="xs" c="dimmed">
          {notes.join('; ')}
        </Text>
      )}
    </div>
  );
}

function DigestRow({ digest }: { digest: Digest }) {
  return (
    <div data-testid="digest">
      <Text fw={600}>Digest {digest.name}</Text>
      <Text fz="sm">
        every {digest.every}, {digest.monitors.length > 0 ? digest.monitors.join(', ') : 'all monitors'} → {digest.channels.join(', ')}
      </Text>
    </div>
  );
}
