import { Anchor, Badge, Button, Code, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { Link } from 'react-router';
import { useAudit, type AuditEntry } from '../../api/authors';
import { Ago } from '../../components/Ago';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Listed } from '../../components/states';
import { useFilter } from '../../components/useFilter';
import { WordSelect } from '../../components/WordSelect';
import { placeOf, recordTypes } from '../../records';

/** Programs that change records; a person stands there by name. */
const programs: Record<string, string> = { matcher: 'Matcher', verifier: 'Verifier', import: 'Import', rule: 'Rule' };

/** Who changed what, when and why. */
export default function AuditPage() {
  const [filter, setFilter, clear] = useFilter('type', 'actor', 'record', 'event');
  const [record] = useDebouncedValue(filter.record, 250);
  const entries = useAudit({ ...filter, record });
  const actors = filter.actor ? { ...programs, [filter.actor]: programs[filter.actor] ?? 'This person' } : programs;
  const filtered = Object.values(filter).some(Boolean);
  return (
    <>
      <PageTitle title="Audit log" about="Who changed what, when and why, the newest first." />
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm" mb="md" role="search" aria-label="Filter the audit log">
        <WordSelect label="Record" words={recordTypes} value={filter.type} onChange={(v) => setFilter('type', v)} />
        <WordSelect label="Changed by" words={actors} value={filter.actor} onChange={(v) => setFilter('actor', v)} />
        <TextInput type="search" label="Id of a record" value={filter.record} onChange={(e) => setFilter('record', e.currentTarget.value)} />
      </SimpleGrid>
      {filter.event && (
        <Button size="xs" variant="light" mb="md" onClick={() => setFilter('event', '')}>
          Only what changed together: show all
        </Button>
      )}
      <Listed
        list={entries}
        what="Changes"
        keyOf={(e) => e.id}
        empty={
          <Empty title={filtered ? 'No change matches this filter' : 'Nothing was changed yet'}>
            {filtered && (
              <Button variant="default" size="xs" mt="xs" onClick={clear}>
                Show all changes
              </Button>
            )}
          </Empty>
        }
      >
        {(entry) => <EntryRow entry={entry} onFilter={setFilter} />}
      </Listed>
    </>
  );
}

interface RowProps {
  entry: AuditEntry;
  onFilter: (name: 'actor' | 'record' | 'event', value: string) => void;
}

function EntryRow({ entry, onFilter }: RowProps) {
  const [open, setOpen] = useState(false);
  const what = (recordTypes as Record<string, string>)[entry.record_type] ?? entry.record_type;
  const page = pageOf(entry);
  return (
    <Stack gap={4} py="sm" data-testid="change">
      <Group gap="xs">
        <Badge variant="light">{entry.action.replaceAll('-', ' ')}</Badge>
        <Text fz="sm" fw={600}>
          {what}
        </Text>
        <Text fz="sm" c="dimmed">
          by{' '}
          <Anchor component="button" type="button" fz="sm" onClick={() => onFilter('actor', entry.actor)}>
            {programs[entry.actor] ?? entry.actor_name}
          </Anchor>
          , <Ago time={entry.at} />
        </Text>
      </Group>
      {entry.reason && <Text fz="sm">{entry.reason}</Text>}
      <Group gap="xs">
        {page && (
          <Button component={Link} to={page} size="compact-xs" variant="light">
            Open
          </Button>
        )}
        <Button size="compact-xs" variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Less' : 'What changed'}
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => onFilter('record', entry.record_id)}>
          All of this record
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => onFilter('event', entry.event)}>
          Changed together
        </Button>
      </Group>
      {open && (
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <Side title="Before" value={entry.before} none="It was not there, or its content was erased." />
          <Side title="After" value={entry.after} none="It is not there any more, or its content was erased." />
        </SimpleGrid>
      )}
    </Stack>
  );
}

function Side({ title, value, none }: { title: string; value: unknown; none: string }) {
  return (
    <Stack gap={2} miw={0}>
      <Text fz="xs" fw={600}>
        {title}
      </Text>
      {value === null || value === undefined ? (
        <Text fz="xs" c="dimmed">
          {none}
        </Text>
      ) : (
        <Code block tabIndex={0} role="region" aria-label={title} mah={320} style={{ overflow: 'auto' }}>
          {JSON.stringify(value, null, 2)}
        </Code>
      )}
    </Stack>
  );
}

/** The page of the record, where there is one; that of a link is its contact's. */
function pageOf({ record_type: type, record_id: id, action, about }: AuditEntry): string | undefined {
  if (type === 'link') return about ? placeOf('contact', about) : undefined;
  return type === 'contact' && action === 'delete' ? undefined : placeOf(type, id);
}
