import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { usePinTerritory, useTerritories, useTerritoryQueue } from '../../api/territories';
import { RecordLink } from '../../components/RecordLink';
import { Empty, Failed, Listed } from '../../components/states';
import { formatTime } from '../../format';
import { recordName } from '../../records';

interface Queued {
  record_type: string;
  record_id: string;
  name: string;
  version: number;
}

/** Records that no territory takes, with what came closest, and a way to place them by hand. */
export function QueuePanel() {
  const [placing, setPlacing] = useState<Queued>();
  return (
    <>
      <Listed list={useTerritoryQueue()} what="Records without a territory" keyOf={(r) => r.record_type + r.record_id} empty={<Empty title="Nothing waits">Every record has a territory.</Empty>}>
        {(r) => (
          <Group py="sm" gap="sm" justify="space-between" align="flex-start">
            <Stack gap={2} miw={0} flex="1 1 14rem">
              <Text fz="sm" fw={600} dir="auto">
                <RecordLink type={r.record_type} id={r.record_id} inherit>
                  {r.name || r.record_id}
                </RecordLink>
              </Text>
              <Text fz="xs" c="dimmed">
                {recordName(r.record_type)}, waits since {formatTime(r.since)}
              </Text>
              <Text fz="xs">{r.reason}</Text>
            </Stack>
            <Button size="xs" variant="default" onClick={() => setPlacing(r)}>
              Place by hand
            </Button>
          </Group>
        )}
      </Listed>
      {placing && <PlaceForm record={placing} onClose={() => setPlacing(undefined)} />}
    </>
  );
}

function PlaceForm({ record, onClose }: { record: Queued; onClose: () => void }) {
  const territories = useTerritories();
  const pin = usePinTerritory(record.version);
  const [territory, setTerritory] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    if (!territory) return;
    pin.mutate({ type: record.record_type as 'lead', id: record.record_id, territory_id: territory, reason }, { onSuccess: onClose });
  };
  return (
    <Modal opened onClose={onClose} title={`Place ${record.name || record.record_id}`}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Select label="Territory" required searchable value={territory} onChange={setTerritory} data={(territories.data?.items ?? []).filter((t) => t.enabled).map((t) => ({ value: t.id, label: t.name }))} />
          <TextInput label="Reason" required value={reason} onChange={(e) => setReason(e.currentTarget.value)} maxLength={500} />
          {pin.error && <Failed error={pin.error} />}
          <Button type="submit" loading={pin.isPending}>
            Place
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
