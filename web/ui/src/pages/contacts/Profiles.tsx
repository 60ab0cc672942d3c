import { ActionIcon, Button, Card, Group, Stack, Text, TextInput, Title, Tooltip } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useAddProfile, useRemoveProfile } from '../../api/changes';
import type { ContactDetail, Profile } from '../../api/types';
import { Icon } from '../../components/Icon';
import { May } from '../../components/May';
import { Failed } from '../../components/states';
import { WebLink } from '../../components/WebLink';
import { networkName } from '../../vocabulary';

/** Where a contact speaks: the social profiles on their file. */
export function Profiles({ contact }: { contact: ContactDetail }) {
  const [profile, setProfile] = useState('');
  const add = useAddProfile(contact.id);
  const remove = useRemoveProfile(contact.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (profile.trim()) add.mutate(profile.trim(), { onSuccess: () => setProfile('') });
  };
  return (
    <Card component="section" aria-label="Social profiles">
      <Title order={2} mb="xs">
        Social profiles
      </Title>
      <Stack gap="xs">
        {contact.profiles.length === 0 && (
          <Text fz="sm" c="dimmed">
            None on file. With one, what they say is recognised.
          </Text>
        )}
        {contact.profiles.map((p) => (
          <ProfileRow key={p.id} profile={p} busy={remove.isPending} onRemove={() => remove.mutate(p.id)} />
        ))}
        {remove.error && <Failed error={remove.error} />}
        <May grant="contact:update">
          <form onSubmit={submit}>
            <TextInput
              label="Add a profile"
              description="Its address, @user@host, or network:handle"
              value={profile}
              onChange={(e) => setProfile(e.currentTarget.value)}
              error={add.error?.message}
            />
            <Button type="submit" size="xs" mt="xs" variant="light" loading={add.isPending} disabled={!profile.trim()}>
              Add
            </Button>
          </form>
        </May>
      </Stack>
    </Card>
  );
}

function ProfileRow({ profile, busy, onRemove }: { profile: Profile; busy: boolean; onRemove: () => void }) {
  const name = profile.handle ? `@${profile.handle.replace(/^@/, '')}` : profile.native_id || profile.url;
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <Text fz="sm" miw={0}>
        <Text span c="dimmed" fz="xs">
          {networkName(profile.network)}
        </Text>{' '}
        <WebLink address={profile.url} fz="sm" label={`Profile ${name}`}>
          {name}
        </WebLink>
      </Text>
      <May grant="contact:update">
        <Tooltip label="Take off the file">
          <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${name}`} disabled={busy} onClick={onRemove}>
            <Icon name="trash" size={16} />
          </ActionIcon>
        </Tooltip>
      </May>
    </Group>
  );
}
