import { Paper, Progress, Text } from '@mantine/core';
import { useRescoring } from '../../api/queries';
import { formatCompact, formatPercent } from '../../format';

/** While stored mentions are read anew after a change of the model: how far that is. */
export function RescoringNote() {
  const { data } = useRescoring();
  if (data?.state !== 'running') return null;
  const done = Math.min(data.seen, data.total);
  return (
    <Paper withBorder p="sm" mb="md" role="status">
      <Text fz="sm" mb={6}>
        A new model reads the stored mentions anew: {formatCompact(done)} of {formatCompact(data.total)} ({formatPercent(data.progress)}), {formatCompact(data.changed)} changed.
      </Text>
      <Progress value={100 * data.progress} size="sm" aria-label="Mentions read anew" />
    </Paper>
  );
}
