import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useNoteActivity, type ActivityKind, type NotedRecord } from '../api/activities';
import { useMay } from '../api/grants';
import { activityKinds } from '../vocabulary-crm';
import { Failed } from './states';

const kinds: ActivityKind[] = ['call', 'e-mail', 'meeting', 'note', 'task'];

/** Notes what was done with a record, or sets a task: gates and milestones ask for it, and time limits count from it. */
export function NoteForm({ record }: { record: NotedRecord }) {
  const may = useMay();
  const note = useNoteActivity(record);
  const [kind, setKind] = useState<ActivityKind>('call');
  const [subject, setSubject] = useState('');
  const [due, setDue] = useState('');
  if (!may('activity:create')) return null;
  const submit = (e: FormEvent) => {
    e.preventDefault();
    const done = () => {
      setSubject('');
      setDue('');
    };
    note.mutate({ kind, subject, ...(kind === 'task' && due ? { due_at: `${due}T23:59:59Z` } : {}) }, { onSuccess: done });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs" mt="md">
        {note.error && <Failed error={note.error} />}
        <Group gap="xs" align="flex-end">
          <NativeSelect label="Note a" w={110} data={kinds.map((k) => ({ value: k, label: activityKinds[k] ?? k }))} value={kind} onChange={(e) => setKind(e.currentTarget.value as ActivityKind)} />
          <TextInput aria-label="What it is about" placeholder="What it is about" maxLength={200} flex="1 1 9rem" value={subject} onChange={(e) => setSubject(e.currentTarget.value)} />
          {kind === 'task' && <TextInput label="Due (UTC)" type="date" value={due} onChange={(e) => setDue(e.currentTarget.value)} />}
          <Button type="submit" variant="default" loading={note.isPending} disabled={subject.trim() === ''}>
            Note
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
