import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { useIdealProfiles, type IdealProfile } from '../../api/leadSettings';
import { Icon } from '../../components/Icon';
import { Rows } from '../../components/Rows';
import { Empty, Loaded } from '../../components/states';
import { IdealForm } from './IdealForm';
import { LearnedWeights } from './LearnedWeights';

/** Descriptions of ideal customers; a lead has the grade of the one it fits best. */
export function IdealPanel() {
  const profiles = useIdealProfiles();
  const may = useMay();
  const [open, setOpen] = useState<IdealProfile | 'new'>();
  const [learning, setLearning] = useState<IdealProfile>();
  return (
    <>
      {may('ideal_profile:create') && (
        <Button mb="md" leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen('new')}>
          New ideal customer
        </Button>
      )}
      <Loaded query={profiles} what="ideal customers">
        {({ items }) => (
          <Rows label="Ideal customers" items={items} keyOf={(p) => p.id} empty={<Empty title="No ideal customer is described">Describe one by weighted criteria, and leads are graded A to F.</Empty>}>
            {(p) => (
              <Group justify="space-between" py="sm" gap="xs">
                <Stack gap={2} miw={0} flex="1 1 12rem">
                  <Group gap={6}>
                    <Text fz="sm" fw={600} dir="auto">
                      {p.name}
                    </Text>
                    {!p.active && <Badge color="gray">off</Badge>}
                  </Group>
                  <Text fz="xs" c="dimmed" dir="auto">
                    {(p.criteria ?? []).map((c) => `${c.label || c.field || c.expression || ''} ${c.weight}`).join(' · ')}
                  </Text>
                </Stack>
                <Group gap="xs">
                  {may('learned_model:read') && (
                    <Button size="xs" variant="default" onClick={() => setLearning(p)} aria-label={`Learned weights of ${p.name}`}>
                      Learned weights
                    </Button>
                  )}
                  {may('ideal_profile:update') && (
                    <Button size="xs" variant="default" onClick={() => setOpen(p)} aria-label={`Change ${p.name}`}>
                      Change
                    </Button>
                  )}
                </Group>
              </Group>
            )}
          </Rows>
        )}
      </Loaded>
      {open && <IdealForm key={open === 'new' ? 'new' : open.id} profile={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} />}
      {learning && <LearnedWeights profile={learning} onClose={() => setLearning(undefined)} />}
    </>
  );
}
