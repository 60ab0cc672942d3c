import { Group, Select, Stack, Text } from '@mantine/core';
import { useChooseReceiver, useHandoverRecords, type Handover, type HandoverRecord } from '../../api/handovers';
import { useUsers } from '../../api/queries';
import { Empty, Failed, Listed } from '../../components/states';
import { recordName } from '../../records';
import { handedStates } from '../../vocabulary-crm';

/** The records of a type, each with its receiver and the reason. */
export function HandoverRecords({ handover, type }: { handover: Handover; type: string }) {
  const records = useHandoverRecords(handover.id, type);
  return (
    <Listed list={records} what={recordName(type)} keyOf={(r) => r.record_id} empty={<Empty title="None" />}>
      {(r) => <Row record={r} handover={handover} />}
    </Listed>
  );
}

function Row({ record: r, handover: h }: { record: HandoverRecord; handover: Handover }) {
  const users = useUsers();
  const choose = useChooseReceiver(h);
  const records = [{ record_type: r.record_type, record_id: r.record_id }];
  return (
    <Stack gap={2} py="sm" data-testid="handover-record">
      <Group justify="space-between" gap="xs" align="flex-start">
        <Text fz="sm" fw={600} dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {r.name || r.record_id}
        </Text>
        {h.state === 'open' ? (
          <Select
            size="xs" aria-label={`Receiver of ${r.name}`} searchable clearable placeholder="stays" value={r.receiver_id || null} disabled={choose.isPending}
            clearButtonProps={{ 'aria-label': `${r.name} stays` }}
            data={(users.data?.items ?? []).filter((u) => u.id !== h.user_id).map((u) => ({ value: u.id, label: u.name }))}
            onChange={(receiver) => choose.mutate({ records, ...(receiver ? { receiver_id: receiver } : {}) })}
          />
        ) : (
          <Text fz="sm">
            {r.receiver || 'stays'} · {handedStates[r.state] ?? r.state}
          </Text>
        )}
      </Group>
      <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {r.note || r.because}
      </Text>
      {choose.error && <Failed error={choose.error} />}
    </Stack>
  );
}
