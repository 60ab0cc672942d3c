import type { ReactNode } from 'react';
import type { OwnedRecord } from '../api/access';
import { Problem } from '../api/client';
import { JoinUnseen } from './Join';
import { PageTitle, type Up } from './PageTitle';
import { Loaded } from './states';

interface Props<T> {
  query: { data: T | undefined; error: Error | null; refetch: () => unknown };
  /** What the page is about, while nothing else is known of it. */
  title: string;
  up: Up;
  /** The record that the page is about, where people can join it. */
  record?: OwnedRecord;
  children: (data: T) => ReactNode;
}

/** A page about one thing: until it is read, and when it cannot be, it has a title and a way back, too. */
export function LoadedPage<T>({ query, title, up, record, children }: Props<T>) {
  if (query.data !== undefined) return children(query.data);
  return (
    <>
      <PageTitle title={title} up={up} />
      <Loaded query={query} what={title} rows={5}>
        {children}
      </Loaded>
      {record && query.error instanceof Problem && query.error.status === 404 && <JoinUnseen record={record} />}
    </>
  );
}
