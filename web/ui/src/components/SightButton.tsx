// Who sees a record: its owner, with whom it is shared, who took part, and why somebody can or cannot.
import { Alert, Badge, Button, Group, List, Modal, NativeSelect, SegmentedControl, Stack, Switch, Tabs, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState, type FormEvent } from 'react';
import { useAssign, useEndShare, useExplanation, useParticipants, useShare, useShares, type OwnedRecord, type Share } from '../api/access';
import { Problem } from '../api/client';
import { useMay } from '../api/grants';
import { formatDay } from '../format';
import { deeds } from '../vocabulary';
import { partings } from '../vocabulary-crm';
import { Editing } from './Editing';
import { Icon } from './Icon';
import { JoinOffer } from './Join';
import { PersonSelect, TeamSelect } from './People';
import { Empty, Failed, Loaded } from './states';

interface Props {
  record: OwnedRecord;
  owner: string;
  version: number;
}

/** Opens who sees a record. Who does not take part in it yet finds beside it how to. */
export function SightButton(props: Props) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" leftSection={<Icon name="share" size={16} />} onClick={open}>
        Who sees it
      </Button>
      <JoinOffer record={props.record} />
      <Modal opened={opened} onClose={close} title="Who sees it" size="lg">
        <Tabs defaultValue="shares" keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="shares">Shared</Tabs.Tab>
            <Tabs.Tab value="part">Took part</Tabs.Tab>
            <Tabs.Tab value="why">Why</Tabs.Tab>
            <Tabs.Tab value="owner">Owner</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="shares">
            <Shares record={props.record} />
          </Tabs.Panel>
          <Tabs.Panel value="part">
            <Participants record={props.record} />
          </Tabs.Panel>
          <Tabs.Panel value="why">
            <Why record={props.record} />
          </Tabs.Panel>
          <Tabs.Panel value="owner">
            <Editing read={props}>{(from, saved) => <Owner {...from} onSaved={saved} />}</Editing>
          </Tabs.Panel>
        </Tabs>
      </Modal>
    </>
  );
}

function Shares({ record }: { record: OwnedRecord }) {
  const shares = useShares(record);
  const end = useEndShare(record);
  const may = useMay();
  const mayShare = may(`${record.type}:share`);
  return (
    <Stack gap="md">
      <Loaded query={shares} what="shares" rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Shared with nobody">Their roles alone say who sees it.</Empty>
          ) : (
            <ul className="rows" style={{ listStyle: 'none', margin: 0, padding: 0 }} aria-label="Shared with">
              {items.map((s) => (
                <li key={s.id}>
                  <ShareRow share={s} {...(mayShare ? { onEnd: () => end.mutate(s.id), ending: end.isPending && end.variables === s.id } : {})} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {end.error && <Failed error={end.error} />}
      {mayShare && <ShareForm record={record} />}
    </Stack>
  );
}

function ShareRow({ share: s, onEnd, ending }: { share: Share; onEnd?: () => void; ending?: boolean }) {
  return (
    <Group justify="space-between" py="xs" gap="xs" align="flex-start">
      <Stack gap={2} miw={0} flex="1 1 10rem">
        <Group gap={6}>
          <Text fz="sm" fw={600} dir="auto">
            {s.subject_name}
          </Text>
          {s.subject_type === 'team' && <Badge size="xs" variant="outline">team</Badge>}
          <Badge size="xs" variant="light" color={s.writes ? 'brand' : 'gray'}>
            {s.writes ? 'may change it' : 'may read it'}
          </Badge>
        </Group>
        <Text fz="sm" dir="auto">
          {s.reason}
        </Text>
        <Text fz="xs" c="dimmed">
          by {s.shared_by_name}, {formatDay(s.shared_at)}
        </Text>
      </Stack>
      {onEnd && (
        <Button size="xs" variant="default" loading={ending ?? false} onClick={onEnd} aria-label={`End sharing with ${s.subject_name}`}>
          End
        </Button>
      )}
    </Group>
  );
}

function ShareForm({ record }: { record: OwnedRecord }) {
  const share = useShare(record);
  const [kind, setKind] = useState<'user' | 'team'>('user');
  const [subject, setSubject] = useState('');
  const [reason, setReason] = useState('');
  const [writes, setWrites] = useState(false);
  const told = share.error instanceof Problem ? share.error.fields : {};
  const submit = (e: FormEvent) => {
    e.preventDefault();
    const done = () => {
      setSubject('');
      setReason('');
      setWrites(false);
    };
    share.mutate({ subject_type: kind, subject_id: subject, reason, writes }, { onSuccess: done });
  };
  return (
    <form onSubmit={submit} aria-label="Share it">
      <Stack gap="sm">
        {share.error && <Failed error={share.error} />}
        <SegmentedControl
          size="xs"
          aria-label="Share with a"
          value={kind}
          onChange={(v) => {
            setKind(v as typeof kind);
            setSubject('');
          }}
          data={[
            { value: 'user', label: 'Person' },
            { value: 'team', label: 'Team' },
          ]}
        />
        {kind === 'user' ? (
          <PersonSelect label="Share with" required value={subject} onChange={setSubject} error={told.subject_id} />
        ) : (
          <TeamSelect label="Share with" required value={subject} onChange={setSubject} error={told.subject_id} />
        )}
        <TextInput label="Reason" description="It stands in the audit log" required maxLength={500} value={reason} onChange={(e) => setReason(e.currentTarget.value)} error={told.reason} />
        <Switch label="They may change it, too" checked={writes} onChange={(e) => setWrites(e.currentTarget.checked)} />
        <Group justify="flex-end">
          <Button type="submit" loading={share.isPending} disabled={!subject || !reason.trim()}>
            Share
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Participants({ record }: { record: OwnedRecord }) {
  return (
    <Loaded query={useParticipants(record)} what="who took part" rows={2}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title="Nobody took part yet">Who takes part may read it from then on.</Empty>
        ) : (
          <List spacing={6} fz="sm" aria-label="Took part">
            {items.map((p) => (
              <List.Item key={p.user_id + p.how}>
                <b>{p.name}</b> {partings[p.how] ?? (p.how.startsWith('merge:') ? 'took part in a record that was merged into it' : p.how)}, since {formatDay(p.since)}
              </List.Item>
            ))}
          </List>
        )
      }
    </Loaded>
  );
}

function Why({ record }: { record: OwnedRecord }) {
  const [user, setUser] = useState('');
  const [action, setAction] = useState('read');
  const why = useExplanation(record, user, action);
  const others = useMay()('user:read');
  return (
    <Stack gap="sm">
      <Group grow align="flex-start">
        {others && <PersonSelect label="Who" description="Empty: you" value={user} onChange={setUser} />}
        <NativeSelect label="Does what" description="With this record" value={action} onChange={(e) => setAction(e.currentTarget.value)} data={['read', 'update', 'delete', 'assign', 'share', 'export'].map((a) => ({ value: a, label: deeds[a] ?? a }))} />
      </Group>
      <Loaded query={why} what="why" rows={1}>
        {(e) => (
          <Alert color={e.allowed ? 'positive' : 'caution'} variant="light" title={e.allowed ? `${e.user} may` : `${e.user} may not`} role="status">
            <Text fz="sm">{e.sentence}</Text>
          </Alert>
        )}
      </Loaded>
    </Stack>
  );
}

function Owner({ record, owner, version, onSaved }: Props & { onSaved: () => void }) {
  const assign = useAssign(record, version);
  const [to, setTo] = useState(owner);
  const [reason, setReason] = useState('');
  const may = useMay();
  const submit = (e: FormEvent) => {
    e.preventDefault();
    assign.mutate({ owner_id: to, reason }, { onSuccess: onSaved });
  };
  if (!may(`${record.type}:assign`)) return <Text fz="sm">Your roles do not let you give it to somebody else.</Text>;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {assign.error && <Failed error={assign.error} />}
        <PersonSelect label="Owner" description="Empty: nobody; it belongs to the company" value={to} onChange={setTo} />
        <TextInput label="Reason" maxLength={500} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
        <Group justify="flex-end">
          <Button type="submit" loading={assign.isPending} disabled={to === owner}>
            Give it to them
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
