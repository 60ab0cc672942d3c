import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useMay } from '../../api/grants';
import { useAccount, useContact, useUsers } from '../../api/queries';
import type { OpportunityView } from '../../api/types';
import { Facts } from '../../components/Facts';

/** Whom the opportunity is with, and who works on it. */
export function Parties({ opportunity: o }: { opportunity: OpportunityView }) {
  const owner = useUsers().data?.items.find((u) => u.id === o.owner_id)?.name;
  const may = useMay();
  return (
    <Facts
      facts={[
        ['Account', o.account_id && may('account:read') && <Account id={o.account_id} />],
        ['Contact', o.contact_id && may('contact:read') && <Contact id={o.contact_id} />],
        ['Lead', o.lead_id && <To at={`/leads/${encodeURIComponent(o.lead_id)}`} name="The lead it came from" />],
        ['Owner', o.owner_id ? owner : 'Nobody'],
      ]}
    />
  );
}

function Account({ id }: { id: string }) {
  const { data, error } = useAccount(id);
  return <To at={`/accounts/${encodeURIComponent(id)}`} name={data?.name} hidden={error !== null} />;
}

function Contact({ id }: { id: string }) {
  const { data, error } = useContact(id);
  return <To at={`/contacts/${encodeURIComponent(id)}`} name={data?.name} hidden={error !== null} />;
}

function To({ at, name, hidden }: { at: string; name: string | undefined; hidden?: boolean }) {
  if (hidden) return <Text span fz="sm" c="dimmed">not yours to see</Text>;
  return (
    <Anchor component={Link} to={at} fz="sm" dir="auto">
      {name ?? '…'}
    </Anchor>
  );
}
