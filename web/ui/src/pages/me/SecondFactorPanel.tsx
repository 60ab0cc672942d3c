import { Alert, Button, Code, Group, Image, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { keys } from '../../api/queries';
import { useConfirmFactor, useEnrol, useRemoveFactor, useRenewCodes, type Me } from '../../api/signIn';
import { Failed } from '../../components/states';
import { formatTime } from '../../format';

/** Sets up time-based one-time passwords, and takes them away. */
export function SecondFactorPanel({ me }: { me: Me }) {
  const [codes, setCodes] = useState<string[]>();
  const client = useQueryClient();
  if (codes) {
    return (
      <NewCodes
        codes={codes}
        onDone={() => {
          setCodes(undefined);
          void client.invalidateQueries({ queryKey: keys.session });
        }}
      />
    );
  }
  return me.second_factor.on ? <On me={me} onCodes={setCodes} /> : <Enrol me={me} onCodes={setCodes} />;
}

function Enrol({ me, onCodes }: { me: Me; onCodes: (codes: string[]) => void }) {
  const enrol = useEnrol();
  const confirm = useConfirmFactor();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const begin = (event: FormEvent) => {
    event.preventDefault();
    enrol.mutate(password, { onSettled: () => setPassword('') });
  };
  const finish = (event: FormEvent) => {
    event.preventDefault();
    // A promise, for this form goes when the account is read again, which may be before the callback of a mutation.
    void confirm.mutateAsync(code.trim()).then(
      (made) => onCodes(made.codes),
      () => setCode(''),
    );
  };
  if (!enrol.data) {
    return (
      <form onSubmit={begin}>
        <Stack gap="sm" maw={380}>
          {enrol.error && <Failed error={enrol.error} />}
          <Text fz="sm">
            With a second factor, a password that somebody else knows is not enough to sign in as you. You need an authenticator app on your phone.
            {me.second_factor.demanded && ' A role of yours demands one.'}
          </Text>
          {me.password && <PasswordInput label="Your password" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.currentTarget.value)} />}
          <Button type="submit" loading={enrol.isPending} style={{ alignSelf: 'flex-start' }}>
            Set up
          </Button>
        </Stack>
      </form>
    );
  }
  return (
    <form onSubmit={finish}>
      <Stack gap="sm" maw={380}>
        <Text fz="sm">Scan the picture with the app, or type the key in, and enter the code it shows.</Text>
        <Image src={enrol.data.picture} alt="QR code of the key below" w={200} h={200} radius="sm" bg="white" p={8} />
        <Code block aria-label="Key" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {enrol.data.secret.replace(/(.{4})/g, '$1 ').trim()}
        </Code>
        {confirm.error && <Failed error={confirm.error} />}
        <TextInput label="Code" inputMode="numeric" autoComplete="one-time-code" required value={code} onChange={(e) => setCode(e.currentTarget.value)} />
        <Button type="submit" loading={confirm.isPending} style={{ alignSelf: 'flex-start' }}>
          Confirm
        </Button>
      </Stack>
    </form>
  );
}

function On({ me, onCodes }: { me: Me; onCodes: (codes: string[]) => void }) {
  const renew = useRenewCodes();
  const remove = useRemoveFactor();
  const [code, setCode] = useState('');
  const { since, recovery_codes: left } = me.second_factor;
  const failed = renew.error ?? remove.error;
  const onSettled = () => setCode('');
  return (
    <Stack gap="sm" maw={480}>
      <Text fz="sm">
        On{since && ` since ${formatTime(since)}`}. {left === 1 ? '1 recovery code is' : `${left} recovery codes are`} left.
      </Text>
      {failed && <Failed error={failed} />}
      <TextInput label="Code" description="Of the app, or a recovery code: it takes one to change something here" autoComplete="one-time-code" value={code} onChange={(e) => setCode(e.currentTarget.value)} />
      <Group gap="sm">
        <Button variant="default" disabled={!code.trim()} loading={renew.isPending} onClick={() => renew.mutate(code.trim(), { onSuccess: (made) => onCodes(made.codes), onSettled })}>
          New recovery codes
        </Button>
        <Button variant="default" disabled={!code.trim()} loading={remove.isPending} onClick={() => remove.mutate(code.trim(), { onSettled })}>
          Turn off
        </Button>
      </Group>
      <Text fz="xs" c="dimmed">
        Turning it off ends all your sessions.
      </Text>
    </Stack>
  );
}

function NewCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  return (
    <Stack gap="sm" maw={480}>
      <Alert variant="light" title="Keep these recovery codes" role="alert">
        Each lets you in once without the app. They are shown now and never again.
      </Alert>
      <Code block aria-label="Recovery codes">
        {codes.join('\n')}
      </Code>
      <Group gap="sm">
        <Button variant="default" onClick={() => void navigator.clipboard.writeText(codes.join('\n'))}>
          Copy
        </Button>
        <Button onClick={onDone}>I have kept them</Button>
      </Group>
    </Stack>
  );
}
