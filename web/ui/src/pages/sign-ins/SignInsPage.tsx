import { Badge, Button, Group, SimpleGrid, Stack, Tabs, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMay } from '../../api/grants';
import { useSignIns, type SignInEvent } from '../../api/signIn';
import { PageTitle } from '../../components/PageTitle';
import { Sessions } from '../../components/Sessions';
import { Empty, Listed } from '../../components/states';
import { useFilter } from '../../components/useFilter';
import { WordSelect } from '../../components/WordSelect';
import { formatTime } from '../../format';

const events: Record<SignInEvent['event'], string> = {
  sign_in: 'Sign-in',
  sign_out: 'Sign-out',
  password_changed: 'Password changed',
  second_factor_on: 'Second factor set up',
  second_factor_off: 'Second factor taken away',
  recovery_codes_made: 'New recovery codes',
  token_made: 'Token made',
  token_revoked: 'Token revoked',
  session_revoked: 'Session ended',
  identity_linked: 'Provider connected',
  identity_removed: 'Provider disconnected',
  user_made: 'User made',
  password_link_made: 'Link to set a password made',
  user_disabled: 'User kept out',
  user_enabled: 'User let in again',
};

const outcomes = { refused: 'Refused', let_in: 'Let in' };

const methods: Record<string, string> = { password: 'password', openid_connect: 'OpenID Connect', command: 'command on the machine' };
const factors: Record<string, string> = { totp: 'app', recovery_code: 'recovery code', provider: 'second factor of the provider' };
const reasons: Record<string, string> = {
  unknown_user: 'nobody has this name or account',
  disabled: 'the user is kept out',
  no_password: 'the user has no password',
  wrong_password: 'wrong password',
  wrong_code: 'wrong code',
  code_used_before: 'the code was used before',
  provider_failed: 'the provider did not sign them in',
  not_allowed: 'the configuration lets them not in',
};

/** Who signed in, or was refused; and where everybody is signed in now. */
export default function SignInsPage() {
  const [view, setView] = useFilter('view');
  const may = useMay();
  return (
    <>
      <PageTitle title="Sign-ins" about="Who signed in or was refused, when, from where and how." />
      <Tabs value={view.view === 'sessions' ? 'sessions' : 'list'} onChange={(v) => setView('view', v === 'sessions' ? v : '')} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="list">What happened</Tabs.Tab>
          {may('user:update') && <Tabs.Tab value="sessions">Sessions</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="list">
          <SignIns />
        </Tabs.Panel>
        <Tabs.Panel value="sessions">
          <Sessions user="all" />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function SignIns() {
  const [filter, setFilter, clear] = useFilter('user', 'event', 'outcome', 'address');
  const [user] = useDebouncedValue(filter.user, 250);
  const [address] = useDebouncedValue(filter.address, 250);
  const list = useSignIns({ ...filter, user, address });
  const filtered = Object.values(filter).some(Boolean);
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm" mb="md" role="search" aria-label="Filter the sign-ins">
        <WordSelect label="What" words={events} value={filter.event} onChange={(v) => setFilter('event', v)} />
        <WordSelect label="Outcome" words={outcomes} value={filter.outcome} onChange={(v) => setFilter('outcome', v)} />
        <TextInput type="search" label="User" value={filter.user} onChange={(e) => setFilter('user', e.currentTarget.value)} />
        <TextInput type="search" label="Address" value={filter.address} onChange={(e) => setFilter('address', e.currentTarget.value)} />
      </SimpleGrid>
      <Listed
        list={list}
        what="Sign-ins"
        keyOf={(e) => e.id}
        empty={
          <Empty title={filtered ? 'Nothing matches this filter' : 'Nobody has signed in yet'}>
            {filtered && (
              <Button variant="default" size="xs" mt="xs" onClick={clear}>
                Show all
              </Button>
            )}
          </Empty>
        }
      >
        {(e) => <EventRow event={e} />}
      </Listed>
    </>
  );
}

function EventRow({ event: e }: { event: SignInEvent }) {
  const how = [methods[e.method], factors[e.second_factor], e.detail].filter(Boolean).join(', ');
  const from = [e.address, e.device].filter(Boolean).join(', ');
  return (
    <Stack gap={2} py="sm" data-testid="sign-in">
      <Group gap="xs">
        <Text fz="sm" fw={600}>
          {events[e.event]}
        </Text>
        {e.refused && (
          <Badge color="negative" variant="light">
            Refused
          </Badge>
        )}
        <Text fz="sm" dir="auto">
          {e.user || 'nobody known'}
          {e.by && e.by !== e.user && ` by ${e.by}`}
        </Text>
      </Group>
      {e.refused && <Text fz="sm">{reasons[e.refused] ?? e.refused}</Text>}
      <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {[formatTime(e.at), how, from].filter(Boolean).join(' · ')}
      </Text>
    </Stack>
  );
}
