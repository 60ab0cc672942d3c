import { Card, Text, Title } from '@mantine/core';

const formulas: [string, string][] = [
  ['Share of voice', 'mentions / mentions of all own and competitor monitors'],
  ['Sentiment index', '10 · (positive − negative) / (positive + negative); a dash when there is neither'],
  ['Reach', 'sum over mentions of the post’s views where the network counts them, else of its author’s followers'],
  ['Engagement', 'sum over mentions of likes + shares + replies + quotes, of the posts that are kept'],
  ['Trend', '(now − earlier) / earlier; of share of voice and sentiment index: now − earlier. Earlier is the period before, as long as this one'],
];

/** How each figure comes about. */
export function FormulasPanel() {
  return (
    <Card component="section" aria-label="Formulas">
      <Title order={2} mb="xs">
        How it is measured
      </Title>
      <dl style={{ margin: 0 }}>
        {formulas.map(([name, formula]) => (
          <div key={name} style={{ marginBottom: 6 }}>
            <Text component="dt" fz="sm" fw={600}>
              {name}
            </Text>
            <Text component="dd" fz="sm" c="dimmed" m={0}>
              {formula}
            </Text>
          </div>
        ))}
      </dl>
    </Card>
  );
}
