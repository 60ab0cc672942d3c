import { Button, Group } from '@mantine/core';

interface Props {
  label: string;
  saving: boolean;
  disabled?: boolean;
  onCancel: () => void;
}

/** How a form ends: given up, or sent. */
export function FormButtons({ label, saving, disabled, onCancel }: Props) {
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onCancel}>
        Cancel
      </Button>
      <Button type="submit" loading={saving} disabled={disabled}>
        {label}
      </Button>
    </Group>
  );
}
