import { Avatar, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { Link, useNavigate } from 'react-router';
import { useContacts } from '../../api/queries';
import type { Contact } from '../../api/types';
import { Ago } from '../../components/Ago';
import { Icon } from '../../components/Icon';
import { May } from '../../components/May';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Listed } from '../../components/states';
import { useFilter } from '../../components/useFilter';
import { initials } from '../../format';
import { ContactForm } from './ContactForm';

/** The people the company knows. */
export default function ContactsPage() {
  const [{ q }, setFilter] = useFilter('q');
  const [searched] = useDebouncedValue(q, 250);
  const contacts = useContacts(searched);
  const [creating, { open, close }] = useDisclosure();
  const navigate = useNavigate();
  return (
    <>
      <PageTitle title="Contacts" about="People you know, and when they were last heard.">
        <May grant="contact:create">
          <Button leftSection={<Icon name="plus" size={16} />} onClick={open}>
            New contact
          </Button>
        </May>
      </PageTitle>
      <TextInput
        type="search"
        label="Search"
        description="The beginning of a name, a company or an e-mail address"
        mb="md"
        value={q}
        onChange={(e) => setFilter('q', e.currentTarget.value)}
      />
      <Listed
        list={contacts}
        what="Contacts"
        keyOf={(c) => c.id}
        empty={
          <Empty title={searched ? `Nobody is found by “${searched}”` : 'No contacts yet'}>
            {!searched && (
              <>
                Create one, or <Link to="/imports">import a list</Link>.
              </>
            )}
          </Empty>
        }
      >
        {(contact) => <ContactRow contact={contact} />}
      </Listed>
      <Modal opened={creating} onClose={close} title="New contact" size="lg">
        <ContactForm onSaved={(saved) => void navigate(`/contacts/${encodeURIComponent(saved.id)}`)} onCancel={close} />
      </Modal>
    </>
  );
}

function ContactRow({ contact }: { contact: Contact }) {
  const about = [contact.job_title, contact.company, contact.city].filter(Boolean).join(' · ');
  return (
    <Link to={`/contacts/${encodeURIComponent(contact.id)}`} className="row-link" data-testid="contact" style={{ display: 'block' }}>
      <Group py="sm" gap="sm" wrap="nowrap">
        <Avatar size={36} radius="xl" color="brand" aria-hidden>
          {initials(contact.name)}
        </Avatar>
        <Stack gap={0} flex={1} miw={0}>
          <Text fz="sm" fw={600} className="row-link-name">
            {contact.name || 'No name'}
          </Text>
          <Text fz="xs" c="dimmed">
            {about || contact.email || 'No details'}
          </Text>
        </Stack>
        <Stack gap={0} align="flex-end">
          <Text fz="sm">
            {contact.touches} {contact.touches === 1 ? 'touch' : 'touches'}
          </Text>
          {contact.last_touch_at && <Ago time={contact.last_touch_at} />}
        </Stack>
      </Group>
    </Link>
  );
}
