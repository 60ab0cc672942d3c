import { Box, Text, Title } from '@mantine/core';
import type { FeedbackSales } from '../../api/leads';
import { useFields } from '../../api/queries';
import { labelOf } from '../../components/OwnFields';
import { formatNumber } from '../../format';
import { countOf } from '../../records';
import { percent, reasonOf, type ReasonLabels } from './reasons';

const closes = [
  { outcome: 'won', why: 'Won for', after: 'After the sale' },
  { outcome: 'lost', why: 'Lost for', after: 'After the loss' },
] as const;

/** What became of the opportunities that leads opened, and what followed their close. */
export function Sales({ sales, reasons }: { sales: FeedbackSales; reasons: ReasonLabels }) {
  const closed = sales.won + sales.lost;
  return (
    <Box component="section" aria-label="Opportunities" mt="xs">
      <Title order={3} fz="sm">
        {countOf('opportunity', sales.count)}
      </Title>
      <Text fz="sm">
        {sales.open} open · {sales.won} won · {sales.lost} lost
        {sales.unfit > 0 && `, ${formatNumber(sales.unfit)} of them no potential customer`}
        {closed > 0 && ` · ${percent(sales.win_rate)} of the closed won${sales.small ? ', too few to conclude from' : ''}`}
      </Text>
      {closes.map(({ outcome, why, after }) => {
        const named = (sales.reasons ?? []).filter((r) => r.outcome === outcome).map((r) => `${reasonOf(r, reasons)} ${r.count}`);
        const answers = (sales.answers ?? []).filter((a) => a.outcome === outcome);
        const stages = (sales.follow_up ?? []).filter((f) => f.outcome === outcome);
        return (
          <Box key={outcome}>
            {named.length > 0 && (
              <Text fz="sm" c="dimmed">
                {why}: {named.join(', ')}
              </Text>
            )}
            {stages.length > 0 && (
              <Text fz="sm" c="dimmed">
                {after}: {stages.map((f) => `${f.stage} ${f.reached}${f.tasks > 0 ? ` (${f.done} of ${countOf('task', f.tasks)} done)` : ''}`).join(' · ')}
              </Text>
            )}
            {answers.length > 0 && <Answers answers={answers} />}
          </Box>
        );
      })}
    </Box>
  );
}

/** What was entered in the fields that the stages after a close ask for, a line a field. */
function Answers({ answers }: { answers: NonNullable<FeedbackSales['answers']> }) {
  const fields = useFields('opportunity');
  const names = [...new Set(answers.map((a) => a.field))];
  return names.map((name) => {
    const field = fields.data?.items.find((f) => f.name === name);
    const said = (value: string) => {
      const choice = field?.choices?.find((c) => c.value === value);
      return choice ? labelOf({ labels: choice.labels, name: value }) : ({ true: 'yes', false: 'no' }[value] ?? value);
    };
    return (
      <Text key={name} fz="sm" c="dimmed" dir="auto">
        {field ? labelOf(field) : name}: {answers.filter((a) => a.field === name).map((a) => `${said(a.value)} ${a.count}`).join(', ')}
      </Text>
    );
  });
}
