import { Button, Card, Center, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useState, type FormEvent } from 'react';
import { useSignIn } from '../../api/changes';
import { Failed } from '../../components/states';

/** Asks who is there. The address stays, so that after it the page shows what was wanted. */
export default function SignInPage() {
  useDocumentTitle('Sign in · Groundswell');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useSignIn();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ name: name.trim(), password }, { onError: () => setPassword('') });
  };
  return (
    <Center component="main" mih="100dvh" p="md">
      <Card w="100%" maw={380} padding="xl" component="form" onSubmit={submit} aria-label="Sign in">
        <Stack gap="md">
          <Stack gap={6} align="center" ta="center">
            <img src="/favicon.svg" alt="" width={48} height={48} />
            <Title order={1}>Groundswell</Title>
            <Text c="dimmed" fz="sm">
              What people say about you, and who they are.
            </Text>
          </Stack>
          {signIn.error && <Failed error={signIn.error} />}
          <TextInput label="Name" name="username" autoComplete="username" required withAsterisk={false} data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <PasswordInput label="Password" name="password" autoComplete="current-password" required withAsterisk={false} value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
          <Button type="submit" loading={signIn.isPending} fullWidth>
            Sign in
          </Button>
        </Stack>
      </Card>
    </Center>
  );
}
