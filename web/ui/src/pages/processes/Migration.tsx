import { Button, Drawer, Group, NativeSelect, SimpleGrid, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useMigrate, type Process } from '../../api/processes';
import { FigureTable } from '../../components/FigureTable';
import { Empty, Failed } from '../../components/states';

/** Puts opportunities that are under way on the version in force: first it is shown what happens to each. */
export function Migration({ process: p, onClose }: { process: Process; onClose: () => void }) {
  const preview = useMigrate(p.id);
  const apply = useMigrate(p.id);
  const [mapping, setMapping] = useState<Record<string, string>>({});
  const steps = preview.data?.items ?? [];
  const names = (p.stages ?? []).map((s) => s.name);
  const lost = [...new Set(steps.map((s) => s.from_stage))].filter((s) => !names.includes(s));
  return (
    <Drawer opened onClose={onClose} position="right" size="xl" title={`Move opportunities to version ${p.version} of ${p.name}`}>
      <Stack gap="md">
        <Group>
          <Button variant="default" loading={preview.isPending} onClick={() => preview.mutate({ apply: false, mapping })}>
            What would happen?
          </Button>
        </Group>
        {preview.error && <Failed error={preview.error} />}
        {lost.length > 0 && (
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
            {lost.map((from) => (
              <NativeSelect
                key={from}
                label={`From ${from} to`}
                value={mapping[from] ?? ''}
                onChange={(e) => setMapping({ ...mapping, [from]: e.currentTarget.value })}
                data={[{ value: '', label: 'say where' }, ...names]}
              />
            ))}
          </SimpleGrid>
        )}
        {preview.data && steps.length === 0 && <Empty title="All of them are on it">No opportunity that is under way is on an earlier version.</Empty>}
        {steps.length > 0 && (
          <>
            <FigureTable
              label="What would happen"
              minWidth={420}
              rows={steps}
              keyOf={(s) => s.opportunity_id}
              columns={[
                { name: 'Opportunity', value: (s) => <Link to={`/opportunities/${encodeURIComponent(s.opportunity_id)}`}>{s.name}</Link> },
                { name: 'From', value: (s) => `${s.from_stage}, ${s.from_percent} %`, text: true },
                { name: 'To', value: (s) => s.problem || `${s.to_stage}, ${s.to_percent} %`, text: true },
              ]}
            />
            {apply.error && <Failed error={apply.error} />}
            <Group justify="flex-end">
              <Button loading={apply.isPending} disabled={steps.some((s) => s.problem)} onClick={() => apply.mutate({ apply: true, mapping }, { onSuccess: onClose })}>
                Move them
              </Button>
            </Group>
            {steps.some((s) => s.problem) && <Text fz="sm">Say where the stages go that are gone, and ask again.</Text>}
          </>
        )}
      </Stack>
    </Drawer>
  );
}
