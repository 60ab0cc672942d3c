// The states every page has: loading, failed, empty, and a list that goes on.
import { Alert, Button, Card, Center, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { Key, ReactNode } from 'react';
import { Problem } from '../api/client';
import type { Page } from '../api/types';
import { useLoadAgain } from './again';
import { Icon } from './Icon';

export function Loading({ rows = 4, what }: { rows?: number; what: string }) {
  return (
    <Stack gap="sm" role="status" py="xs">
      <VisuallyHidden>Loading {what}</VisuallyHidden>
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} height={56} radius="md" />
      ))}
    </Stack>
  );
}

interface FailedProps {
  error: Error;
  onRetry?: (() => void) | undefined;
}

/** What went wrong, in the server's words, and a way to try again. */
export function Failed({ error, onRetry }: FailedProps) {
  if (error instanceof Problem && error.status === 412) return <Outrun />;
  const title = error instanceof Problem ? error.title : 'Something went wrong';
  // What one's roles do not allow, or what is not there, is no other when it is asked for again.
  const settled = error instanceof Problem && (error.status === 403 || error.status === 404);
  return (
    <Alert color="negative" variant="light" title={title} role="alert">
      <Stack gap="sm" align="flex-start">
        {error.message !== title && <Text fz="sm">{error.message}</Text>}
        {onRetry && !settled && (
          <Button size="xs" variant="default" leftSection={<Icon name="retry" size={14} />} onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** What was being changed is another by now: somebody else saved it, or they did in another place. */
function Outrun() {
  const again = useLoadAgain();
  return (
    <Alert color="caution" variant="light" title="It was changed in the meantime" role="alert">
      <Stack gap="sm" align="flex-start">
        <Text fz="sm">Nothing of yours was saved. What you entered stays here until you load again: note what you want to keep.</Text>
        <Button size="xs" variant="default" leftSection={<Icon name="retry" size={14} />} onClick={again}>
          Load again
        </Button>
      </Stack>
    </Alert>
  );
}

/** Nothing is there: what would be, and what to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Center py="xl" px="md">
      <Stack gap={4} align="center" ta="center" maw={420}>
        <Text fw={600}>{title}</Text>
        {children && (
          <Text fz="sm" c="dimmed" component="div">
            {children}
          </Text>
        )}
      </Stack>
    </Center>
  );
}

interface LoadedProps<T> {
  query: { data: T | undefined; error: Error | null; refetch: () => unknown };
  what: string;
  rows?: number;
  children: (data: T) => ReactNode;
}

/** Shows what was read, or why not yet. What was read before stays when it cannot be read again. */
export function Loaded<T>({ query, what, rows, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading what={what} {...(rows ? { rows } : {})} />;
}

interface ListedProps<T> {
  list: UseInfiniteQueryResult<InfiniteData<Page<T>>>;
  what: string;
  empty: ReactNode;
  keyOf: (item: T) => Key;
  children: (item: T) => ReactNode;
}

/** A list in a card that is read page by page. */
export function Listed<T>({ list, what, empty, keyOf, children }: ListedProps<T>) {
  return (
    <Loaded query={list} what={what} rows={6}>
      {(data) => {
        const items = data.pages.flatMap((page) => page.items);
        if (items.length === 0) return <Card>{empty}</Card>;
        return (
          <Stack gap="sm">
            <Card py={0} component="ul" className="rows" m={0} style={{ listStyle: 'none' }} aria-label={what} aria-busy={list.isFetching}>
              {items.map((item) => (
                <li key={keyOf(item)}>{children(item)}</li>
              ))}
            </Card>
            {list.isFetchNextPageError && <Failed error={list.error} onRetry={() => void list.fetchNextPage()} />}
            {list.hasNextPage && (
              <Center>
                <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                  Show more
                </Button>
              </Center>
            )}
          </Stack>
        );
      }}
    </Loaded>
  );
}
