import { NumberInput, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useSaveRule } from '../../api/changes';
import { Problem } from '../../api/client';
import { useMonitors } from '../../api/queries';
import type { MentionRule, RuleFields, RuleKind } from '../../api/types';
import { FormButtons } from '../../components/FormButtons';
import { Failed } from '../../components/states';
import { options, polarities, ruleKinds } from '../../vocabulary';

/** What a person sets of a rule, with what is left out filled in. */
export function fieldsOf(rule?: MentionRule): Required<Omit<RuleFields, '$schema'>> {
  return {
    name: rule?.name ?? '',
    kind: rule?.kind ?? 'influential_author',
    followers: rule?.followers ?? (rule ? 0 : 50_000),
    reach: rule?.reach ?? 0,
    polarity: rule?.polarity ?? '',
    query: rule?.query ?? '',
    most_per_hour: rule?.most_per_hour ?? 10,
    enabled: rule?.enabled ?? true,
  };
}

const asks: Record<RuleKind, ('followers' | 'reach' | 'query' | 'polarity')[]> = {
  influential_author: ['followers', 'reach', 'polarity'],
  contact: ['polarity'],
  opportunity: ['polarity'],
  purchase: ['polarity'],
  keyword: ['query', 'polarity'],
  negative_reach: ['reach'],
};

/** Creates a rule, or changes one. */
export function RuleForm({ rule, monitor, onDone }: { rule?: MentionRule; monitor: string; onDone: () => void }) {
  const save = useSaveRule(rule);
  const monitors = useMonitors();
  const form = useForm({
    initialValues: { ...fieldsOf(rule), monitor: rule?.monitor_id ?? monitor },
    validate: {
      name: (v) => (v.trim() ? null : 'Give it a name'),
      monitor: (v) => (v ? null : 'Choose a monitor'),
    },
  });
  const asked = asks[form.values.kind];
  const submit = form.onSubmit((values) =>
    save.mutate(
      {
        ...values,
        followers: asked.includes('followers') ? Number(values.followers) || 0 : 0,
        reach: asked.includes('reach') ? Number(values.reach) || 0 : 0,
        query: asked.includes('query') ? values.query : '',
        polarity: asked.includes('polarity') ? (values.polarity ?? '') : '',
      },
      { onSuccess: onDone, onError: (e) => e instanceof Problem && form.setErrors(e.fields) },
    ),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {save.error && <Failed error={save.error} />}
        <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
        <Select
          label="Monitor"
          required
          disabled={rule !== undefined}
          allowDeselect={false}
          data={(monitors.data?.items ?? []).map((m) => ({ value: m.id, label: m.name }))}
          {...form.getInputProps('monitor')}
          value={form.values.monitor || null}
        />
        <Select label="Alerts on" data={options(ruleKinds)} allowDeselect={false} {...form.getInputProps('kind')} />
        {asked.includes('followers') && <NumberInput label="Followers, at least" description="0: not asked for" min={0} thousandSeparator="," {...form.getInputProps('followers')} />}
        {asked.includes('reach') && <NumberInput label="Reach, at least" description="Views, else followers; 0: not asked for" min={0} thousandSeparator="," {...form.getInputProps('reach')} />}
        {asked.includes('query') && (
          <Textarea
            label="Query"
            required
            autosize
            minRows={2}
            maxRows={8}
            spellCheck={false}
            description="For example: recall OR rückruf OR (battery NEAR fire)"
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            {...form.getInputProps('query')}
          />
        )}
        {asked.includes('polarity') && (
          <Select
            label="Polarity"
            placeholder="Any"
            clearable
            clearButtonProps={{ 'aria-label': 'Polarity: any' }}
            data={options(polarities).filter((o) => o.value !== 'unknown')}
            {...form.getInputProps('polarity')}
            value={form.values.polarity || null}
          />
        )}
        <NumberInput label="Told one by one, at most an hour" description="What comes above is told together after 15 minutes" min={1} max={60} {...form.getInputProps('most_per_hour')} />
        <Switch label="Alert by it now" {...form.getInputProps('enabled', { type: 'checkbox' })} />
        <FormButtons label={rule ? 'Save' : 'Create'} saving={save.isPending} onCancel={onDone} />
      </Stack>
    </form>
  );
}
