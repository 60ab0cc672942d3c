import { Button, Card, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useCloseHook, useOpenHook, type Campaign } from '../../api/campaigns';
import { Failed } from '../../components/states';

/** Where portals and mailing tools send responses to. */
export function HookPanel({ campaign }: { campaign: Campaign }) {
  const open = useOpenHook(campaign.id);
  const close = useCloseHook(campaign.id);
  const told = open.data?.secret;
  const failed = open.error ?? close.error;
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
          <Button size="xs" variant="default" loading={open.isPending} onClick={() => open.mutate(undefined)}>
            {campaign.hook ? 'New address and secret' : 'Open an address'}
          </Button>
          {campaign.hook && (
            <Button size="xs" variant="subtle" color="gray" loading={close.isPending} onClick={() => { open.reset(); close.mutate(undefined); }}>
              Close it
            </Button>
          )}
        </Group>
      </Stack>
    </Card>
  );
}
