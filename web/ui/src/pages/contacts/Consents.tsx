import { Button, Card, Group, Modal, Select, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { useRecordConsent, useWithdrawConsent, type Consent, type ConsentFields } from '../../api/privacy';
import { Confirm } from '../../components/Confirm';
import { FormButtons } from '../../components/FormButtons';
import { May } from '../../components/May';
import { Failed } from '../../components/states';
import { formatDay } from '../../format';
import { options } from '../../vocabulary';
import { consentPurposes, consentSources, legalBases } from '../../vocabulary-crm';

/** What makes it lawful to use the contact's data, and what they took back. */
export function Consents({ contact, consents }: { contact: string; consents: Consent[] }) {
  const [adding, add] = useDisclosure();
  const [withdrawing, setWithdrawing] = useState<Consent>();
  return (
    <Card component="section" aria-label="Consent">
      <Title order={2} mb="xs">
        Consent
      </Title>
      <Stack gap="sm">
        {consents.length === 0 && (
          <Text fz="sm" c="dimmed">
            Nothing is on file: neither a consent nor another legal basis.
          </Text>
        )}
        {consents.map((c) => (
          <Row key={`${c.kind} ${c.id}`} consent={c} onWithdraw={() => setWithdrawing(c)} />
        ))}
        <May grant="contact:update">
          <Button size="xs" variant="light" onClick={add.open} style={{ alignSelf: 'start' }}>
            Put a consent on file
          </Button>
        </May>
      </Stack>
      <Modal opened={adding} onClose={add.close} title="Put a consent on file">
        <ConsentForm contact={contact} onDone={add.close} />
      </Modal>
      {withdrawing && <Withdrawal consent={withdrawing} onClose={() => setWithdrawing(undefined)} />}
    </Card>
  );
}

function Row({ consent: c, onWithdraw }: { consent: Consent; onWithdraw: () => void }) {
  const may = useMay();
  return (
    <Stack gap={2} component="article" aria-label={consentPurposes[c.purpose]}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text fz="sm" fw={600} td={c.withdrawn_at ? 'line-through' : undefined}>
          {consentPurposes[c.purpose]}
          {c.author_id && ': one account'}
        </Text>
        {c.kind === 'consent' && !c.withdrawn_at && may('contact:update') && (
          <Button size="compact-xs" variant="default" onClick={onWithdraw}>
            Take back
          </Button>
        )}
      </Group>
      <Text fz="xs" c="dimmed">
        {legalBases[c.basis] ?? c.basis}
        {c.source && `, ${consentSources[c.source] ?? c.source}`}, {formatDay(c.decided_at)}, {c.decided_by}
      </Text>
      {c.evidence && (
        <Text fz="xs" dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {c.evidence}
        </Text>
      )}
      {c.withdrawn_at && (
        <Text fz="xs">
          Taken back {formatDay(c.withdrawn_at)}
          {c.withdrawal && `: ${c.withdrawal}`}
        </Text>
      )}
    </Stack>
  );
}

function ConsentForm({ contact, onDone }: { contact: string; onDone: () => void }) {
  const save = useRecordConsent(contact);
  const [purpose, setPurpose] = useState<ConsentFields['purpose']>('marketing');
  const [basis, setBasis] = useState<NonNullable<ConsentFields['basis']>>('consent');
  const [source, setSource] = useState<ConsentFields['source']>('form');
  const [evidence, setEvidence] = useState('');
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    save.mutate({ purpose, basis, source, evidence }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Select label="For" value={purpose} allowDeselect={false} data={options(consentPurposes)} onChange={(v) => setPurpose(v as typeof purpose)} />
        <Select label="Legal basis" value={basis} allowDeselect={false} data={options(legalBases)} onChange={(v) => setBasis(v as typeof basis)} />
        <Select label="Where it comes from" value={source} allowDeselect={false} data={options(consentSources)} onChange={(v) => setSource(v as typeof source)} />
        <Textarea label="Evidence" description="The words they agreed to, or where the proof lies" required autosize minRows={2} maxLength={4000} value={evidence} onChange={(e) => setEvidence(e.currentTarget.value)} />
        {save.error && <Failed error={save.error} />}
        <FormButtons label="Put on file" saving={save.isPending} onCancel={onDone} />
      </Stack>
    </form>
  );
}

const stops: Record<Consent['purpose'], string> = {
  link: 'Their links are rejected, the timeline of posts goes, invitations end, and no link is made again.',
  marketing: 'Campaigns pass them over from now on.',
  record: 'An erasure is asked for, which somebody else has to approve.',
};

function Withdrawal({ consent, onClose }: { consent: Consent; onClose: () => void }) {
  const withdraw = useWithdrawConsent();
  const [reason, setReason] = useState('');
  return (
    <Confirm opened title="Take the consent back?" action="Take back" change={withdraw} onConfirm={() => withdraw.mutate({ id: consent.id, reason }, { onSuccess: onClose })} onClose={onClose}>
      {stops[consent.purpose]}
      <TextInput mt="sm" label="How they took it back" value={reason} onChange={(e) => setReason(e.currentTarget.value)} maxLength={500} />
    </Confirm>
  );
}
