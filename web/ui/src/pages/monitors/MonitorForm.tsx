import { Alert, Select, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSaveMonitor } from '../../api/changes';
import { Problem, send } from '../../api/client';
import type { Monitor, MonitorFields, QueryCheck } from '../../api/types';
import { FormButtons } from '../../components/FormButtons';
import { Failed } from '../../components/states';
import { monitorKinds, options } from '../../vocabulary';

/** Creates a monitor, or changes one. The query is checked while it is written. */
export function MonitorForm({ monitor, onDone }: { monitor?: Monitor; onDone: () => void }) {
  const save = useSaveMonitor(monitor);
  const form = useForm<Required<Omit<MonitorFields, '$schema'>>>({
    initialValues: { name: monitor?.name ?? '', kind: monitor?.kind ?? 'own', query: monitor?.query ?? '', enabled: monitor?.enabled ?? true },
    validate: {
      name: (v) => (v.trim() ? null : 'Give it a name'),
      query: (v) => (v.trim() ? null : 'Say what to listen for'),
    },
  });
  const { query } = form.values;
  const check = useCheck(query);
  const submit = form.onSubmit((values) =>
    save.mutate(values, { onSuccess: onDone, onError: (e) => e instanceof Problem && form.setErrors(e.fields) }),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {save.error && <Failed error={save.error} />}
        <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
        <Select label="Kind" data={options(monitorKinds)} allowDeselect={false} {...form.getInputProps('kind')} />
        <Textarea
          label="Query"
          required
          autosize
          minRows={3}
          maxRows={10}
          spellCheck={false}
          description={'For example: (acme OR #acme OR @acme) AND NOT "acme bank"'}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          {...form.getInputProps('query')}
        />
        <Checked query={query} check={check.data} />
        <Switch label="Listen for it now" {...form.getInputProps('enabled', { type: 'checkbox' })} />
        <FormButtons label={monitor ? 'Save' : 'Create'} saving={save.isPending} disabled={check.data?.valid === false} onCancel={onDone} />
      </Stack>
    </form>
  );
}

function useCheck(query: string) {
  const [settled] = useDebouncedValue(query, 300);
  return useQuery({
    queryKey: ['query-check', settled],
    queryFn: ({ signal }) => send('post', '/monitors/check', { body: { query: settled }, signal }),
    enabled: settled.trim() !== '',
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
}

/** Says whether the query can be used, and where it goes wrong. */
function Checked({ query, check }: { query: string; check: QueryCheck | undefined }) {
  if (!query.trim() || !check) return null;
  if (check.valid) {
    return (
      <Text fz="sm" role="status">
        <span aria-hidden>✓ </span>The query can be used.
      </Text>
    );
  }
  const [before, after] = splitAt(query, check.offset ?? 0);
  return (
    <Alert color="negative" variant="light" role="status" title={check.error ?? 'The query cannot be used'}>
      <Text fz="sm" ff="monospace" style={{ whiteSpace: 'pre-wrap' }}>
        {before}
        <mark>{after || ' '}</mark>
      </Text>
    </Alert>
  );
}

/** Splits a text at an offset that counts bytes of UTF-8, as the server does. */
export function splitAt(text: string, offset: number): [string, string] {
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  return [decoder.decode(bytes.slice(0, offset)), decoder.decode(bytes.slice(offset))];
}
