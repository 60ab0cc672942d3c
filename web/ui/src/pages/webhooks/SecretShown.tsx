import { Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';

/** A secret that was just made: it is shown here and never again. */
export function SecretShown({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Modal opened={secret !== ''} onClose={onClose} title="The secret" closeButtonProps={{ 'aria-label': 'Close' }} closeOnClickOutside={false}>
      <Stack gap="md">
        <Text fz="sm">Give it to the receiver, who proves with it that what arrives is from here. It is not shown again.</Text>
        <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }} data-testid="secret">
          {secret}
        </Code>
        <Group justify="flex-end">
          <CopyButton value={secret}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
