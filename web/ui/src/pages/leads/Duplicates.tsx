import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Problem } from '../../api/client';
import { RecordLink } from '../../components/RecordLink';

export interface Found {
  type: string;
  /** Empty: one that may not be seen. */
  id: string;
  text: string;
}

/** Either the record that it is, or why it is none of them. */
export type Answer = { type: string; id: string } | { reason: string };

/** What a refusal says is on file; null when it was refused for another reason. */
export function duplicatesOf(error: Error | null): Found[] | null {
  if (!(error instanceof Problem) || error.status !== 409) return null;
  const found = Object.entries(error.fields).flatMap(([place, text]) => {
    const [, type, id = ''] = /^duplicate\.([a-z]+)(?:\.(.+))?$/.exec(place) ?? [];
    return type ? [{ type, id, text }] : [];
  });
  return found.length > 0 ? found : null;
}

interface Props {
  found: Found[];
  /** Types that can be chosen. */
  only: string[];
  pending: boolean;
  onAnswer: (answer: Answer) => void;
}

/** Shows what is on file already, and asks which of it the lead is. */
export function Duplicates({ found, only, pending, onAnswer }: Props) {
  const [reason, setReason] = useState('');
  return (
    <Alert color="caution" variant="light" title="It may be on file already" role="alert" data-testid="duplicates">
      <Stack gap="sm">
        <Stack component="ul" gap="xs" m={0} p={0} style={{ listStyle: 'none' }}>
          {found.map((f) => (
            <Group component="li" key={f.type + f.id} gap="xs" justify="space-between" wrap="wrap">
              <Text fz="sm" style={{ flex: 1 }} miw={140}>
                <RecordLink type={f.type} id={f.id}>
                  {f.type}
                </RecordLink>{' '}
                {f.text}
              </Text>
              {f.id && only.includes(f.type) && (
                <Button size="compact-xs" variant="default" disabled={pending} onClick={() => onAnswer(f)}>
                  This is it
                </Button>
              )}
            </Group>
          ))}
        </Stack>
        <Group gap="xs" align="flex-end">
          <TextInput size="xs" label="None of them, because" maxLength={500} style={{ flex: 1 }} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
          <Button size="xs" variant="default" loading={pending} disabled={reason.trim() === ''} onClick={() => onAnswer({ reason })}>
            It is another
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
