import { Anchor, Avatar, Button, Card, Grid, Group, Modal, Stack, Tabs, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate, useParams } from 'react-router';
import { useDeleteContact } from '../../api/changes';
import { useContact, useContact360 } from '../../api/queries';
import type { Contact360, ContactDetail } from '../../api/types';
import { Confirm } from '../../components/Confirm';
import { type Fact, Facts } from '../../components/Facts';
import { Icon } from '../../components/Icon';
import { LoadedPage } from '../../components/LoadedPage';
import { May } from '../../components/May';
import { OwnValuesList } from '../../components/OwnFields';
import { PageTitle } from '../../components/PageTitle';
import { RecordLink } from '../../components/RecordLink';
import { SightButton } from '../../components/SightButton';
import { Loaded } from '../../components/states';
import { ActivitiesPanel, CampaignsPanel, NewsPanel, PlacePanel, SalesPanel, SentimentPanel } from '../../components/View360';
import { WebLink } from '../../components/WebLink';
import { formatTime, initials } from '../../format';
import { Acquaintances } from './Acquaintances';
import { Consents } from './Consents';
import { ContactForm } from './ContactForm';
import { Invitations } from './Invitations';
import { Links } from './Links';
import { Profiles } from './Profiles';
import { TouchTimeline } from './TouchTimeline';

const up = { to: '/contacts', name: 'Contacts' };

/** A person: who they are, where they speak, what they said, what they may buy. */
export default function ContactPage() {
  const { id = '' } = useParams();
  const contact = useContact(id);
  const view = useContact360(id);
  return (
    <LoadedPage query={contact} title="Contact" up={up} record={{ type: 'contact', id }}>
      {(data) => <Detail contact={data} view={view} />}
    </LoadedPage>
  );
}

function Detail({ contact, view }: { contact: ContactDetail; view: ReturnType<typeof useContact360> }) {
  const [editing, edit] = useDisclosure();
  const [deleting, deletion] = useDisclosure();
  const remove = useDeleteContact();
  const navigate = useNavigate();
  return (
    <>
      <PageTitle title={contact.name || 'No name'} up={up} about={[contact.job_title, contact.company].filter(Boolean).join(', ')}>
        <May grant="contact:update">
          <Button variant="default" leftSection={<Icon name="edit" size={16} />} onClick={edit.open}>
            Edit
          </Button>
        </May>
        <SightButton record={{ type: 'contact', id: contact.id }} owner={contact.owner_id} version={contact.version} />
        <May grant="contact:delete">
          <Button variant="default" leftSection={<Icon name="trash" size={16} />} onClick={deletion.open}>
            Delete
          </Button>
        </May>
      </PageTitle>
      {view.data && <NewsPanel news={view.data.news} />}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5, lg: 4 }}>
          <Stack gap="md">
            <MasterData contact={contact} view={view.data} />
            <Profiles contact={contact} />
            <Invitations contact={contact.id} />
            <Links links={contact.links} />
            <Loaded query={view} what="the sentiment" rows={1}>
              {(data) => (
                <>
                  <SentimentPanel view={data} />
                  <CampaignsPanel view={data} />
                  <PlacePanel view={data} />
                  <Acquaintances acquaintances={data.acquaintances} />
                  <Consents contact={contact.id} consents={data.consent} />
                </>
              )}
            </Loaded>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7, lg: 8 }}>
          <Tabs defaultValue="timeline" keepMounted={false}>
            <Tabs.List mb="md">
              <Tabs.Tab value="timeline">Timeline</Tabs.Tab>
              <Tabs.Tab value="sales">Sales{view.data && view.data.opportunities.count > 0 && ` (${view.data.opportunities.count})`}</Tabs.Tab>
              <Tabs.Tab value="activities">Activities{view.data && view.data.tasks.count > 0 && ` (${view.data.tasks.count} to do)`}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="timeline">
              <Card component="section" aria-label="Timeline">
                <Title order={2}>Timeline</Title>
                <TouchTimeline contact={contact.id} />
              </Card>
            </Tabs.Panel>
            <Tabs.Panel value="sales">
              <Loaded query={view} what="the sales">
                {(data) => <SalesPanel view={data} />}
              </Loaded>
            </Tabs.Panel>
            <Tabs.Panel value="activities">
              <Loaded query={view} what="the activities">
                {(data) => <ActivitiesPanel view={data} record={{ type: 'contact', id: contact.id }} />}
              </Loaded>
            </Tabs.Panel>
          </Tabs>
        </Grid.Col>
      </Grid>
      <Modal opened={editing} onClose={edit.close} title="Edit contact" size="lg">
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

function MasterData({ contact, view }: { contact: ContactDetail; view: Contact360 | undefined }) {
  const account = view?.account;
  const facts: Fact[] = [
    [
      'Company',
      account ? (
        <RecordLink type="account" id={account.id}>
          {account.name}
        </RecordLink>
      ) : (
        contact.company
      ),
    ],
    ['Group', view?.above.map((a) => a.name).join(' ‹ ')],
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
      <Facts facts={facts}>
        <OwnValuesList type="contact" values={contact.fields} />
      </Facts>
    </Card>
  );
}
