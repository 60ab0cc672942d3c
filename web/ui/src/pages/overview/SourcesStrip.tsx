import { Group, Text, Tooltip } from '@mantine/core';
import { Link } from 'react-router';
import { useSources } from '../../api/queries';
import type { Source } from '../../api/types';
import { Failed } from '../../components/states';
import { formatLength } from '../../format';
import { sourceStates } from '../../vocabulary';

const colors: Record<Source['state'], string> = {
  up: 'var(--mantine-color-brand-6)',
  down: 'var(--mantine-color-negative-6)',
  throttled: 'var(--mantine-color-caution-6)',
  stopped: 'var(--mantine-color-gray-6)',
  ended: 'var(--mantine-color-gray-6)',
};

/** Whether every source is heard, in one line. */
export function SourcesStrip() {
  const sources = useSources();
  if (sources.error && !sources.data) return <Failed error={sources.error} onRetry={() => void sources.refetch()} />;
  const items = sources.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Group component="ul" gap="md" m={0} p={0} aria-label="Sources" style={{ listStyle: 'none', rowGap: 4 }}>
      {items.map((s) => (
        <li key={s.name}>
          <Tooltip label={s.error ?? `${sourceStates[s.state]}, ${formatLength(s.lag_seconds)} behind`}>
            <Link to="/sources" className="row-link">
              <Group gap={6} wrap="nowrap">
                <svg width="10" height="10" aria-hidden="true">
                  {s.state === 'down' || s.state === 'stopped' ? <rect width="10" height="10" fill={colors[s.state]} /> : <circle cx="5" cy="5" r="5" fill={colors[s.state]} />}
                </svg>
                <Text fz="sm" span className="row-link-name">
                  {s.name}
                </Text>
                <Text fz="xs" c="dimmed" span>
                  {s.state === 'up' ? `${formatLength(s.lag_seconds)} behind` : sourceStates[s.state].toLowerCase()}
                </Text>
              </Group>
            </Link>
          </Tooltip>
        </li>
      ))}
    </Group>
  );
}
