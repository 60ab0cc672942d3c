import { Alert, Code, Stack, Text } from '@mantine/core';
import { CopyText } from './CopyText';

interface Props {
  title: string;
  /** What to do with it. */
  about: string;
  label: string;
  value: string;
  onDone: () => void;
}

/** A secret that is shown now and never again. */
export function ShownOnce({ title, about, label, value, onDone }: Props) {
  return (
    <Alert variant="light" title={title} role="alert" withCloseButton closeButtonLabel="Done" onClose={onDone}>
      <Stack gap="xs" align="flex-start">
        <Text fz="sm">{about}</Text>
        <Code block w="100%" aria-label={label} style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {value}
        </Code>
        <CopyText text={value} />
      </Stack>
    </Alert>
  );
}
