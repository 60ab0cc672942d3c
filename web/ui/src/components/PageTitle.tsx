import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface Props {
  title: string;
  /** What is seen here, in a sentence. */
  about?: ReactNode;
  children?: ReactNode;
}

/** The head of a page, with what can be done on the right. */
export function PageTitle({ title, about, children }: Props) {
  useDocumentTitle(`${title} · Groundswell`);
  return (
    <Group justify="space-between" align="flex-end" gap="sm" mb="md">
      <Stack gap={2} miw={0} flex="1 1 16rem">
        <Title order={1}>{title}</Title>
        {about && (
          <Text c="dimmed" fz="sm" component="div">
            {about}
          </Text>
        )}
      </Stack>
      {children && <Group gap="sm">{children}</Group>}
    </Group>
  );
}
