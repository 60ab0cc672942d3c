import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useRoles } from '../../api/access';
import { useMay } from '../../api/grants';
import { useProcesses } from '../../api/processes';
import { useAdvanceProcess, useApprove, useStartProcess } from '../../api/sales';
import type { OpportunityView } from '../../api/types';
import { May } from '../../components/May';
import { Failed } from '../../components/states';
import { formatDay } from '../../format';

type Side = OpportunityView['side_processes'][number];

/** What else runs beside the main process, such as the approval of a quote, and what its gate waits for. */
export function SideProcesses({ opportunity: o }: { opportunity: OpportunityView }) {
  const names = useProcesses().data?.items ?? [];
  const start = useStartProcess(o);
  const mayStart = useMay()('opportunity:update');
  const awaited = o.missing.filter((m) => m.kind === 'process' && !o.side_processes.some((s) => s.process_id === m.name && !s.finished_at));
  if (o.side_processes.length === 0 && awaited.length === 0) return null;
  const called = (id: string) => names.find((p) => p.id === id)?.name ?? 'A process';
  return (
    <Stack gap="xs" mt="md">
      <Title order={3} fz="sm">
        Beside it
      </Title>
      {o.side_processes.map((s) => (
        <SideRow key={s.process_id} opportunity={o} side={s} name={called(s.process_id)} />
      ))}
      {awaited.map((m) =>
        mayStart ? (
          <Group key={m.name}>
            <Button size="compact-sm" variant="default" loading={start.isPending} onClick={() => start.mutate(m.name)}>
              Start {called(m.name)}
            </Button>
          </Group>
        ) : (
          <Text fz="sm" key={m.name}>
            {called(m.name)} has not begun
          </Text>
        ),
      )}
      {start.error && <Failed error={start.error} />}
    </Stack>
  );
}

function SideRow({ opportunity: o, side: s, name }: { opportunity: OpportunityView; side: Side; name: string }) {
  const advance = useAdvanceProcess(o);
  const stage = useProcesses().data?.items.find((p) => p.id === s.process_id)?.stages?.find((x) => x.name === s.stage);
  const role = stage?.gate?.approval;
  return (
    <Stack gap={4} component="section" aria-label={name}>
      <Group gap="xs">
        <Text fz="sm" fw={600}>
          {name}
        </Text>
        {s.finished_at ? <Badge variant="light">done {formatDay(s.finished_at)}</Badge> : <Badge variant="light" color="gray">{s.stage}</Badge>}
      </Group>
      {!s.finished_at && (
        <Group gap="xs">
          {role && <ApproveButton opportunity={o} role={role} process={s.process_id} stage={s.stage} />}
          <May grant="opportunity:update">
            <Button size="compact-sm" variant="default" loading={advance.isPending} onClick={() => advance.mutate(s.process_id)} aria-label={`Go on with ${name}`}>
              Go on
            </Button>
          </May>
        </Group>
      )}
      {advance.error && <Failed error={advance.error} />}
    </Stack>
  );
}

interface ApproveProps {
  opportunity: OpportunityView;
  role: string;
  process: string;
  stage: string;
}

/** Approves a stage as somebody of the role; who owns the opportunity cannot. */
export function ApproveButton({ opportunity: o, role, process, stage }: ApproveProps) {
  const approve = useApprove(o);
  const may = useMay();
  const label = useRoles().data?.items.find((r) => r.name === role)?.label ?? role;
  if (o.approvals.some((a) => a.counts && a.process_id === process && a.stage === stage && a.role === role)) {
    return (
      <Text fz="sm" c="dimmed">
        Approved as {label}
      </Text>
    );
  }
  if (!may('opportunity:approve')) return null;
  return (
    <>
      <Button size="compact-sm" variant="light" loading={approve.isPending} onClick={() => approve.mutate({ role, process_id: process })}>
        Approve as {label}
      </Button>
      {approve.error && <Failed error={approve.error} />}
    </>
  );
}
