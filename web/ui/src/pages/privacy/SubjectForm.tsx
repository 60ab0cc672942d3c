import { Button, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Subject } from '../../api/privacy';
import { ContactSelect } from '../../components/RecordSelect';

const ways = { email: 'E-mail', handle: 'Handle', contact_id: 'Contact' } as const;
type Way = keyof typeof ways;

interface Props {
  label: string;
  pending: boolean;
  only?: Way[];
  children?: ReactNode;
  onSubmit: (subject: Subject) => void;
}

/** Says who is asked about: by an e-mail address, a handle on a network, or a contact. */
export function SubjectForm({ label, pending, only = ['email', 'handle', 'contact_id'], children, onSubmit }: Props) {
  const [way, setWay] = useState<Way>('email');
  const [value, setValue] = useState('');
  const [network, setNetwork] = useState('');
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    onSubmit(way === 'handle' ? { network: network.trim(), handle: value.trim() } : { [way]: value.trim() });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <SegmentedControl aria-label="By" value={way} onChange={(v) => { setWay(v as Way); setValue(''); }} data={only.map((v) => ({ value: v, label: ways[v] }))} />
        {way === 'handle' && <TextInput label="Network" placeholder="mastodon" required value={network} onChange={(e) => setNetwork(e.currentTarget.value)} maxLength={50} />}
        {way === 'contact_id' ? (
          <ContactSelect label="Contact" required value={value} onChange={setValue} />
        ) : (
          <TextInput
            label={{ email: 'E-mail address', handle: 'Handle, or the network’s id of the account' }[way]}
            type={way === 'email' ? 'email' : 'text'}
            required
            value={value}
            onChange={(e) => setValue(e.currentTarget.value)}
            maxLength={300}
            autoComplete="off"
          />
        )}
        {children}
        <Button type="submit" loading={pending} style={{ alignSelf: 'start' }}>
          {label}
        </Button>
      </Stack>
    </form>
  );
}
