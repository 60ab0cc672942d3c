import { Button, Card, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useBlocks, useCheckBlock, useLiftBlock, type Subject } from '../../api/privacy';
import { Failed, Loaded } from '../../components/states';
import { formatNumber } from '../../format';
import { SubjectForm } from './SubjectForm';

/** Who was erased is not collected again, unless they ask to come back. */
export function BlocksPanel() {
  const check = useCheckBlock();
  const lift = useLiftBlock();
  const [subject, setSubject] = useState<Subject>({});
  const [reason, setReason] = useState('');
  return (
    <Card component="section" aria-label="Blocks">
      <Title order={2}>Blocks</Title>
      <Loaded query={useBlocks()} what="the blocks" rows={1}>
        {({ count }) => (
          <Text fz="sm" c="dimmed" mb="sm">
            {count === 0 ? 'Nothing is blocked.' : `${formatNumber(count)} accounts, handles and addresses of erased people are not collected again. Whose they are cannot be read from here.`}
          </Text>
        )}
      </Loaded>
      <SubjectForm label="Is it blocked?" only={['email', 'handle']} pending={check.isPending} onSubmit={(s) => { setSubject(s); lift.reset(); check.mutate(s); }} />
      <Stack gap="sm" mt="md" aria-live="polite">
        {check.error && <Failed error={check.error} />}
        {check.data && !lift.data && <Text fz="sm">{check.data.blocked ? 'Yes: they were erased.' : 'No.'}</Text>}
        {check.data?.blocked && !lift.data && (
          <>
            <TextInput label="How they asked to come back" required value={reason} onChange={(e) => setReason(e.currentTarget.value)} maxLength={500} />
            <Button variant="default" disabled={!reason.trim()} loading={lift.isPending} onClick={() => lift.mutate({ ...subject, reason })} style={{ alignSelf: 'start' }}>
              Lift the block
            </Button>
          </>
        )}
        {lift.data && <Text fz="sm">{formatNumber(lift.data.lifted)} blocks were lifted.</Text>}
        {lift.error && <Failed error={lift.error} />}
      </Stack>
    </Card>
  );
}
