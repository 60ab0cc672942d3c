import { Alert, Button, Group, PasswordInput, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { Problem } from '../../api/client';
import { useMyNotices, useSaveAddress, useSaveNotices, type Me, type NoticeSettings } from '../../api/signIn';
import { Editing } from '../../components/Editing';
import { Failed, Loaded } from '../../components/states';
import { formatTime } from '../../format';
import { deliveryStates, noticeKinds, noticeWays, options } from '../../vocabulary';

/** What of the notices goes to one's address, and when. */
export function NoticesPanel({ me }: { me: Me }) {
  const settings = useMyNotices();
  return (
    <Loaded query={settings} what="how you are told" rows={3}>
      {(s) => (
        <Stack gap="lg">
          {!s.mail && (
            <Alert color="caution" variant="light" title="Nothing can be sent">
              The configuration has no e-mail channel. What you choose here holds as soon as there is one.
            </Alert>
          )}
          <Address key={s.email} me={me} email={s.email} />
          <Editing read={s}>{(from, saved) => <Ways settings={from} onSaved={saved} />}</Editing>
        </Stack>
      )}
    </Loaded>
  );
}

function Address({ me, email }: { me: Me; email: string }) {
  const save = useSaveAddress();
  const [open, setOpen] = useState(false);
  const form = useForm({ initialValues: { email, current: '' } });
  if (!open) {
    return (
      <Group gap="sm">
        <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
          {email ? `Your address is ${email}.` : 'You have no address: nothing is sent to you.'}
        </Text>
        <Button size="xs" variant="default" onClick={() => setOpen(true)}>
          {email ? 'Change address' : 'Set address'}
        </Button>
      </Group>
    );
  }
  const submit = form.onSubmit((values) => save.mutate(values, { onSuccess: () => setOpen(false), onError: (e) => e instanceof Problem && form.setErrors(e.fields) }));
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm" maw={380}>
        {save.error && <Failed error={save.error} />}
        <TextInput label="E-mail address" description="Empty: none" type="email" autoComplete="email" maxLength={254} data-autofocus {...form.getInputProps('email')} />
        {me.password && <PasswordInput label="Current password" autoComplete="current-password" required {...form.getInputProps('current')} />}
        <Group>
          <Button type="submit" loading={save.isPending}>
            Save address
          </Button>
          <Button variant="default" onClick={() => setOpen(false)}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const hours = Array.from({ length: 24 }, (_, h) => ({ value: String(h), label: `${String(h).padStart(2, '0')}:00` }));
const zones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')];

function Ways({ settings, onSaved }: { settings: NoticeSettings; onSaved: () => void }) {
  const save = useSaveNotices(settings.version);
  const [delivery, setDelivery] = useState<Record<string, string>>(settings.delivery);
  const [hour, setHour] = useState(settings.hour);
  const [zone, setZone] = useState(settings.version === 0 ? Intl.DateTimeFormat().resolvedOptions().timeZone : settings.time_zone);
  const daily = Object.values(delivery).includes('daily');
  const last = settings.last;
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate({ delivery, hour, time_zone: zone }, { onSuccess: onSaved });
      }}
    >
      <Stack gap="sm">
        {save.error && <Failed error={save.error} />}
        <Text fz="sm" c="dimmed">
          Everything stands on the page Notices. What you have seen there is not sent any more.
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          {Object.entries(noticeKinds).map(([kind, label]) => (
            <Select
              key={kind}
              label={label}
              allowDeselect={false}
              data={options(noticeWays)}
              value={delivery[kind] ?? 'page'}
              onChange={(v) => setDelivery({ ...delivery, [kind]: v ?? 'page' })}
            />
          ))}
        </SimpleGrid>
        {daily && (
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            <Select label="Once a day, at" allowDeselect={false} data={hours} value={String(hour)} onChange={(v) => setHour(Number(v))} />
            <Select label="Time zone" searchable limit={50} allowDeselect={false} data={[...new Set([zone, ...zones()])]} value={zone} onChange={(v) => setZone(v ?? 'UTC')} />
          </SimpleGrid>
        )}
        <Button type="submit" loading={save.isPending} style={{ alignSelf: 'flex-start' }}>
          Save what is sent
        </Button>
        {last && (
          <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            Last message {formatTime(last.at)}: {deliveryStates[last.state].toLowerCase()}
            {last.error && `, ${last.error}`}
          </Text>
        )}
      </Stack>
    </form>
  );
}
