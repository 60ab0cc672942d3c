import { Card } from '@mantine/core';
import type { Key, ReactNode } from 'react';

interface Props<T> {
  label: string;
  items: T[];
  keyOf: (item: T) => Key;
  empty: ReactNode;
  children: (item: T) => ReactNode;
}

/** A short list in a card; one that is read page by page is Listed. */
export function Rows<T>({ label, items, keyOf, empty, children }: Props<T>) {
  if (items.length === 0) return <Card>{empty}</Card>;
  return (
    <Card py={0} component="ul" className="rows" m={0} style={{ listStyle: 'none' }} aria-label={label}>
      {items.map((item) => (
        <li key={keyOf(item)}>{children(item)}</li>
      ))}
    </Card>
  );
}
