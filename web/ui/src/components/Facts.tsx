// What a record is, as names and values.
import { Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

export type Fact = [name: string, value: ReactNode];

/** The facts that have a value, and what follows them in the list. */
export function Facts({ facts, children }: { facts: Fact[]; children?: ReactNode }) {
  return (
    <Stack component="dl" gap={6} m={0}>
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <FactRow key={name} name={name} value={value} />
        ))}
      {children}
    </Stack>
  );
}

export function FactRow({ name, value }: { name: string; value: ReactNode }) {
  return (
    <Group gap="xs" wrap="nowrap" align="baseline">
      <Text component="dt" fz="sm" c="dimmed" w={84} style={{ flex: 'none' }}>
        {name}
      </Text>
      <Text component="dd" fz="sm" m={0} miw={0} dir="auto" style={{ overflowWrap: 'anywhere' }}>
        {value}
      </Text>
    </Group>
  );
}
