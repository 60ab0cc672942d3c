import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

export interface Up {
  to: string;
  name: string;
}

interface Props {
  title: string;
  /** The list that the page belongs to. */
  up?: Up;
  /** What is seen here, in a sentence. */
  about?: ReactNode;
  children?: ReactNode;
}

/** The head of a page, with what can be done on the right. */
export function PageTitle({ title, up, about, children }: Props) {
  useDocumentTitle(`${title} · Groundswell`);
  return (
    <Group justify="space-between" align="flex-end" gap="sm" mb="md">
      <Stack gap={2} miw={0} flex="1 1 16rem">
        {up && (
          <Anchor component={Link} to={up.to} fz="sm" underline="hover" style={{ alignSelf: 'flex-start' }}>
            ‹ {up.name}
          </Anchor>
        )}
        <Title order={1} dir="auto">
          {title}
        </Title>
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
