import { Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useEndInvitation, useInvite } from '../../api/changes';
import { useInvitations } from '../../api/queries';
import type { Invitation } from '../../api/types';
import { CopyText } from '../../components/CopyText';
import { May } from '../../components/May';
import { Failed, Loaded } from '../../components/states';
import { formatTime } from '../../format';

/** Links by which the contact shows, by signing in with a network, that an account is theirs. */
export function Invitations({ contact }: { contact: string }) {
  const invitations = useInvitations(contact);
  const invite = useInvite(contact);
  const end = useEndInvitation(contact);
  return (
    <Card component="section" aria-label="Sign-in by the contact">
      <Title order={2} mb="xs">
        Sign-in by the contact
      </Title>
      <Loaded query={invitations} what="invitations" rows={1}>
        {(data) => (
          <Stack gap="sm">
            {data.items.length === 0 && (
              <Text fz="sm" c="dimmed">
                Send them a link: they sign in with a network, and their account is linked with their consent.
              </Text>
            )}
            {data.items.map((i) => (
              <Row key={i.id} invitation={i} busy={end.isPending} onEnd={() => end.mutate(i.id)} />
            ))}
            {end.error && <Failed error={end.error} />}
            {invite.error && <Failed error={invite.error} />}
            <May grant="contact:update">
              <Button size="xs" variant="light" loading={invite.isPending} onClick={() => invite.mutate(undefined)} style={{ alignSelf: 'start' }}>
                Make a link
              </Button>
            </May>
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

const states: Record<Invitation['state'], (i: Invitation) => string> = {
  open: (i) => `Waits for them until ${formatTime(i.expires_at)}`,
  used: (i) => `Signed in with ${i.provider} as ${i.handle}, ${formatTime(i.consented_at ?? '')}`,
  withdrawn: (i) => `${i.handle} with ${i.provider}: consent taken back, ${formatTime(i.ended_at ?? '')}`,
  revoked: (i) => `Revoked, ${formatTime(i.ended_at ?? '')}`,
  expired: (i) => `Expired, ${formatTime(i.expires_at)}`,
};

function Row({ invitation: i, busy, onEnd }: { invitation: Invitation; busy: boolean; onEnd: () => void }) {
  return (
    <Stack gap={6} component="article" aria-label="Invitation">
      <Text fz="sm">{states[i.state](i)}</Text>
      {i.state === 'used' && (
        <Text fz="xs" c="dimmed">
          “{i.consent}”
        </Text>
      )}
      {i.link && <TextInput readOnly size="xs" label="Link for the contact" value={i.link} onFocus={(e) => e.currentTarget.select()} />}
      {(i.state === 'open' || i.state === 'used') && (
        <Group gap="xs">
          {i.link && <CopyText text={i.link} variant="light" />}
          <May grant="contact:update">
            <Button size="xs" variant="default" loading={busy} onClick={onEnd}>
              {i.state === 'open' ? 'Revoke' : 'Undo the sign-in'}
            </Button>
          </May>
        </Group>
      )}
    </Stack>
  );
}
