import { Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Account360 } from '../../api/types';
import { DecisionMark } from '../../components/marks';
import { PartCard } from '../../components/PartCard';
import { RecordLink } from '../../components/RecordLink';
import { formatDay, formatProbability } from '../../format';
import { networkName } from '../../vocabulary';
import { consentPurposes, legalBases } from '../../vocabulary-crm';

/** What is on file of the people of an account: where they speak, what speaks for it, what they agreed to. */
export function PeoplePanel({ view }: { view: Account360 }) {
  return (
    <Stack gap="md">
      {view.profiles.count > 0 && (
        <PartCard title="Social profiles" part={view.profiles} empty="" keyOf={(p) => p.id}>
          {(p) => <Row contact={p.contact_id} name={p.handle || p.native_id} about={networkName(p.network)} />}
        </PartCard>
      )}
      {view.links.count > 0 && (
        <PartCard title="Recognised authors" part={view.links} empty="" keyOf={(l) => `${l.author_id} ${l.contact_id}`}>
          {(l) => (
            <Row contact={l.contact_id} name={l.author?.name || l.author?.handle || 'An author who is gone'} about={`Probability ${formatProbability(l.probability)}. Basis: ${legalBases[l.basis] ?? l.basis}. ${l.explanation?.sentence ?? l.reason}`}>
              <DecisionMark decision={l.decision} />
            </Row>
          )}
        </PartCard>
      )}
      {view.consent.count > 0 && (
        <PartCard title="Consent" part={view.consent} empty="" keyOf={(c) => c.id}>
          {(c) => <Row contact={c.contact_id} name={consentPurposes[c.purpose]} about={`${legalBases[c.basis] ?? c.basis}, ${formatDay(c.decided_at)}${c.withdrawn_at ? `, taken back ${formatDay(c.withdrawn_at)}` : ''}`} />}
        </PartCard>
      )}
    </Stack>
  );
}

function Row({ contact, name, about, children }: { contact: string; name: string; about: string; children?: ReactNode }) {
  return (
    <Stack gap={0} py="xs">
      <Group justify="space-between" gap="xs">
        <RecordLink type="contact" id={contact} fw={600} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </RecordLink>
        {children}
      </Group>
      <Text fz="xs" c="dimmed" dir="auto">
        {about}
      </Text>
    </Stack>
  );
}
