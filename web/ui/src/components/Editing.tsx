import { Fragment, useState, type MouseEvent, type ReactNode } from 'react';

interface Props<T> {
  read: T;
  /** from: what the form is filled from; saved: to be called when it was saved. */
  children: (from: T, saved: () => void) => ReactNode;
}

/**
 * Keeps a form that is always open on what it was filled from, once somebody has begun to enter something:
 * what others save meanwhile neither takes that away nor is overwritten. Before, and after a save, the form
 * follows what is read.
 */
export function Editing<T extends { version: number }>({ read, children }: Props<T>) {
  const [opened, open] = useState({ from: read, turn: 0 });
  const [begun, begin] = useState(false);
  if (!begun && read.version > opened.from.version) open({ from: read, turn: opened.turn + 1 });
  const onClick = (e: MouseEvent) => {
    const at = e.target as Element;
    // A click into a field enters nothing; one on a choice of a list, which stands elsewhere on the page, does.
    if (at.closest('form, [role="option"]') && !at.closest('input, textarea')) begin(true);
  };
  // Not in the capture phase: rendered between a field's event and its handler, React puts back what the field said before.
  return (
    <div style={{ display: 'contents' }} onInput={() => begin(true)} onClickCapture={onClick}>
      <Fragment key={opened.turn}>{children(opened.from, () => begin(false))}</Fragment>
    </div>
  );
}
