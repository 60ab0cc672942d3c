import { Group, Text } from '@mantine/core';
import type { Evidence } from '../../api/types';

interface Props {
  prior: number;
  evidence: Evidence[];
  total: number | undefined;
}

interface Step {
  name: string;
  about: string;
  from: number;
  to: number;
}

/** How the bits add up: it begins at the prior, and each piece of evidence moves it. */
export function Waterfall({ prior, evidence, total }: Props) {
  if (evidence.length === 0) return null;
  const steps: Step[] = [{ name: 'before any evidence', about: '', from: 0, to: prior }];
  let sum = prior;
  for (const e of evidence) {
    steps.push({ name: `${e.field}: ${e.level}`, about: [e.author_value, e.contact_value].filter(Boolean).join(' / '), from: sum, to: sum + e.bits });
    sum += e.bits;
  }
  const end = total ?? sum;
  steps.push({ name: 'together', about: '', from: 0, to: end });
  const low = Math.min(0, ...steps.flatMap((s) => [s.from, s.to]));
  const high = Math.max(0, ...steps.flatMap((s) => [s.from, s.to]));
  const width = Math.max(1, high - low);
  const at = (bits: number) => `${((bits - low) / width) * 100}%`;
  return (
    <ol style={{ listStyle: 'none', margin: '12px 0', padding: 0 }} aria-label="Evidence in bits" data-testid="waterfall">
      {steps.map((s, i) => {
        const bits = s.to - s.from;
        return (
          <li key={i} style={{ marginBottom: 8 }}>
            <Group justify="space-between" gap="xs" wrap="nowrap" align="baseline">
              <Text fz="xs" miw={0} style={{ overflowWrap: 'anywhere' }}>
                {s.name}
                {s.about && (
                  <Text span fz="xs" c="dimmed">
                    {' '}
                    <bdi>{s.about}</bdi>
                  </Text>
                )}
              </Text>
              <Text fz="xs" style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
                {bits >= 0 ? '+' : '−'}
                {Math.abs(bits).toFixed(1)} bits
              </Text>
            </Group>
            <div aria-hidden style={{ position: 'relative', height: 8, borderRadius: 4, background: 'var(--mantine-color-default-border)' }}>
              <div
                style={{
                  position: 'absolute',
                  left: at(Math.min(s.from, s.to)),
                  width: `${(Math.abs(bits) / width) * 100}%`,
                  height: 8,
                  borderRadius: 4,
                  background: bits >= 0 ? 'var(--mantine-color-positive-6)' : 'var(--mantine-color-negative-6)',
                }}
              />
            </div>
          </li>
        );
      })}
    </ol>
  );
}
