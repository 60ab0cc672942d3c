import { Button, Card, Group, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useId, type ReactNode } from 'react';
import { Problem } from '../../api/client';
import { useLinkIdentity, useMe, useRemoveIdentity, useRevokeOthers, useSetPassword, useSignInOptions, type Me } from '../../api/signIn';
import { PageTitle } from '../../components/PageTitle';
import { Sessions } from '../../components/Sessions';
import { Failed, Loaded } from '../../components/states';
import { formatTime } from '../../format';
import { NetworkPanel } from './NetworkPanel';
import { NoticesPanel } from './NoticesPanel';
import { SecondFactorPanel } from './SecondFactorPanel';
import { TokensPanel } from './TokensPanel';

/** What somebody signs in with. */
export default function MePage() {
  const me = useMe();
  return (
    <>
      <PageTitle title="Your account" about="What you sign in with, where you are signed in, and whom you know." />
      <Loaded query={me} what="your account">
        {(data) => (
          <Stack gap="md" maw={760}>
            <Section title="Password">
              <PasswordPanel me={data} />
            </Section>
            <Section title="Second factor">
              <SecondFactorPanel me={data} />
            </Section>
            <Providers me={data} />
            <div id="notices" ref={scrolledTo}>
              <Section title="What is sent to you">
                <NoticesPanel me={data} />
              </Section>
            </div>
            <Section title="Your network">
              <NetworkPanel />
            </Section>
            <Section title="Access tokens">
              <TokensPanel />
            </Section>
            <Section title="Sessions" action={<EndOthers />}>
              <Sessions user="" />
            </Section>
          </Stack>
        )}
      </Loaded>
    </>
  );
}

/** Shows the part that a link in a message leads to. */
const scrolledTo = (part: HTMLElement | null) => {
  if (part && window.location.hash === `#${part.id}`) part.scrollIntoView();
};

export function Section({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <Card component="section" aria-labelledby={id}>
      <Group justify="space-between" mb="sm">
        <Title order={2} id={id} fz="lg">
          {title}
        </Title>
        {action}
      </Group>
      {children}
    </Card>
  );
}

function PasswordPanel({ me }: { me: Me }) {
  const save = useSetPassword();
  const form = useForm({ initialValues: { current: '', password: '', again: '' }, validate: { again: (v, all) => (v === all.password ? null : 'The two differ') } });
  const submit = form.onSubmit(({ current, password }) => save.mutate({ current, password }, { onError: (e) => e instanceof Problem && form.setErrors(e.fields) }));
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm" maw={380}>
        {save.error && <Failed error={save.error} />}
        <input type="text" name="username" autoComplete="username" value={me.name} readOnly hidden />
        {me.password ? (
          <PasswordInput label="Current password" autoComplete="current-password" required {...form.getInputProps('current')} />
        ) : (
          <Text fz="sm">You have no password: you sign in with a provider. Set one to sign in with it too.</Text>
        )}
        <PasswordInput label="New password" description="10 characters or more" autoComplete="new-password" required {...form.getInputProps('password')} />
        <PasswordInput label="New password again" autoComplete="new-password" required {...form.getInputProps('again')} />
        <Text fz="xs" c="dimmed">
          All your sessions end, this one too: sign in again afterwards.
        </Text>
        <Button type="submit" loading={save.isPending} style={{ alignSelf: 'flex-start' }}>
          {me.password ? 'Change password' : 'Set password'}
        </Button>
      </Stack>
    </form>
  );
}

/** Accounts at OpenID Connect providers; nothing where the configuration has none. */
function Providers({ me }: { me: Me }) {
  const options = useSignInOptions();
  const link = useLinkIdentity();
  const remove = useRemoveIdentity();
  const providers = options.data?.providers ?? [];
  if (providers.length === 0) return null;
  const error = link.error ?? remove.error ?? (options.data?.refused ? new Problem(409, 'The account is not connected', options.data.refused) : null);
  return (
    <Section title="Sign in with">
      <Stack gap="sm">
        {error && <Failed error={error} />}
        {providers.map((p) => {
          const linked = me.identities.find((i) => i.provider === p.name);
          return (
            <Group key={p.name} justify="space-between" wrap="nowrap">
              <Stack gap={2} miw={0}>
                <Text fz="sm" fw={600}>
                  {p.label}
                </Text>
                <Text fz="xs" c="dimmed">
                  {linked ? `Connected ${formatTime(linked.linked_at)}` : 'Not connected'}
                </Text>
              </Stack>
              {linked ? (
                <Button size="xs" variant="default" loading={remove.isPending} onClick={() => remove.mutate(p.name)} aria-label={`Disconnect ${p.label}`}>
                  Disconnect
                </Button>
              ) : (
                <Button size="xs" variant="default" loading={link.isPending} onClick={() => link.mutate(p.name, { onSuccess: ({ address }) => window.location.assign(address) })} aria-label={`Connect ${p.label}`}>
                  Connect
                </Button>
              )}
            </Group>
          );
        })}
      </Stack>
    </Section>
  );
}

function EndOthers() {
  const end = useRevokeOthers();
  return (
    <Button size="xs" variant="default" loading={end.isPending} onClick={() => end.mutate()}>
      End all others
    </Button>
  );
}
