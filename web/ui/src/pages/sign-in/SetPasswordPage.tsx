import { Button, PasswordInput, Text } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useState } from 'react';
import { Link } from 'react-router';
import { Problem } from '../../api/client';
import { useUsePasswordLink } from '../../api/signIn';
import { Failed } from '../../components/states';
import { Frame } from './SignInPage';

/** Sets a password by the link that somebody was handed. The token stands after the #, which no server sees. */
export default function SetPasswordPage() {
  useDocumentTitle('Set your password · Groundswell');
  const [token] = useState(() => window.location.hash.slice(1));
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const use = useUsePasswordLink();
  const told = use.error instanceof Problem ? use.error.fields : {};
  const differ = again !== '' && again !== password;
  if (use.data) {
    return (
      <Frame label="Set your password" onSubmit={(e) => e.preventDefault()}>
        <Text role="status">
          Your password is set. You sign in as <b>{use.data.name}</b>.
        </Text>
        <Button component={Link} to="/" fullWidth>
          Sign in
        </Button>
      </Frame>
    );
  }
  return (
    <Frame
      label="Set your password"
      onSubmit={(e) => {
        e.preventDefault();
        if (password === again) use.mutate({ token, password });
      }}
    >
      {use.error && !told.password && <Failed error={use.error} />}
      {token === '' && <Failed error={new Problem(404, 'The link is not whole', 'Copy all of it, up to its end, into the address bar.')} />}
      <PasswordInput label="New password" description="10 characters or more" autoComplete="new-password" required withAsterisk={false} data-autofocus value={password} error={told.password} onChange={(e) => setPassword(e.currentTarget.value)} />
      <PasswordInput label="New password again" autoComplete="new-password" required withAsterisk={false} value={again} error={differ && 'The two differ'} onChange={(e) => setAgain(e.currentTarget.value)} />
      <Button type="submit" loading={use.isPending} disabled={token === ''} fullWidth>
        Set password
      </Button>
    </Frame>
  );
}
