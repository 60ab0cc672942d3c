import { useQueryClient } from '@tanstack/react-query';
import { Fragment, useState, type ReactNode } from 'react';
import { LoadAgainContext } from './again';

/** A page that can be loaded again from the beginning, forms and all. */
export function LoadAgain({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [turn, setTurn] = useState(0);
  const again = () => void client.invalidateQueries().then(() => setTurn((t) => t + 1));
  return (
    <LoadAgainContext value={again}>
      <Fragment key={turn}>{children}</Fragment>
    </LoadAgainContext>
  );
}
