import { Button, Card, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useCloseHook, useOpenHook, type Campaign } from '../../api/campaigns';
import { Confirm } from '../../components/Confirm';
import { Failed } from '../../components/states';

/** Where portals and mailing tools send responses to. */
export function HookPanel({ campaign }: { campaign: Campaign }) {
  const open = useOpenHook(campaign);
  const close = useCloseHook(campaign);
  const [asked, setAsked] = useState<'renew' | 'close' | null>(null);
  const told = campaign.hook ? open.data?.secret : undefined;
  const failed = asked ? null : open.error;
  const done = { onSuccess: () => setAsked(null) };
  return (
    <Card component="section" aria-label="Other systems">
      <Title order={2}>Other systems</Title>
      <Stack gap="xs" mt="xs">
        <Text fz="sm" c="dimmed">
          {campaign.hook ? 'Send responses here, signed by Standard Webhooks:' : 'Portals and mailing tools can send responses, signed.'}
        </Text>
        {campaign.hook && (
          <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
            {campaign.hook.path}
          </Code>
        )}
        {told && (
          <>
            <Text fz="sm">The secret, which is shown now alone:</Text>
            <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
              {told}
            </Code>
          </>
        )}
        {failed && <Failed error={failed} />}
        <Group gap="xs">
          <Button size="xs" variant="default" loading={open.isPending} onClick={() => (campaign.hook ? setAsked('renew') : open.mutate(undefined))}>
            {campaign.hook ? 'New address and secret' : 'Open an address'}
          </Button>
          {campaign.hook && (
            <Button size="xs" variant="subtle" color="gray" onClick={() => setAsked('close')}>
              Close it
            </Button>
          )}
        </Group>
      </Stack>
      <Confirm opened={asked === 'renew'} title="Make a new address and secret?" action="Make it" change={open} onConfirm={() => open.mutate(undefined, done)} onClose={() => setAsked(null)}>
        What is sent to the old address is refused at once: change the systems that send over.
      </Confirm>
      <Confirm opened={asked === 'close'} title="Close the address?" action="Close it" change={close} onConfirm={() => close.mutate(undefined, done)} onClose={() => setAsked(null)}>
        Responses that are sent to it are refused from now on. A new one has another address.
      </Confirm>
    </Card>
  );
}
