import { Alert, Button, Card, Center, Divider, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Problem } from '../../api/client';
import { providerAddress, useSignIn, useSignInCode, useSignInOptions } from '../../api/signIn';
import { Failed } from '../../components/states';

/** Asks who is there. The address stays, so that after it the page shows what was wanted. */
export default function SignInPage() {
  useDocumentTitle('Sign in · Groundswell');
  const options = useSignInOptions();
  const [again, beginAgain] = useState(false);
  if (options.data?.step === 'code' && !again) return <CodeForm onBack={() => beginAgain(true)} />;
  return (
    <PasswordForm
      providers={options.data?.providers ?? []}
      refused={options.data?.refused ?? ''}
      onCode={() => {
        beginAgain(false);
        void options.refetch();
      }}
    />
  );
}

/** What is asked of who is not signed in yet. */
export function Frame({ label = 'Sign in', onSubmit, children }: { label?: string; onSubmit: (event: FormEvent) => void; children: ReactNode }) {
  return (
    <Center component="main" mih="100dvh" p="md">
      <Card w="100%" maw={380} padding="xl" component="form" onSubmit={onSubmit} aria-label={label}>
        <Stack gap="md">
          <Stack gap={6} align="center" ta="center">
            <img src="/favicon.svg" alt="" width={48} height={48} />
            <Title order={1}>Groundswell</Title>
            <Text c="dimmed" fz="sm">
              What people say about you, and who they are.
            </Text>
          </Stack>
          {children}
        </Stack>
      </Card>
    </Center>
  );
}

interface PasswordProps {
  providers: { name: string; label: string }[];
  refused: string;
  onCode: () => void;
}

function PasswordForm({ providers, refused, onCode }: PasswordProps) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useSignIn();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const onError = (error: Error) => {
      setPassword('');
      if (error instanceof Problem && error.kind === 'second-factor') onCode();
    };
    signIn.mutate({ name: name.trim(), password }, { onError });
  };
  const asked = signIn.error instanceof Problem && signIn.error.kind === 'second-factor';
  const here = `${window.location.pathname}${window.location.search}`;
  return (
    <Frame onSubmit={submit}>
      {signIn.error && !asked && <Failed error={signIn.error} />}
      {refused && !signIn.error && (
        <Alert color="negative" variant="light" title="You are not signed in" role="alert">
          {refused}
        </Alert>
      )}
      <TextInput label="Name" name="username" autoComplete="username" required withAsterisk={false} data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} />
      <PasswordInput label="Password" name="password" autoComplete="current-password" required withAsterisk={false} value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
      <Button type="submit" loading={signIn.isPending} fullWidth>
        Sign in
      </Button>
      {providers.length > 0 && <Divider label="or" />}
      {providers.map((p) => (
        <Button key={p.name} component="a" href={providerAddress(p.name, here)} variant="default" fullWidth>
          Sign in with {p.label}
        </Button>
      ))}
    </Frame>
  );
}

function CodeForm({ onBack }: { onBack: () => void }) {
  const [code, setCode] = useState('');
  const send = useSignInCode();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate(code.trim(), { onError: () => setCode('') });
  };
  return (
    <Frame onSubmit={submit}>
      {send.error && <Failed error={send.error} />}
      <TextInput
        label="Code"
        description="Of your authenticator app, or a recovery code"
        name="code"
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        required
        withAsterisk={false}
        data-autofocus
        value={code}
        onChange={(e) => setCode(e.currentTarget.value)}
      />
      <Button type="submit" loading={send.isPending} fullWidth>
        Go on
      </Button>
      <Button variant="subtle" onClick={onBack} fullWidth>
        Sign in as somebody else
      </Button>
    </Frame>
  );
}
