import { Button, Group, Stack, Text } from '@mantine/core';
import { usePersonName } from '../api/access';
import { recordName } from '../records';
import { Ago } from './Ago';
import { May } from './May';
import { RecordLink } from './RecordLink';
import { Failed } from './states';

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
  unmerge: { mutate: (id: string) => void; isPending: boolean; error: Error | null };
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
      <Group gap="xs">
        <Text fz="xs" c="dimmed">
          {by(personOf(m.merged_by))} <Ago time={m.merged_at} />
          {m.reason && `, ${m.reason}`}
        </Text>
        {m.unmerged_at ? (
          <Text fz="xs" c="dimmed">
            taken apart {by(personOf(m.unmerged_by))} <Ago time={m.unmerged_at} />
          </Text>
        ) : (
          <May grant={`${type}:merge`}>
            <Button size="compact-xs" variant="default" loading={unmerge.isPending} onClick={() => unmerge.mutate(m.id)} aria-label={`Take apart: ${name}`}>
              Take apart
            </Button>
          </May>
        )}
      </Group>
      {unmerge.error && <Failed error={unmerge.error} />}
    </Stack>
  );
}
