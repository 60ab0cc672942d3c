import { ActionIcon, Tooltip } from '@mantine/core';
import { Icon, type IconName } from './Icon';
import { May } from './May';

interface Props {
  /** Of the item. */
  name: string;
  /** Of which the item is, for the grants that it takes. */
  type: string;
  onEdit: () => void;
  onDelete: () => void;
}

/** Changes an item of a list, or deletes it, as far as one's roles allow. */
export function EditDelete({ name, type, onEdit, onDelete }: Props) {
  return (
    <>
      <May grant={`${type}:update`}>
        <One label="Edit" name={name} icon="edit" onClick={onEdit} />
      </May>
      <May grant={`${type}:delete`}>
        <One label="Delete" name={name} icon="trash" onClick={onDelete} />
      </May>
    </>
  );
}

function One({ label, name, icon, onClick }: { label: string; name: string; icon: IconName; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={`${label} ${name}`} onClick={onClick}>
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  );
}
