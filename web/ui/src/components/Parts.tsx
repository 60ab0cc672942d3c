import { Tabs } from '@mantine/core';
import type { ComponentType } from 'react';
import { useMay } from '../api/grants';
import { useFilter } from './useFilter';

interface Part {
  value: string;
  label: string;
  /** The grant without which nothing is there; without it, everybody finds something. */
  needs?: string;
  Panel: ComponentType;
}

/** The parts of a page, of which the one that is open stands in the address. */
export function Parts({ parts }: { parts: Part[] }) {
  const may = useMay();
  const [{ part }, setFilter] = useFilter('part');
  const shown = parts.filter((p) => !p.needs || may(p.needs));
  const chosen = shown.find((p) => p.value === part) ?? shown[0];
  return (
    <Tabs value={chosen?.value ?? null} onChange={(v) => setFilter('part', v ?? '')} keepMounted={false}>
      <Tabs.List mb="md">
        {shown.map((p) => (
          <Tabs.Tab key={p.value} value={p.value}>
            {p.label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {shown.map(({ value, Panel }) => (
        <Tabs.Panel key={value} value={value}>
          <Panel />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
