import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useMay } from '../../api/grants';
import { useProcesses, type Process } from '../../api/processes';
import { Icon } from '../../components/Icon';
import { PageTitle } from '../../components/PageTitle';
import { Rows } from '../../components/Rows';
import { Empty, Loaded } from '../../components/states';
import { Migration } from './Migration';

/** The ways that opportunities go, as data. */
export default function ProcessesPage() {
  const processes = useProcesses();
  const may = useMay();
  const [moving, setMoving] = useState<Process>();
  return (
    <>
      <PageTitle title="Processes" about="The ways that opportunities go: stages with guidance, tasks and gates. What is under way stays on its version until you move it.">
        {may('process:create') && (
          <Button component={Link} to="/processes/new" leftSection={<Icon name="plus" size={16} />}>
            New process
          </Button>
        )}
      </PageTitle>
      <Loaded query={processes} what="processes">
        {({ items }) => (
          <Rows label="Processes" items={items} keyOf={(p) => p.id} empty={<Empty title="No process yet">Without one, opportunities have no stages.</Empty>}>
            {(p) => (
              <Group justify="space-between" py="sm" gap="xs">
                <Stack gap={2} miw={0} flex="1 1 12rem">
                  <Group gap={6}>
                    <Link to={`/processes/${encodeURIComponent(p.id)}`} className="row-link">
                      <Text fz="sm" fw={600} span className="row-link-name" dir="auto">
                        {p.name}
                      </Text>
                    </Link>
                    {!p.enabled && <Badge color="gray">off</Badge>}
                    {p.start_on && <Badge variant="outline">when {p.start_on === 'quote' ? 'quoted' : p.start_on}</Badge>}
                  </Group>
                  <Text fz="xs" c="dimmed">
                    {(p.stages ?? []).map((s) => s.name).join(' › ')} · version {p.version}
                  </Text>
                </Stack>
                <Group gap="xs">
                  {may('process:create') && (
                    <Button component={Link} to={`/processes/new?from=${encodeURIComponent(p.id)}`} size="xs" variant="default" aria-label={`Copy ${p.name}`}>
                      Copy
                    </Button>
                  )}
                  {may('process:update') && (
                    <Button size="xs" variant="default" onClick={() => setMoving(p)} aria-label={`Move opportunities to version ${p.version} of ${p.name}`}>
                      Move opportunities
                    </Button>
                  )}
                </Group>
              </Group>
            )}
          </Rows>
        )}
      </Loaded>
      {moving && <Migration process={moving} onClose={() => setMoving(undefined)} />}
    </>
  );
}
