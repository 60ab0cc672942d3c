import { ActionIcon, Group } from '@mantine/core';
import { Icon } from './Icon';

interface Props {
  /** Of the item. */
  name: string;
  at: number;
  length: number;
  onMove: (to: number) => void;
  onRemove: () => void;
}

/** Moves an item of a list, or takes it out. */
export function OrderButtons({ name, at, length, onMove, onRemove }: Props) {
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon variant="default" disabled={at === 0} aria-label={`Move ${name} up`} onClick={() => onMove(at - 1)}>
        <Icon name="up" size={14} />
      </ActionIcon>
      <ActionIcon variant="default" disabled={at === length - 1} aria-label={`Move ${name} down`} onClick={() => onMove(at + 1)}>
        <Icon name="down" size={14} />
      </ActionIcon>
      <ActionIcon variant="default" aria-label={`Remove ${name}`} onClick={onRemove}>
        <Icon name="trash" size={14} />
      </ActionIcon>
    </Group>
  );
}
