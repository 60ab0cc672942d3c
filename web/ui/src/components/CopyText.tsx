import { Button, CopyButton, type ButtonProps } from '@mantine/core';
import { Icon } from './Icon';

interface Props extends Pick<ButtonProps, 'size' | 'variant'> {
  text: string;
  /** What is copied, where there are several. */
  name?: string;
}

/** Copies a text, and says that it did. */
export function CopyText({ text, name, size = 'xs', variant = 'default' }: Props) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button size={size} variant={variant} leftSection={<Icon name={copied ? 'check' : 'copy'} size={12} />} onClick={copy} aria-label={name && `Copy ${name}`}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
      )}
    </CopyButton>
  );
}
