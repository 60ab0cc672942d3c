import { ActionIcon, Autocomplete, Button, Card, Group, NativeSelect, Stack, Text, Title } from '@mantine/core';
import type { Mask } from '../../api/access';
import { Icon } from '../../components/Icon';
import { recordName } from '../../records';
import { maskable } from './governed';

interface Props {
  masks: Mask[];
  onChange: (masks: Mask[]) => void;
  readOnly: boolean;
}

/** Fields that a role does not show, or shows and does not let change. */
export function MasksEditor({ masks, onChange, readOnly }: Props) {
  const change = (at: number, part: Partial<Mask>) => onChange(masks.map((m, i) => (i === at ? { ...m, ...part } : m)));
  return (
    <Card component="section" aria-label="Masked fields">
      <Title order={2} mb={4}>
        Masked fields
      </Title>
      <Text fz="sm" c="dimmed" mb="sm">
        A hidden field is left out of every answer, list, search and export. Another role that reaches as far and leaves the field open lifts the mask.
      </Text>
      <Stack gap="sm">
        {masks.map((m, i) => (
          <Group key={i} gap="xs" align="flex-end" wrap="wrap">
            <NativeSelect
              size="sm"
              label="Of"
              disabled={readOnly}
              value={m.type}
              onChange={(e) => change(i, { type: e.currentTarget.value, field: '' })}
              data={Object.keys(maskable).map((t) => ({ value: t, label: recordName(t) }))}
            />
            <Autocomplete size="sm" label="Field" flex="1 1 8rem" maxLength={50} disabled={readOnly} value={m.field} onChange={(field) => change(i, { field })} data={maskable[m.type] ?? []} />
            <NativeSelect
              size="sm"
              label="Is"
              disabled={readOnly}
              value={m.hidden ? 'hidden' : 'shown'}
              onChange={(e) => change(i, { hidden: e.currentTarget.value === 'hidden' })}
              data={[
                { value: 'hidden', label: 'hidden' },
                { value: 'shown', label: 'shown, not changed' },
              ]}
            />
            {!readOnly && (
              <ActionIcon size="lg" variant="default" aria-label={`Remove the mask of ${m.field || 'the field'}`} onClick={() => onChange(masks.filter((_, at) => at !== i))}>
                <Icon name="trash" size={16} />
              </ActionIcon>
            )}
          </Group>
        ))}
        {masks.length === 0 && <Text fz="sm">No field is masked.</Text>}
        {!readOnly && (
          <Group>
            <Button size="xs" variant="default" leftSection={<Icon name="plus" size={14} />} onClick={() => onChange([...masks, { type: 'opportunity', field: '', hidden: true }])}>
              Mask a field
            </Button>
          </Group>
        )}
      </Stack>
    </Card>
  );
}
