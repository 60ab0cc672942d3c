import { Anchor, Avatar, Button, Card, Grid, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, useNavigate, useParams } from 'react-router';
import { useDeleteContact } from '../../api/changes';
import { useContact, useLeads } from '../../api/queries';
import type { ContactDetail } from '../../api/types';
import { Confirm } from '../../components/Confirm';
import { Icon } from '../../components/Icon';
import { LeadRow } from '../../components/LeadRow';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Loaded } from '../../components/states';
import { WebLink } from '../../components/WebLink';
import { formatTime, initials } from '../../format';
import { ContactForm } from './ContactForm';
import { Links } from './Links';
import { Profiles } from './Profiles';
import { TouchTimeline } from './TouchTimeline';

/** A person: who they are, where they speak, what they said, what they may buy. */
export default function ContactPage() {
  const { id = '' } = useParams();
  const contact = useContact(id);
  return (
    <Loaded query={contact} what="the contact" rows={6}>
      {(data) => <Detail contact={data} />}
    </Loaded>
  );
}

function Detail({ contact }: { contact: ContactDetail }) {
  const [editing, edit] = useDisclosure();
  const [deleting, deletion] = useDisclosure();
  const remove = useDeleteContact();
  const navigate = useNavigate();
  return (
    <>
      <PageTitle title={contact.name || 'No name'} about={[contact.job_title, contact.company].filter(Boolean).join(', ')}>
        <Button variant="default" leftSection={<Icon name="edit" size={16} />} onClick={edit.open}>
          Edit
        </Button>
        <Button variant="default" leftSection={<Icon name="trash" size={16} />} onClick={deletion.open}>
          Delete
        </Button>
      </PageTitle>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5, lg: 4 }}>
          <Stack gap="md">
            <MasterData contact={contact} />
            <Profiles contact={contact} />
            <Links links={contact.links} />
            <Leads contact={contact.id} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7, lg: 8 }}>
          <Card component="section" aria-label="Timeline">
            <Title order={2}>Timeline</Title>
            <TouchTimeline contact={contact.id} />
          </Card>
        </Grid.Col>
      </Grid>
      <Modal opened={editing} onClose={edit.close} title="Edit contact" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
        <ContactForm contact={contact} onSaved={edit.close} onCancel={edit.close} />
      </Modal>
      <Confirm
        opened={deleting}
        title={`Delete ${contact.name}?`}
        action="Delete"
        change={remove}
        onConfirm={() => remove.mutate(contact.id, { onSuccess: () => void navigate('/contacts') })}
        onClose={deletion.close}
      >
        The profiles, links and timeline go with the contact; leads stay.
      </Confirm>
    </>
  );
}

function MasterData({ contact }: { contact: ContactDetail }) {
  const rows: [string, React.ReactNode][] = [
    ['Company', contact.company],
    ['E-mail', contact.email && <Anchor href={`mailto:${contact.email}`} fz="sm">{contact.email}</Anchor>],
    ['Phone', contact.phone && <Anchor href={`tel:${contact.phone.replace(/[^+\d]/g, '')}`} fz="sm">{contact.phone}</Anchor>],
    ['Place', [contact.city, contact.country].filter(Boolean).join(', ')],
    ['Own page', contact.url && <WebLink address={contact.url} fz="sm">{contact.url}</WebLink>],
    ['Since', formatTime(contact.created_at)],
  ];
  return (
    <Card component="section" aria-label="Master data">
      <Group gap="sm" mb="sm" wrap="nowrap">
        <Avatar size={44} radius="xl" color="brand" aria-hidden>
          {initials(contact.name)}
        </Avatar>
        <Title order={2}>About</Title>
      </Group>
      <Stack component="dl" gap={6} m={0}>
        {rows
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <Group key={name} gap="xs" wrap="nowrap" align="baseline">
              <Text component="dt" fz="sm" c="dimmed" w={84} style={{ flex: 'none' }}>
                {name}
              </Text>
              <Text component="dd" fz="sm" m={0} miw={0}>
                {value}
              </Text>
            </Group>
          ))}
      </Stack>
    </Card>
  );
}

function Leads({ contact }: { contact: string }) {
  const leads = useLeads({ contact }, 10);
  return (
    <Card component="section" aria-label="Leads">
      <Group justify="space-between">
        <Title order={2}>Leads</Title>
        <Anchor component={Link} to="/leads" fz="sm">
          All leads
        </Anchor>
      </Group>
      <Loaded query={leads} what="leads" rows={1}>
        {(data) => {
          const items = data.pages.flatMap((p) => p.items);
          if (items.length === 0) return <Empty title="No leads">A lead opens when they say that they want to buy.</Empty>;
          return (
            <div className="rows">
              {items.map((lead) => (
                <LeadRow key={lead.id} lead={lead} />
              ))}
            </div>
          );
        }}
      </Loaded>
    </Card>
  );
}
