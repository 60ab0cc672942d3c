import { Stack, Text } from '@mantine/core';
import { usePersonName } from '../api/access';
import { recordName } from '../records';
import { MergeFoot, type Unmerge } from './MergeFoot';
import { RecordLink } from './RecordLink';

interface Merge {
  id: string;
  winner_id: string;
  merged_at: string;
  merged_by: string;
  reason: string;
  unmerged_at: string | null;
  unmerged_by: string;
}

interface Props {
  type: 'account' | 'lead';
  merge: Merge;
  /** Of the record that went. */
  name: string;
  /** Id of the record that the page shows: either of the two. */
  here: string;
  unmerge: Unmerge;
}

const by = (name: string) => name && `by ${name}`;

/** A merge, seen from either of its records. */
export function MergeRow({ type, merge: m, name, here, unmerge }: Props) {
  const personOf = usePersonName();
  const noun = recordName(type).toLowerCase();
  return (
    <Stack gap={4} py="xs" data-testid="merge">
      <Text fz="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
        {m.winner_id === here ? (
          `${name} became part of this ${noun}`
        ) : (
          <>
            This {noun} became part of <RecordLink type={type} id={m.winner_id}>another</RecordLink>
          </>
        )}
      </Text>
      <MergeFoot merge={m} who={by(personOf(m.merged_by))} undoneBy={by(personOf(m.unmerged_by))} grant={`${type}:merge`} label={`Take apart: ${name}`} unmerge={unmerge} />
    </Stack>
  );
}
