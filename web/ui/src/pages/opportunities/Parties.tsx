import { Text } from '@mantine/core';
import { useMay } from '../../api/grants';
import { useAccount, useContact, useUsers } from '../../api/queries';
import type { OpportunityView } from '../../api/types';
import { Facts } from '../../components/Facts';
import { RecordLink } from '../../components/RecordLink';

/** Whom the opportunity is with, and who works on it. */
export function Parties({ opportunity: o }: { opportunity: OpportunityView }) {
  const owner = useUsers().data?.items.find((u) => u.id === o.owner_id)?.name;
  const may = useMay();
  return (
    <Facts
      facts={[
        ['Account', o.account_id && may('account:read') && <Account id={o.account_id} />],
        ['Contact', o.contact_id && may('contact:read') && <Contact id={o.contact_id} />],
        ['Lead', o.lead_id && <RecordLink type="lead" id={o.lead_id}>The lead it came from</RecordLink>],
        ['Owner', o.owner_id ? owner : 'Nobody'],
      ]}
    />
  );
}

function Account({ id }: { id: string }) {
  const { data, error } = useAccount(id);
  return <Named type="account" id={id} name={data?.name} hidden={error !== null} />;
}

function Contact({ id }: { id: string }) {
  const { data, error } = useContact(id);
  return <Named type="contact" id={id} name={data?.name} hidden={error !== null} />;
}

function Named({ type, id, name, hidden }: { type: string; id: string; name: string | undefined; hidden: boolean }) {
  if (hidden) return <Text span fz="sm" c="dimmed">not yours to see</Text>;
  return (
    <RecordLink type={type} id={id}>
      {name ?? '…'}
    </RecordLink>
  );
}
