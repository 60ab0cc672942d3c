import { Card, Group, Stack, Text, Title } from '@mantine/core';
import type { OpportunityView } from '../../api/types';
import { Figure } from '../../components/marks';

interface Props {
  estimate: NonNullable<OpportunityView['estimate']>;
  /** Of the stage, or said by hand; in percent. */
  odds: number;
}

/** What closed opportunities say of winning this one, with what speaks for it, and how right such estimates were. */
export function EstimatePanel({ estimate: e, odds }: Props) {
  const { band } = e;
  return (
    <Card component="section" aria-label="Learned odds">
      <Title order={2} mb="xs">
        What the past says
      </Title>
      <Group gap="lg" mb="xs">
        <Figure value={`${e.percent} %`} name={`learned from ${e.closed} closed`} />
        <Figure value={`${odds} %`} name="odds in use" />
      </Group>
      <Stack component="ul" gap={4} m={0} p={0} style={{ listStyle: 'none' }}>
        {(e.reasons ?? []).map((r) => (
          <Text component="li" fz="sm" key={r.name}>
            <Text span c={r.logit > 0 ? 'positive' : 'negative'} aria-hidden>
              {r.logit > 0 ? '▲' : '▼'}
            </Text>{' '}
            {r.text}
          </Text>
        ))}
      </Stack>
      <Text fz="xs" c="dimmed" mt="sm">
        {band && `Of those that were said to be won with ${band.from} to ${band.to} %, ${band.observed} % were (${band.count} stays in stages). `}
        Brier score {e.brier.toFixed(3)}, that of the stages {e.stage_brier.toFixed(3)}; the less the better.
      </Text>
    </Card>
  );
}
