import { Button, Card, Center, Group, Text, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useWhole } from '../api/queries';
import type { Part } from '../api/types';
import { formatNumber } from '../format';
import { Empty, Failed } from './states';

interface Props<T> {
  title: string;
  part: Part<T>;
  empty: string;
  keyOf: (item: T) => string;
  children: (item: T) => ReactNode;
}

/** A card with the beginning of a list, which opens to the whole of it. */
export function PartCard<T>({ title, part, empty, keyOf, children }: Props<T>) {
  const [opened, open] = useState(false);
  const whole = useWhole<T>(part.all, opened);
  const items = whole.data ? whole.data.pages.flatMap((page) => page.items) : part.items;
  const cut = part.all !== '' && (whole.data === undefined || whole.hasNextPage);
  return (
    <Card component="section" aria-label={title} aria-busy={whole.isFetching}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={2}>{title}</Title>
        <Text fz="sm" c="dimmed">
          {formatNumber(part.count)}
          {part.more && '+'}
        </Text>
      </Group>
      {part.count === 0 ? (
        <Empty title={empty} />
      ) : (
        <div className="rows">
          {items.map((item) => (
            <div key={keyOf(item)}>{children(item)}</div>
          ))}
        </div>
      )}
      {whole.error && <Failed error={whole.error} onRetry={() => void whole.refetch()} />}
      {cut && !whole.error && (
        <Center mt="sm">
          <Button variant="default" size="xs" loading={whole.isFetching} onClick={() => (whole.data ? void whole.fetchNextPage() : open(true))}>
            {whole.data ? 'Show more' : `Show all ${formatNumber(part.count)}${part.more ? '+' : ''}`}
          </Button>
        </Center>
      )}
    </Card>
  );
}
