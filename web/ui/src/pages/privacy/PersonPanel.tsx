import { Button, Card, Checkbox, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { useErasePerson, useExportPerson, useFindPerson, type PersonFound, type Subject } from '../../api/privacy';
import { RecordLink } from '../../components/RecordLink';
import { Failed } from '../../components/states';
import { formatNumber } from '../../format';
import { countOf } from '../../records';
import { Counts } from './Counts';
import { SubjectForm } from './SubjectForm';

/** Finds a person, gives out what is held about them, and has it erased. */
export function PersonPanel() {
  const find = useFindPerson();
  const [subject, setSubject] = useState<Subject>({});
  return (
    <Card component="section" aria-label="A person">
      <Title order={2}>A person</Title>
      <Text fz="sm" c="dimmed" mb="sm">
        What leads to them is followed: contacts merged into one, confirmed links, leads.
      </Text>
      <SubjectForm label="Find" pending={find.isPending} onSubmit={(s) => { setSubject(s); find.mutate(s); }} />
      <Stack gap="md" mt="md">
        {find.error && <Failed error={find.error} />}
        {find.data && <Found key={JSON.stringify(subject)} person={find.data} subject={subject} onErased={find.reset} />}
      </Stack>
    </Card>
  );
}

function Found({ person, subject, onErased }: { person: PersonFound; subject: Subject; onErased: () => void }) {
  const [reason, setReason] = useState('');
  const [sure, setSure] = useState(false);
  const give = useExportPerson();
  const erase = useErasePerson();
  const mayErase = useMay()('privacy:delete');
  return (
    <Stack gap="sm" role="group" aria-label="What was found">
      <Text fz="sm">
        {formatNumber(person.total)} records
        {person.contacts.map((c) => (
          <span key={c.id}>
            {' · '}
            <RecordLink type="contact" id={c.id}>
              {c.name || 'a contact'}
            </RecordLink>
          </span>
        ))}
        {person.authors.length > 0 && ` · ${formatNumber(person.authors.length)} accounts in networks`}
        {person.leads.length > 0 && ` · ${countOf('lead', person.leads.length)}`}
      </Text>
      <Counts label="By table" counts={person.records} />
      <TextInput label="Why" description="It is kept with the record of it: name nobody." value={reason} onChange={(e) => setReason(e.currentTarget.value)} maxLength={500} />
      <Group gap="xs">
        <Button variant="default" loading={give.isPending} onClick={() => give.mutate({ ...subject, reason, format: 'json' })}>
          Export as JSON
        </Button>
        <Button variant="default" loading={give.isPending} onClick={() => give.mutate({ ...subject, reason, format: 'pdf' })}>
          Export as PDF
        </Button>
      </Group>
      {give.error && <Failed error={give.error} />}
      {mayErase && (
        <>
          <Checkbox label="Erase them everywhere; it cannot be undone, and they are not collected again" checked={sure} onChange={(e) => setSure(e.currentTarget.checked)} />
          <Button color="negative" disabled={!sure || !reason.trim()} loading={erase.isPending} onClick={() => erase.mutate({ ...subject, reason }, { onSuccess: onErased })} style={{ alignSelf: 'start' }}>
            Erase
          </Button>
        </>
      )}
      {erase.error && <Failed error={erase.error} />}
    </Stack>
  );
}
