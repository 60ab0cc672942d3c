import { Text } from '@mantine/core';
import type { OpportunityView } from '../../api/types';
import { Facts } from '../../components/Facts';
import { RecordLink } from '../../components/RecordLink';

/** Whom the opportunity is with, and who works on it. */
export function Parties({ opportunity: o }: { opportunity: OpportunityView }) {
  return (
    <Facts
      facts={[
        ['Account', o.account_id && <Named type="account" id={o.account_id} name={o.account_name} />],
        ['Contact', o.contact_id && <Named type="contact" id={o.contact_id} name={o.contact_name} />],
        ['Lead', o.lead_id && <RecordLink type="lead" id={o.lead_id}>The lead it came from</RecordLink>],
        ['Owner', o.owner_id ? o.owner_name : 'Nobody'],
      ]}
    />
  );
}

function Named({ type, id, name }: { type: string; id: string; name: string }) {
  if (!name) return <Text span fz="sm" c="dimmed">not yours to see</Text>;
  return (
    <RecordLink type={type} id={id}>
      {name}
    </RecordLink>
  );
}
