import { Badge, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import type { Line, Sums } from '../../api/sales';
import { Icon } from '../../components/Icon';
import { formatMoney } from '../../format';
import { documentStates } from '../../vocabulary-crm';
import { LinesTable } from './LinesTable';

interface Props {
  document: { number: string; state: string; currency: string; lines?: Line[] | null; discount: number; sums?: Sums };
  /** What else there is to say of it. */
  about: string;
  /** What can be done with it. */
  actions?: ReactNode;
  /** Below its lines, when they are open. */
  children?: ReactNode;
}

const good = ['accepted', 'paid', 'fulfilled'];

/** A quote, an order or an invoice in a list; its lines open below it. */
export function DocumentRow({ document: d, about, actions, children }: Props) {
  const [opened, { toggle }] = useDisclosure();
  return (
    <Stack component="article" gap={6} py="sm" aria-label={d.number} data-testid="document">
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <UnstyledButton onClick={toggle} aria-expanded={opened} aria-label={`Lines of ${d.number}`} fz="sm" fw={600}>
            {d.number} <Icon name={opened ? 'up' : 'down'} size={12} style={{ verticalAlign: '-1px' }} />
          </UnstyledButton>
          <Badge variant="light" color={good.includes(d.state) ? 'brand' : 'gray'}>
            {documentStates[d.state] ?? d.state}
          </Badge>
        </Group>
        <Text fz="sm" fw={600} style={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>
          {d.sums && formatMoney({ amount: d.sums.gross, currency: d.currency })}
        </Text>
      </Group>
      <Text fz="xs" c="dimmed" dir="auto">
        {about}
      </Text>
      {opened && (
        <Stack gap="xs">
          {d.lines && d.sums ? (
            <LinesTable label={`Lines of ${d.number}`} lines={d.lines} sums={d.sums} currency={d.currency} discount={d.discount} />
          ) : (
            <Text fz="sm" c="dimmed">
              Your roles do not show its lines.
            </Text>
          )}
          {children}
        </Stack>
      )}
      {actions && <Group gap="xs">{actions}</Group>}
    </Stack>
  );
}
