import { Anchor, type AnchorProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { webAddress } from '../format';

interface Props extends AnchorProps {
  address: string | undefined;
  children: ReactNode;
  label?: string;
}

/** A link out of Groundswell. What is no address of the web is shown as text only. */
export function WebLink({ address, children, label, ...rest }: Props) {
  const href = webAddress(address);
  if (!href) return <>{children}</>;
  return (
    <Anchor {...rest} href={href} target="_blank" rel="noreferrer noopener nofollow" aria-label={label && `${label} (opens in a new tab)`}>
      {children}
    </Anchor>
  );
}
