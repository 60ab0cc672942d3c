import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useRevokeSession, useSessions, type SignedIn } from '../api/signIn';
import { formatTime } from '../format';
import { Empty, Failed, Loaded } from './states';

/** Where somebody, or everybody, is signed in. Each session can be ended. */
export function Sessions({ user }: { user: '' | 'all' }) {
  const sessions = useSessions(user);
  return (
    <Loaded query={sessions} what="the sessions">
      {(data) =>
        data.items.length === 0 ? (
          <Empty title="Nobody is signed in">Programs with an API token have no session.</Empty>
        ) : (
          <Stack gap={0} className="rows" component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label="Sessions">
            {data.items.map((s) => (
              <Row key={s.id} session={s} named={user === 'all'} />
            ))}
          </Stack>
        )
      }
    </Loaded>
  );
}

function Row({ session: s, named }: { session: SignedIn; named: boolean }) {
  const revoke = useRevokeSession();
  const device = s.device || 'Unknown device';
  return (
    <li data-testid="session">
      {revoke.error && <Failed error={revoke.error} />}
      <Group justify="space-between" wrap="nowrap" py="sm">
        <Stack gap={2} miw={0}>
          <Group gap={6}>
            <Text fz="sm" fw={600}>
              {named ? `${s.user}, ${device}` : device}
            </Text>
            {s.this && <Badge size="xs" variant="light">this one</Badge>}
          </Group>
          <Text fz="xs" c="dimmed">
            From {s.address || 'an unknown address'} · last used {formatTime(s.used_at)} · began {formatTime(s.began_at)}
          </Text>
        </Stack>
        {!s.this && (
          <Button size="xs" variant="default" style={{ flex: 'none' }} loading={revoke.isPending} onClick={() => revoke.mutate(s.id)} aria-label={`End the session of ${s.user} on ${device}`}>
            End
          </Button>
        )}
      </Group>
    </li>
  );
}
