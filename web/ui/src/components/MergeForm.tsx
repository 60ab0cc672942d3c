import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { usePersonName } from '../api/access';
import type { MergeRequest } from '../api/changes';
import { useMay } from '../api/grants';
import { placeOf, recordName } from '../records';
import { useOpened } from './useOpened';
import { FigureTable } from './FigureTable';
import { Failed } from './states';

/** What either of two records says under a name. */
export interface Compared {
  name: string;
  stays: string;
  goes: string;
  /** The winner does not say it, and takes it from the loser. */
  filled: boolean;
}

/** Everything of the winner stays, and what is empty is filled, but for what is never taken. What neither says is left out. */
export function compare<T>(winner: T, loser: T, fields: { name: string; of: (record: T) => string | undefined; kept?: boolean }[]): Compared[] {
  return fields
    .map(({ name, of, kept = false }) => {
      const [stays, goes] = [of(winner) ?? '', of(loser) ?? '']; // undefined: not for the reader's eyes
      return { name, stays, goes, filled: !kept && stays === '' && goes !== '' };
    })
    .filter((r) => r.stays !== '' || r.goes !== '');
}

interface Props<T> {
  type: 'account' | 'lead';
  here: T;
  other: T;
  compared: (winner: T, loser: T) => Compared[];
  /** What goes over besides what the records say. */
  goesOver: string;
  /** The record that the page shows is the one that goes, to begin with. */
  turned?: boolean;
  merge: { mutateAsync: (request: MergeRequest) => Promise<unknown>; isPending: boolean; error: Error | null; reset: () => void };
  onDone: () => void;
}

/** Two records beside each other, what a merge would come to, and the merge. */
export function MergeForm<T extends { id: string; version: number; owner_id?: string }>({ type, here: hereRead, other: otherRead, compared, goesOver, turned: begin = false, merge, onDone }: Props<T>) {
  const [here, other] = useOpened([hereRead, otherRead] as const);
  const [turned, setTurned] = useState(begin);
  const [reason, setReason] = useState('');
  const navigate = useNavigate();
  const [personOf, may] = [usePersonName(), useMay()];
  const owner = { name: 'Owner', of: (r: T) => r.owner_id && (personOf(r.owner_id) || 'somebody'), kept: !may(`${type}:assign`) };
  const [winner, loser] = turned ? [other, here] : [here, other];
  const noun = recordName(type).toLowerCase();
  const send = () =>
    merge.mutateAsync({ winner, loser: loser.id, reason }).then(
      () => {
        onDone();
        if (turned) void navigate(placeOf(type, winner.id) ?? '/');
      },
      () => undefined, // shown as merge.error
    );
  return (
    <Stack gap="md">
      <Text fz="sm">
        {turned ? `This ${noun} becomes part of the other` : `The other becomes part of this ${noun}`}, which takes what it does not say itself, here in bold. {goesOver} It can be taken apart again.
      </Text>
      <FigureTable
        label={`Both ${noun}s`}
        minWidth={280}
        rows={[...compared(winner, loser), ...compare(winner, loser, [owner])]}
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
        <Button loading={merge.isPending} onClick={() => void send()}>
          Merge
        </Button>
      </Group>
    </Stack>
  );
}

/** What a record says, broken where it is too long: both are to be seen side by side on a phone, too. */
function Said({ text, bold = false }: { text: string; bold?: boolean }) {
  return (
    <Text fz="sm" fw={bold ? 700 : 400} dir="auto" style={{ overflowWrap: 'anywhere' }}>
      {text}
    </Text>
  );
}
