import { Button, Card, Group, Stack, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useSignOut } from '../../api/changes';
import { useMe } from '../../api/signIn';
import { Loaded } from '../../components/states';
import { SecondFactorPanel } from './SecondFactorPanel';

/** Shown in place of every page to whose role demands a second factor, until they have one. */
export default function EnrolPage() {
  useDocumentTitle('Set up a second factor · Groundswell');
  const me = useMe();
  const signOut = useSignOut();
  return (
    <main style={{ padding: '1rem', maxWidth: 560, margin: 'auto' }}>
      <Stack gap="md">
        <Group justify="space-between">
          <Title order={1}>Set up a second factor</Title>
          <Button size="xs" variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
            Sign out
          </Button>
        </Group>
        <Card>
          <Loaded query={me} what="your account">
            {(data) => <SecondFactorPanel me={data} />}
          </Loaded>
        </Card>
      </Stack>
    </main>
  );
}
