import { Badge, Button, Group, Modal, NumberInput, SegmentedControl, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Problem } from '../../api/client';
import { useMay } from '../../api/grants';
import { useReasons, type Outcome, type Reason } from '../../api/leads';
import { useSaveReason } from '../../api/leadSettings';
import { FormButtons } from '../../components/FormButtons';
import { Icon } from '../../components/Icon';
import { nameOf } from '../../components/ordered';
import { Rows } from '../../components/Rows';
import { Empty, Failed, Loaded } from '../../components/states';
import { options } from '../../vocabulary';
import { outcomes } from '../../vocabulary-crm';

/** Why leads and opportunities end as they do: a list, so that it can be counted. */
export function ReasonsPanel() {
  const [outcome, setOutcome] = useState<Outcome>('disqualified');
  const reasons = useReasons(outcome);
  const may = useMay();
  const [open, setOpen] = useState<Reason | 'new'>();
  return (
    <>
      <Group justify="space-between" mb="md" gap="sm">
        <SegmentedControl aria-label="Reasons why it was" value={outcome} onChange={(v) => setOutcome(v as Outcome)} data={options(outcomes)} style={{ maxWidth: '100%', overflowX: 'auto' }} />
        {may('process:update') && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen('new')}>
            New reason
          </Button>
        )}
      </Group>
      <Loaded query={reasons} what="reasons">
        {({ items }) => (
          <Rows label="Reasons" items={items} keyOf={(r) => r.code} empty={<Empty title="No reason yet">Nothing can end so before there is one.</Empty>}>
            {(r) => (
              <Group justify="space-between" py="sm" gap="xs">
                <Stack gap={2} miw={0} flex="1 1 9rem">
                  <Text fz="sm" fw={600} dir="auto">
                    {r.label}
                  </Text>
                  <Group gap={6}>
                    <Text fz="xs" c="dimmed">
                      {r.code}
                    </Text>
                    {r.unfit && (
                      <Badge size="xs" color="brand" variant="light">
                        no potential customer
                      </Badge>
                    )}
                    {!r.active && (
                      <Badge size="xs" color="gray">
                        not chosen any more
                      </Badge>
                    )}
                  </Group>
                </Stack>
                {may('process:update') && (
                  <Button size="xs" variant="default" onClick={() => setOpen(r)} aria-label={`Change ${r.label}`}>
                    Change
                  </Button>
                )}
              </Group>
            )}
          </Rows>
        )}
      </Loaded>
      {open && (
        <ReasonForm
          key={open === 'new' ? 'new' : open.code}
          outcome={outcome}
          reason={open === 'new' ? undefined : open}
          last={Math.max(0, ...(reasons.data?.items ?? []).map((r) => r.position))}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  );
}

function ReasonForm({ outcome, reason, last, onClose }: { outcome: Outcome; reason: Reason | undefined; last: number; onClose: () => void }) {
  const save = useSaveReason(reason?.version);
  const [label, setLabel] = useState(reason?.label ?? '');
  const [position, setPosition] = useState<number | string>(reason?.position ?? last + 10);
  const [active, setActive] = useState(reason?.active ?? true);
  const [unfit, setUnfit] = useState(reason?.unfit ?? false);
  const code = reason?.code ?? nameOf(label);
  const told = save.error instanceof Problem ? save.error.fields : {};
  return (
    <Modal opened onClose={onClose} title={reason ? `Change “${reason.label}”` : 'New reason'}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate({ outcome, code, label, active, position: Number(position) || 0, unfit }, { onSuccess: onClose });
        }}
      >
        <Stack gap="md">
          {save.error && <Failed error={save.error} />}
          <TextInput label="Reason" description={`Its code, which stays: ${code || '…'}`} required maxLength={200} data-autofocus value={label} error={told.label} onChange={(e) => setLabel(e.currentTarget.value)} />
          <NumberInput label="Place in the list" description="The smallest first" min={0} max={1_000_000} allowDecimal={false} value={position} onChange={setPosition} />
          <Switch label="Can be chosen" checked={active} onChange={(e) => setActive(e.currentTarget.checked)} />
          {outcome === 'lost' && (
            <Switch
              label="They were no potential customer"
              description="Learned weights take such a lead for no example of an ideal customer, though sales accepted it"
              checked={unfit}
              onChange={(e) => setUnfit(e.currentTarget.checked)}
            />
          )}
          <FormButtons label="Save" saving={save.isPending} disabled={code === ''} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
