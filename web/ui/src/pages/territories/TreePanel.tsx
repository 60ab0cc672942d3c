import { Badge, Button, Card, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { useTerritories, type Territory } from '../../api/territories';
import { Icon } from '../../components/Icon';
import { Empty, Loaded } from '../../components/states';
import { countOf } from '../../records';
import { TerritoryForm } from './TerritoryForm';

/** The territories, each below the one whose criteria hold for it, too. */
export function TreePanel() {
  const territories = useTerritories();
  const may = useMay();
  const [open, setOpen] = useState<Territory | 'new'>();
  return (
    <>
      {may('territory:create') && (
        <Button mb="md" leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen('new')}>
          New territory
        </Button>
      )}
      <Loaded query={territories} what="territories" rows={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Card>
              <Empty title="No territory yet">Describe the market by dimensions, and cut it into territories.</Empty>
            </Card>
          ) : (
            <Card component="ul" m={0} style={{ listStyle: 'none' }} aria-label="Territories">
              <Branch all={items} parent="" onOpen={setOpen} />
            </Card>
          )
        }
      </Loaded>
      {open && <TerritoryForm key={open === 'new' ? 'new' : open.id} territory={open === 'new' ? undefined : open} others={territories.data?.items ?? []} onClose={() => setOpen(undefined)} />}
    </>
  );
}

interface BranchProps {
  all: Territory[];
  parent: string;
  onOpen: (t: Territory) => void;
}

function Branch({ all, parent, onOpen }: BranchProps) {
  const may = useMay();
  return all
    .filter((t) => t.parent_id === parent)
    .map((t) => (
      <li key={t.id}>
        <Stack gap={4} py={8}>
          <Group gap="xs" justify="space-between">
            {may('territory_draft:create') ? (
              <Button variant="subtle" size="compact-sm" px={4} onClick={() => onOpen(t)} aria-label={`Change ${t.name}`}>
                {t.name}
              </Button>
            ) : (
              <Text fz="sm" fw={600} px={4}>
                {t.name}
              </Text>
            )}
            <Group gap={6}>
              {!t.enabled && <Badge color="gray">off</Badge>}
              {t.priority !== 0 && <Badge variant="outline">priority {t.priority}</Badge>}
              <Text fz="xs" c="dimmed">
                {sizeOf(t)}
              </Text>
            </Group>
          </Group>
          {t.problems.map((p) => (
            <Text key={p} fz="xs" c="var(--mantine-color-caution-text)" px={4}>
              {p}
            </Text>
          ))}
        </Stack>
        {all.some((c) => c.parent_id === t.id) && (
          <ul className="branch">
            <Branch all={all} parent={t.id} onOpen={onOpen} />
          </ul>
        )}
      </li>
    ));
}

function sizeOf(t: Territory): string {
  const parts = Object.entries(t.size.primary).map(([type, n]) => countOf(type, n));
  return parts.join(' · ') || 'no records';
}
