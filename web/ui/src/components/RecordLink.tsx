import { Anchor, type AnchorProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { placeOf } from '../records';

interface Props extends AnchorProps {
  type: string;
  id: string;
  children: ReactNode;
}

/** A link to the page of a record; its name alone where it has none. */
export function RecordLink({ type, id, children, ...rest }: Props) {
  const place = placeOf(type, id);
  if (!place) return <>{children}</>;
  return (
    <Anchor component={Link} to={place} fz="sm" dir="auto" {...rest}>
      {children}
    </Anchor>
  );
}
