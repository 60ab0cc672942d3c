import { Text, Title } from '@mantine/core';
import { daysAgo, useFeedback, type FeedbackRow } from '../../api/leads';
import { FigureTable, type Column } from '../../components/FigureTable';
import { Empty, Loaded } from '../../components/states';
import { formatNumber } from '../../format';

/** What became of the leads of each grade: whether the profiles grade those high that are won. */
export function GradeCloses() {
  const report = useFeedback('grade', daysAgo(365));
  return (
    <section aria-label="What became of each grade">
      <Title order={3}>What became of each grade</Title>
      <Text fz="xs" c="dimmed">
        Leads of the last year, of all profiles. Unfit: lost for a reason that says that they were no potential customer.
      </Text>
      <Loaded query={report} what="what became of each grade" rows={2}>
        {({ items }) => {
          const rows = items.toSorted((a, b) => (a.key || 'Z').localeCompare(b.key || 'Z'));
          return rows.length === 0 ? <Empty title="No leads in the last year" /> : <FigureTable label="Decisions and closes by grade" minWidth={340} rows={rows} keyOf={(r) => r.key} columns={columns(rows)} />;
        }}
      </Loaded>
    </section>
  );
}

/** The columns; those of opportunities only for who is told of them. */
function columns(rows: FeedbackRow[]): Column<FeedbackRow>[] {
  const decided: Column<FeedbackRow>[] = [
    { name: 'Grade', value: (r) => r.key || 'none' },
    { name: 'Leads', value: (r) => formatNumber(r.leads) },
    { name: 'Accepted', value: (r) => formatNumber(r.accepted) },
    { name: 'Given up', value: (r) => formatNumber(r.disqualified + r.recycled) },
  ];
  if (!rows.some((r) => r.opportunities)) return decided;
  return [
    ...decided,
    { name: 'Won', value: (r) => formatNumber(r.opportunities?.won ?? 0) },
    { name: 'Lost', value: (r) => formatNumber(r.opportunities?.lost ?? 0) },
    { name: 'Unfit', value: (r) => formatNumber(r.opportunities?.unfit ?? 0) },
  ];
}
