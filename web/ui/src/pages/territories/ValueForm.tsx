import { ActionIcon, Button, Card, Group, Modal, NativeSelect, Select, SimpleGrid, Stack, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormButtons } from '../../components/FormButtons';
import { Icon } from '../../components/Icon';
import { changed, nameOf, without } from '../../components/ordered';
import { branchOf, inTree, type DimensionValue } from './dimensions';

type Match = NonNullable<DimensionValue['match']>[number];

const asks = { equal: 'is one of', prefix: 'begins with one of', range: 'is from … to …' } as const;
type Ask = keyof typeof asks;

const askOf = (m: Match): Ask => (m.prefix ? 'prefix' : m.from !== undefined || m.to !== undefined ? 'range' : 'equal');
const blank = (field: string, ask: Ask): Match => ({ field, ...(ask === 'range' ? { from: '', to: '' } : { [ask]: [] }) });

interface Props {
  value: DimensionValue | undefined;
  all: DimensionValue[];
  /** Names of the fields that matches ask about. */
  fields: string[];
  onPut: (value: DimensionValue) => void;
  onClose: () => void;
}

/** Changes a value of a dimension: where it stands, and of which records it holds. */
export function ValueForm({ value, all, fields, onPut, onClose }: Props) {
  const [label, setLabel] = useState(value?.label ?? '');
  const [parent, setParent] = useState(value?.parent ?? '');
  const [match, setMatch] = useState<Match[]>(value?.match ?? []);
  const own = value ? branchOf(all, value.id) : new Set<string>();
  const id = value?.id ?? nameOf(label);
  const taken = !value && all.some((v) => v.id === id);
  const above = inTree(all).filter((r) => !own.has(r.value.id)).map((r) => ({ value: r.value.id, label: `${'– '.repeat(r.depth)}${r.value.label}` }));
  return (
    <Modal opened onClose={onClose} title={value ? `Change ${value.label}` : 'New value'} size="lg">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          e.stopPropagation(); // it stands within the form of the dimension
          onPut({ id, label, ...(parent ? { parent } : {}), ...(match.length > 0 ? { match } : {}) });
        }}
      >
        <Stack gap="md">
          <TextInput label="What it is called" description={`Its id, which stays: ${id || '…'}`} required maxLength={200} data-autofocus value={label} error={taken && 'There is a value of that name'} onChange={(e) => setLabel(e.currentTarget.value)} />
          <Select label="Below" searchable clearable limit={200} value={parent || null} onChange={(v) => setParent(v ?? '')} data={above} />
          {match.map((m, i) => (
            <Card key={i} padding="sm" component="section" aria-label={`Condition ${i + 1}`}>
              <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
                <NativeSelect label="Field" value={m.field} onChange={(e) => setMatch(changed(match, i, { field: e.currentTarget.value }))} data={[...new Set([m.field, ...fields])]} />
                <Group gap="xs" align="flex-end" wrap="nowrap">
                  <NativeSelect
                    label="Asks"
                    flex={1}
                    value={askOf(m)}
                    onChange={(e) => setMatch(match.map((old, at) => (at === i ? blank(m.field, e.currentTarget.value as Ask) : old)))}
                    data={Object.entries(asks).map(([v, l]) => ({ value: v, label: l }))}
                  />
                  <ActionIcon size="lg" variant="default" aria-label={`Remove condition ${i + 1}`} onClick={() => setMatch(without(match, i))}>
                    <Icon name="trash" size={16} />
                  </ActionIcon>
                </Group>
                {askOf(m) === 'range' ? (
                  <>
                    <TextInput label="From" value={m.from ?? ''} onChange={(e) => setMatch(changed(match, i, { from: e.currentTarget.value }))} />
                    <TextInput label="To, included" value={m.to ?? ''} onChange={(e) => setMatch(changed(match, i, { to: e.currentTarget.value }))} />
                  </>
                ) : (
                  <TagsInput label="Values" description="Enter after each" value={m[askOf(m) as 'equal' | 'prefix'] ?? []} onChange={(v) => setMatch(changed(match, i, { [askOf(m)]: v }))} />
                )}
              </SimpleGrid>
            </Card>
          ))}
          <Group>
            <Button size="xs" variant="default" disabled={fields.length === 0} leftSection={<Icon name="plus" size={14} />} onClick={() => setMatch([...match, blank(fields[0] ?? '', 'equal')])}>
              {match.length === 0 ? 'A condition' : 'Or another condition'}
            </Button>
          </Group>
          <FormButtons label="Put it in" saving={false} disabled={id === '' || taken} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
