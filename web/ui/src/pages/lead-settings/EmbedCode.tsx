import { Alert, Code, Group, Modal, MultiSelect, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { LeadFormView } from '../../api/leadSettings';
import { CopyText } from '../../components/CopyText';
import { options } from '../../vocabulary';
import { leadFields } from '../../vocabulary-crm';
import { embedCode, type EmbedField } from './embed';

interface Props {
  form: LeadFormView;
  /** Of the signature, when it was just made; it is told once. */
  secret: string;
  onClose: () => void;
}

/** How leads are sent: the code for a page, or the address and the secret for a system. */
export function EmbedCode({ form, secret, onClose }: Props) {
  const address = new URL(form.path, window.location.origin).href;
  const [fields, setFields] = useState<EmbedField[]>(['name', 'email', 'company', 'need']);
  return (
    <Modal opened onClose={onClose} title={form.name} size="lg">
      <Stack gap="md">
        {!form.active && <Alert color="caution">It is closed: what is sent is refused.</Alert>}
        {secret && (
          <Alert color="brand" title="The secret of the signature, shown once">
            <Copyable text={secret} name="the secret" />
          </Alert>
        )}
        <div>
          <Text fz="sm" fw={600}>
            Address
          </Text>
          <Copyable text={address} name="the address" />
        </div>
        {form.signed ? (
          <Text fz="sm">A system sends fields of a lead as JSON there, with the headers of Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature), made with the secret. Pages cannot keep a secret: they need a form that is not signed.</Text>
        ) : (
          <>
            <MultiSelect label="Fields" description="In the order in which they stand on the page" data={options(leadFields)} value={fields} onChange={(v) => setFields(v as EmbedField[])} />
            <div>
              <Text fz="sm" fw={600}>
                For your page
              </Text>
              <Copyable text={embedCode(address, fields)} name="the code" />
            </div>
          </>
        )}
      </Stack>
    </Modal>
  );
}

function Copyable({ text, name }: { text: string; name: string }) {
  return (
    <Stack gap={4}>
      <Code block tabIndex={0} role="region" aria-label={name} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {text}
      </Code>
      <Group>
        <CopyText text={text} name={name} size="compact-xs" />
      </Group>
    </Stack>
  );
}
