import { Button, Group, Text } from '@mantine/core';
import { Ago } from './Ago';
import { May } from './May';
import { Failed } from './states';

export interface Unmerge {
  mutate: (id: string) => void;
  isPending: boolean;
  error: Error | null;
}

interface Props {
  merge: { id: string; merged_at: string; reason: string; unmerged_at: string | null };
  who: string;
  undoneBy: string;
  /** That taking it apart takes. */
  grant: string;
  /** What the button is called, where its text says too little. */
  label?: string;
  unmerge: Unmerge;
}

/** Who merged two records, when and why, and how it is taken apart. */
export function MergeFoot({ merge: m, who, undoneBy, grant, label, unmerge }: Props) {
  return (
    <>
      <Group gap="xs">
        <Text fz="xs" c="dimmed">
          {who} <Ago time={m.merged_at} />
          {m.reason && `, ${m.reason}`}
        </Text>
        {m.unmerged_at ? (
          <Text fz="xs" c="dimmed">
            taken apart {undoneBy} <Ago time={m.unmerged_at} />
          </Text>
        ) : (
          <May grant={grant}>
            <Button size="compact-xs" variant="default" loading={unmerge.isPending} onClick={() => unmerge.mutate(m.id)} aria-label={label}>
              Take apart
            </Button>
          </May>
        )}
      </Group>
      {unmerge.error && <Failed error={unmerge.error} />}
    </>
  );
}
