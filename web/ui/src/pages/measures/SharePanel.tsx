import { Box, Card, Group, Progress, Stack, Text, Title } from '@mantine/core';
import type { Measure } from '../../api/types';
import { Empty } from '../../components/states';
import { formatNumber, formatPercent } from '../../format';
import { monitorKinds } from '../../vocabulary';

/** Whose share of what is said is how large: bars on one scale. */
export function SharePanel({ measures }: { measures: Measure[] }) {
  const brands = measures.filter((m) => m.now.share_of_voice !== null).sort((a, b) => (b.now.share_of_voice ?? 0) - (a.now.share_of_voice ?? 0));
  return (
    <Card component="section" aria-label="Share of voice">
      <Title order={2} mb="sm">
        Share of voice
      </Title>
      {brands.length === 0 ? (
        <Empty title="Nobody spoke of a brand in this time">Own and competitor monitors have a share of voice.</Empty>
      ) : (
        <Stack gap="sm">
          {brands.map((m) => (
            <div key={m.monitor_id || m.kind} data-testid="share">
              <Group justify="space-between" gap="xs" wrap="nowrap">
                <Text fz="sm" fw={600} truncate>
                  {nameOf(m)}
                </Text>
                <Text fz="sm" style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
                  {formatPercent(m.now.share_of_voice ?? 0)}
                  <Box component="span" c="dimmed" fz="xs">
                    {' '}
                    of {formatNumber(Math.round(m.now.mentions / (m.now.share_of_voice || 1)))}
                  </Box>
                </Text>
              </Group>
              <Progress value={100 * (m.now.share_of_voice ?? 0)} color={m.kind === 'own' ? 'brand' : 'gray'} aria-label={`Share of voice of ${nameOf(m)}`} />
            </div>
          ))}
        </Stack>
      )}
    </Card>
  );
}

/** What a measure is of, in words. */
export const nameOf = (m: Measure) => (m.monitor_id ? m.name : monitorKinds[m.kind]);
