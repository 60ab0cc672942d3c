import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useMergeLead, useOtherLead } from '../../api/leads';
import type { Lead } from '../../api/types';
import { FigureTable } from '../../components/FigureTable';
import { Failed, Loaded } from '../../components/states';
import { formatTime } from '../../format';
import { networkName } from '../../vocabulary';
import { leadFields, milestones } from '../../vocabulary-crm';

interface Props {
  lead: Lead;
  /** Id of the one that may be the same. */
  other: string;
  onDone: () => void;
}

/** Two leads beside each other, what a merge would come to, and the merge. */
export function MergeForm({ lead, other, onDone }: Props) {
  return (
    <Loaded query={useOtherLead(other)} what="the other lead" rows={3}>
      {(data) => <Form lead={lead} other={data} onDone={onDone} />}
    </Loaded>
  );
}

function Form({ lead, other, onDone }: { lead: Lead; other: Lead; onDone: () => void }) {
  // A lead that opened an opportunity is no loser.
  const [turned, setTurned] = useState(other.state === 'accepted' && lead.state !== 'accepted');
  const [reason, setReason] = useState('');
  const merge = useMergeLead();
  const navigate = useNavigate();
  const [winner, loser] = turned ? [other, lead] : [lead, other];
  const done = () => {
    onDone();
    if (turned) void navigate(`/leads/${encodeURIComponent(winner.id)}`);
  };
  return (
    <Stack gap="md">
      <Text fz="sm">
        {turned ? 'This lead becomes part of the other' : 'The other becomes part of this lead'}, which takes what it does not say itself, here in bold. Activities, responses, recommendations, shares and who took part go over. It can be taken apart again.
      </Text>
      <FigureTable
        label="Both leads"
        minWidth={280}
        rows={compared(winner, loser)}
        keyOf={(r) => r.name}
        columns={[
          { name: 'Field', value: (r) => r.name },
          { name: 'Stays', value: (r) => <Said text={r.filled ? r.goes : r.stays} bold={r.filled} />, text: true },
          { name: 'Goes over', value: (r) => <Said text={r.goes} />, text: true },
        ]}
      />
      <TextInput label="Reason" maxLength={500} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
      {merge.error && <Failed error={merge.error} />}
      <Group justify="flex-end">
        <Button
          variant="default"
          onClick={() => {
            merge.reset();
            setTurned(!turned);
          }}
        >
          Turn round
        </Button>
        <Button loading={merge.isPending} onClick={() => merge.mutate({ winner: winner.id, loser: loser.id, reason }, { onSuccess: done })}>
          Merge
        </Button>
      </Group>
    </Stack>
  );
}

/** What a lead says, broken where it is too long: both are to be seen side by side on a phone, too. */
function Said({ text, bold = false }: { text: string; bold?: boolean }) {
  return (
    <Text fz="sm" fw={bold ? 700 : 400} dir="auto" style={{ overflowWrap: 'anywhere' }}>
      {text}
    </Text>
  );
}

interface Row {
  name: string;
  stays: string;
  goes: string;
  /** The winner does not say it, and takes it from the loser. */
  filled: boolean;
}

/** What either of the leads says. Everything of the winner stays; what is empty is filled. */
export function compared(winner: Lead, loser: Lead): Row[] {
  const row = (name: string, of: (lead: Lead) => string, fills = true): Row => {
    const [stays, goes] = [of(winner), of(loser)];
    return { name, stays, goes, filled: fills && stays === '' && goes !== '' };
  };
  const said = (Object.entries(leadFields) as [keyof typeof leadFields, string][]).map(([field, name]) => row(name, (l) => String(l[field] || '')));
  const profile = (l: Lead) => (l.handle ? [l.network && networkName(l.network), l.handle].filter(Boolean).join(' ') : '');
  const kept = [row('Milestone', (l) => milestones[l.milestone] ?? l.milestone, false), row('Opened', (l) => formatTime(l.created_at), false)];
  return [...said, row('Profile', profile), ...kept].filter((r) => r.stays !== '' || r.goes !== '');
}
