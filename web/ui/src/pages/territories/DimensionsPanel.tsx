import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { useDeleteDimension, useDimensions, type Dimension } from '../../api/territories';
import { Confirm } from '../../components/Confirm';
import { Icon } from '../../components/Icon';
import { Rows } from '../../components/Rows';
import { Empty, Loaded } from '../../components/states';
import { formatNumber } from '../../format';
import { DimensionForm } from './DimensionForm';

/** By what the market is cut: regions down to postal codes, industries, products, sizes, or what is your own. */
export function DimensionsPanel() {
  const dimensions = useDimensions();
  const may = useMay();
  const [open, setOpen] = useState<Dimension | 'new'>();
  const [going, setGoing] = useState<Dimension>();
  const remove = useDeleteDimension();
  return (
    <>
      {may('dimension:create') && (
        <Button mb="md" leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen('new')}>
          New dimension
        </Button>
      )}
      <Loaded query={dimensions} what="dimensions">
        {({ items }) => (
          <Rows label="Dimensions" items={items} keyOf={(d) => d.id} empty={<Empty title="No dimension yet">A dimension, such as the region, is what territories cut the market by.</Empty>}>
            {(d) => (
              <Group justify="space-between" py="sm" gap="xs">
                <Stack gap={2} miw={0} flex="1 1 12rem">
                  <Text fz="sm" fw={600} dir="auto">
                    {d.name}
                  </Text>
                  <Text fz="xs" c="dimmed">
                    {formatNumber(d.values?.length ?? 0)} values, from {(d.fields ?? []).flatMap((f) => f.from ?? []).join(', ')}
                  </Text>
                </Stack>
                <Group gap="xs">
                  {may('dimension:update') && (
                    <Button size="xs" variant="default" onClick={() => setOpen(d)} aria-label={`Change ${d.name}`}>
                      Change
                    </Button>
                  )}
                  {may('dimension:delete') && (
                    <Button size="xs" variant="default" onClick={() => setGoing(d)} aria-label={`Delete ${d.name}`}>
                      Delete
                    </Button>
                  )}
                </Group>
              </Group>
            )}
          </Rows>
        )}
      </Loaded>
      {open && <DimensionForm key={open === 'new' ? 'new' : open.id} dimension={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} />}
      <Confirm
        opened={going !== undefined}
        title={`Delete ${going?.name ?? ''}?`}
        action="Delete"
        change={remove}
        onConfirm={() => going && remove.mutate(going.id, { onSuccess: () => setGoing(undefined) })}
        onClose={() => setGoing(undefined)}
      >
        A dimension can be deleted when no territory asks about it.
      </Confirm>
    </>
  );
}
