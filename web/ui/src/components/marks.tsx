// Small marks for the words of the product: a colour, a shape and always the word itself.
import { Badge, Group, Text, Tooltip } from '@mantine/core';
import type { Decision, Incident, IncidentState, Intent, Milestone, Polarity, Source } from '../api/types';
import { formatIndex, formatPercent } from '../format';
import { incidentStates, intents, polarities, sourceStates } from '../vocabulary';
import { decisions, milestones } from '../vocabulary-crm';

const polarityLooks: Record<Polarity, { color: string; sign: string }> = {
  negative: { color: 'negative', sign: '▼' },
  neutral: { color: 'gray', sign: '●' },
  positive: { color: 'positive', sign: '▲' },
  unknown: { color: 'gray', sign: '?' },
};

interface PolarityMarkProps {
  polarity: Polarity;
  score?: number;
  confidence?: number;
}

export function PolarityMark({ polarity, score, confidence }: PolarityMarkProps) {
  const { color, sign } = polarityLooks[polarity] ?? polarityLooks.unknown;
  const mark = (
    <Badge color={color} variant={polarity === 'unknown' ? 'outline' : 'light'} leftSection={<span aria-hidden>{sign}</span>}>
      {polarities[polarity] ?? polarity}
    </Badge>
  );
  if (score === undefined || polarity === 'unknown') return mark;
  const measured = `Score ${formatIndex(score)}${confidence === undefined ? '' : `, confidence ${formatPercent(confidence)}`}`;
  return <Tooltip label={measured}>{mark}</Tooltip>;
}

const intentColors: Record<Intent, string> = {
  none: 'gray',
  purchase: 'brand',
  complaint: 'negative',
  support_request: 'grape',
  information_request: 'gray',
  recommendation: 'positive',
};

/** Nothing when the post wants nothing. */
export function IntentMark({ intent, confidence }: { intent: Intent; confidence?: number }) {
  if (intent === 'none') return null;
  const mark = (
    <Badge color={intentColors[intent] ?? 'gray'} variant="outline" styles={{ label: { color: 'var(--mantine-color-text)' } }}>
      {intents[intent] ?? intent}
    </Badge>
  );
  if (!confidence) return mark;
  return <Tooltip label={`Intent, confidence ${formatPercent(confidence)}`}>{mark}</Tooltip>;
}

/** What the degrees of severity are called, from 0 to 6 (docs/alerts.md). */
const degrees = ['calm', 'light air', 'light breeze', 'fresh breeze', 'strong wind', 'storm', 'hurricane'];

export function SeverityMark({ severity }: { severity: number }) {
  const color = severity >= 4 ? 'negative' : severity >= 2 ? 'caution' : 'gray';
  return (
    <Badge color={color} variant={severity >= 4 ? 'filled' : 'light'}>
      Severity {severity}/6, {degrees[severity] ?? 'unknown'}
    </Badge>
  );
}

const stateColors: Record<IncidentState, string> = { open: 'negative', escalating: 'negative', subsiding: 'caution', resolved: 'gray' };

export function StateMark({ incident }: { incident: Incident }) {
  return (
    <Badge color={stateColors[incident.state] ?? 'gray'} variant={incident.state === 'escalating' ? 'filled' : 'light'}>
      {incidentStates[incident.state] ?? incident.state}
    </Badge>
  );
}

const decisionColors: Record<Decision, string> = { suggested: 'caution', confirmed: 'brand', rejected: 'gray', ignored: 'gray', unsure: 'caution' };

export function DecisionMark({ decision }: { decision: Decision }) {
  return (
    <Badge color={decisionColors[decision] ?? 'gray'} variant="light">
      {decisions[decision] ?? decision}
    </Badge>
  );
}

const milestoneColors: Record<string, string> = {
  unqualified: 'gray',
  'marketing-qualified': 'positive',
  'sales-qualified': 'brand',
  'sales-accepted': 'brand',
  recycled: 'caution',
  disqualified: 'gray',
};

export function MilestoneMark({ milestone }: { milestone: Milestone }) {
  return (
    <Badge color={milestoneColors[milestone] ?? 'gray'} variant={milestone === 'sales-accepted' ? 'filled' : 'light'}>
      {milestones[milestone] ?? milestone}
    </Badge>
  );
}

const sourceLooks: Record<Source['state'], { color: string; sign: string }> = {
  up: { color: 'brand', sign: '●' },
  down: { color: 'negative', sign: '■' },
  throttled: { color: 'caution', sign: '◆' },
  stopped: { color: 'gray', sign: '■' },
  ended: { color: 'gray', sign: '✓' },
};

export function SourceMark({ source }: { source: Source }) {
  const look = sourceLooks[source.state] ?? sourceLooks.stopped;
  return (
    <Badge color={look.color} variant="light" leftSection={<span aria-hidden>{look.sign}</span>}>
      {sourceStates[source.state] ?? source.state}
    </Badge>
  );
}

/** A number with its name below. */
export function Figure({ value, name }: { value: string; name: string }) {
  return (
    <div>
      <Text fz="xl" fw={650} lh={1.2} style={{ fontVariantNumeric: 'tabular-nums' }}>
        {value}
      </Text>
      <Group gap={4}>
        <Text fz="xs" c="dimmed">
          {name}
        </Text>
      </Group>
    </div>
  );
}
