import { Anchor, Badge, Card, Group, Text, Title } from '@mantine/core';
import { base } from '../../api/client';
import { useQuotes } from '../../api/queries';
import { Empty, Loaded } from '../../components/states';
import { formatMoney } from '../../format';

/** The quotes of an opportunity, the newest first. */
export function QuotesPanel({ opportunity }: { opportunity: string }) {
  return (
    <Card component="section" aria-label="Quotes">
      <Title order={2} mb="xs">
        Quotes
      </Title>
      <Loaded query={useQuotes(opportunity)} what="the quotes" rows={2}>
        {(data) => {
          const quotes = data.pages.flatMap((p) => p.items);
          if (quotes.length === 0) return <Empty title="No quote yet">A quote is drafted through the API.</Empty>;
          return quotes.map((q) => (
            <Group key={q.id} justify="space-between" py={6} wrap="nowrap">
              <Group gap="xs">
                <Text fz="sm" fw={600}>
                  {q.number}
                </Text>
                {q.revision > 1 && (
                  <Text fz="xs" c="dimmed">
                    revision {q.revision}
                  </Text>
                )}
                <Badge variant="light" color={q.state === 'accepted' ? 'brand' : 'gray'}>
                  {q.state}
                </Badge>
              </Group>
              <Group gap="xs" wrap="nowrap">
                {['en', 'de'].map((language) => (
                  <Anchor key={language} fz="xs" download href={`${base}/quotes/${encodeURIComponent(q.id)}/pdf?template=${language}`} aria-label={`${q.number} as PDF, ${language}`}>
                    PDF {language}
                  </Anchor>
                ))}
                <Text fz="sm" style={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>
                  {formatMoney({ amount: q.sums.gross, currency: q.currency })}
                </Text>
              </Group>
            </Group>
          ));
        }}
      </Loaded>
    </Card>
  );
}
