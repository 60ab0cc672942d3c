import { ActionIcon, Button, Drawer, Group, Stack, TagsInput, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useSaveDimension, type Dimension } from '../../api/territories';
import { FormButtons } from '../../components/FormButtons';
import { Icon } from '../../components/Icon';
import { changed, without } from '../../components/ordered';
import { Failed } from '../../components/states';
import { branchOf, inTree, matchWords, type DimensionValue } from './dimensions';
import { ValueForm } from './ValueForm';

/** As many values as are shown at once; a search finds the others. */
const shown = 200;

const places = ['country', 'postal_code', 'city', 'industry'].flatMap((f) => [`account.${f}`, `contact.${f}`, `lead.${f}`]).concat(['account.employees', 'lead.employees', 'product.code']);

/** Changes a dimension: where it looks, and the tree of its values. */
export function DimensionForm({ dimension, onClose }: { dimension: Dimension | undefined; onClose: () => void }) {
  const save = useSaveDimension(dimension);
  const [name, setName] = useState(dimension?.name ?? '');
  const [fields, setFields] = useState(() => (dimension?.fields ?? [{ name: 'country', from: ['account.country', 'contact.country', 'lead.country'] }]).map((f) => ({ name: f.name, from: f.from ?? [] })));
  const [values, setValues] = useState<DimensionValue[]>(dimension?.values ?? []);
  const [open, setOpen] = useState<DimensionValue | 'new'>();
  const [sought, setSought] = useState('');
  const found = inTree(values).filter(({ value }) => `${value.label} ${value.id}`.toLowerCase().includes(sought.trim().toLowerCase()));
  const put = (value: DimensionValue) => {
    setValues((before) => (before.some((v) => v.id === value.id) ? before.map((v) => (v.id === value.id ? value : v)) : [...before, value]));
    setOpen(undefined);
  };
  const drop = (id: string) => {
    const branch = branchOf(values, id);
    setValues(values.filter((v) => !branch.has(v.id)));
  };
  return (
    <Drawer opened onClose={onClose} position="right" size="xl" title={dimension ? `Change ${dimension.name}` : 'New dimension'}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate({ name, fields, values: inTree(values).map(({ value }) => value) }, { onSuccess: onClose });
        }}
      >
        <Stack gap="md">
          <TextInput label="Name" required maxLength={200} data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <Title order={3}>Where it looks</Title>
          {fields.map((f, i) => (
            <Group key={i} gap="xs" align="flex-end" wrap="wrap">
              <TextInput label="Called" required w={140} maxLength={50} value={f.name} onChange={(e) => setFields(changed(fields, i, { name: e.currentTarget.value }))} />
              <TagsInput label="The first of these that is filled in" flex="1 1 14rem" data={places} value={f.from} onChange={(from) => setFields(changed(fields, i, { from }))} />
              <ActionIcon size="lg" variant="default" aria-label={`Remove ${f.name || 'the field'}`} onClick={() => setFields(without(fields, i))}>
                <Icon name="trash" size={16} />
              </ActionIcon>
            </Group>
          ))}
          <Group>
            <Button size="xs" variant="default" leftSection={<Icon name="plus" size={14} />} onClick={() => setFields([...fields, { name: '', from: [] }])}>
              Another field
            </Button>
          </Group>
          <Title order={3}>Values</Title>
          {values.length > 20 && <TextInput type="search" label="Search values" value={sought} onChange={(e) => setSought(e.currentTarget.value)} />}
          <ul className="rows" aria-label="Values" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
            {found.slice(0, shown).map(({ value: v, depth }) => (
              <li key={v.id} style={{ paddingInlineStart: Math.min(depth, 6) * 14 }}>
                <Group justify="space-between" py={6} gap="xs" wrap="nowrap" align="flex-start">
                  <Stack gap={0} miw={0}>
                    <Text fz="sm" dir="auto">
                      {v.label}
                    </Text>
                    <Text fz="xs" c="dimmed" lineClamp={2}>
                      {(v.match ?? []).map(matchWords).join('; ') || 'what is below it'}
                    </Text>
                  </Stack>
                  <Group gap={4} wrap="nowrap">
                    <ActionIcon variant="default" aria-label={`Change ${v.label}`} onClick={() => setOpen(v)}>
                      <Icon name="edit" size={14} />
                    </ActionIcon>
                    <ActionIcon variant="default" aria-label={`Remove ${v.label} and what is below it`} onClick={() => drop(v.id)}>
                      <Icon name="trash" size={14} />
                    </ActionIcon>
                  </Group>
                </Group>
              </li>
            ))}
          </ul>
          {found.length > shown && (
            <Text fz="sm" c="dimmed">
              and {found.length - shown} more: search for them
            </Text>
          )}
          <Group>
            <Button size="xs" variant="default" leftSection={<Icon name="plus" size={14} />} onClick={() => setOpen('new')}>
              New value
            </Button>
          </Group>
          {save.error && <Failed error={save.error} />}
          <Text fz="sm" c="dimmed">
            Records are assigned anew when it is saved.
          </Text>
          <FormButtons label="Save" saving={save.isPending} onCancel={onClose} />
        </Stack>
      </form>
      {open && <ValueForm key={open === 'new' ? 'new' : open.id} value={open === 'new' ? undefined : open} all={values} fields={fields.map((f) => f.name).filter(Boolean)} onPut={put} onClose={() => setOpen(undefined)} />}
    </Drawer>
  );
}
