import { Badge, Group } from '@mantine/core';
import type { Lead } from '../api/types';

const colors: Record<string, string> = { A: 'positive', B: 'positive', C: 'brand', D: 'caution', E: 'gray', F: 'gray' };
const trends: Record<string, { sign: string; name: string }> = {
  improving: { sign: '↗', name: 'improving' },
  steady: { sign: '→', name: 'steady' },
  declining: { sign: '↘', name: 'declining' },
};

/** Grade and score of a lead; a grade that is not known is shown as such. */
export function GradeMark({ rating }: { rating: Lead['rating'] }) {
  if (!rating) return null;
  const trend = trends[rating.trend];
  return (
    <Group gap={6} wrap="nowrap" title={rating.reason}>
      <Badge color={colors[rating.grade] ?? 'gray'} variant="light" aria-label={rating.grade ? `Grade ${rating.grade}` : 'Grade not known'}>
        {rating.grade || '?'}
      </Badge>
      <Badge color="gray" variant="outline" aria-label={`Score ${rating.score}${trend ? `, ${trend.name}` : ''}`}>
        {rating.score} {trend?.sign}
      </Badge>
    </Group>
  );
}
