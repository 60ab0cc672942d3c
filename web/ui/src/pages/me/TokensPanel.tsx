import { Badge, Button, Group, Modal, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { Problem } from '../../api/client';
import { useAccessTypes, useMakeToken, useRevokeToken, useTokens, type ApiToken } from '../../api/signIn';
import { Confirm } from '../../components/Confirm';
import { FormButtons } from '../../components/FormButtons';
import { Icon } from '../../components/Icon';
import { ShownOnce } from '../../components/ShownOnce';
import { Empty, Failed, Loaded } from '../../components/states';
import { formatTime } from '../../format';

/** Tokens by which programs act for who made them. */
export function TokensPanel() {
  const tokens = useTokens();
  const [making, make] = useDisclosure();
  const [made, setMade] = useState<string>();
  return (
    <Stack gap="sm">
      {made && (
        <ShownOnce title="Copy the token now" about="It is shown now and never again." label="Token" value={made} onDone={() => setMade(undefined)} />
      )}
      <Loaded query={tokens} what="your tokens" rows={2}>
        {(data) =>
          data.items.length === 0 ? (
            <Empty title="No tokens yet">Make one for a program that reads or changes something in your name.</Empty>
          ) : (
            <Stack gap={0} className="rows" component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label="Access tokens">
              {data.items.map((t) => (
                <Row key={t.id} token={t} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <Button variant="default" leftSection={<Icon name="plus" size={16} />} onClick={make.open} style={{ alignSelf: 'flex-start' }}>
        New token
      </Button>
      <Modal opened={making} onClose={make.close} title="New token">
        <TokenForm
          onMade={(token) => {
            make.close();
            setMade(token);
          }}
          onCancel={make.close}
        />
      </Modal>
    </Stack>
  );
}

function Row({ token: t }: { token: ApiToken }) {
  const [asking, ask] = useDisclosure();
  const revoke = useRevokeToken();
  return (
    <li data-testid="token">
      <Group justify="space-between" wrap="nowrap" py="sm">
        <Stack gap={2} miw={0}>
          <Group gap={6}>
            <Text fz="sm" fw={600} dir="auto" style={{ overflowWrap: 'anywhere' }}>
              {t.name}
            </Text>
            {t.expired && <Badge size="xs" color="gray" variant="light">expired</Badge>}
          </Group>
          <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {t.scopes.join(', ')} · {t.expires_at ? `until ${formatTime(t.expires_at)}` : 'never expires'} · {t.used_at ? `last used ${formatTime(t.used_at)}` : 'never used'}
          </Text>
        </Stack>
        <Button size="xs" variant="default" style={{ flex: 'none' }} onClick={ask.open} aria-label={`Revoke ${t.name}`}>
          Revoke
        </Button>
      </Group>
      <Confirm opened={asking} onClose={ask.close} title={`Revoke ${t.name}?`} action="Revoke" change={revoke} onConfirm={() => revoke.mutate(t.id, { onSuccess: ask.close })}>
        Programs that use it are refused from now on.
      </Confirm>
    </li>
  );
}

/** A time of the world's clock: tokens expire by it, in a demo too. */
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

const lifetimes = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
  { value: 'never', label: 'Never' },
];

function TokenForm({ onMade, onCancel }: { onMade: (token: string) => void; onCancel: () => void }) {
  const make = useMakeToken();
  const types = useAccessTypes();
  const form = useForm({
    initialValues: { name: '', scopes: [] as string[], expires: '90' },
    validate: { name: (v) => (v.trim() ? null : 'What is it for?'), scopes: (v) => (v.length > 0 ? null : 'Name at least one') },
  });
  const known = ['*:*', '*:read', ...(types.data?.items ?? []).flatMap((t) => [...(t.actions ?? []), '*'].map((a) => `${t.name}:${a}`))];
  const submit = form.onSubmit(({ name, scopes, expires }) =>
    make.mutate(
      { name, scopes, ...(expires === 'never' ? { never_expires: true } : { expires_at: inDays(Number(expires)) }) },
      { onSuccess: (m) => onMade(m.token), onError: (e) => e instanceof Problem && form.setErrors(e.fields) },
    ),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {make.error && <Failed error={make.error} />}
        <TextInput label="Name" description="What it is for" required data-autofocus {...form.getInputProps('name')} />
        <TagsInput label="Scopes" description="TYPE:ACTION, such as contact:read; * is any. It never may more than you." required data={known} limit={30} {...form.getInputProps('scopes')} />
        <Select label="Expires" allowDeselect={false} data={lifetimes} {...form.getInputProps('expires')} />
        <FormButtons label="Make" saving={make.isPending} onCancel={onCancel} />
      </Stack>
    </form>
  );
}
