import { Alert, Badge, Button, Card, Checkbox, Group, Progress, Select, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { useChooseReceiver, useGiveHandover, useUndoHandover, type Handover } from '../../api/handovers';
import { useUsers } from '../../api/queries';
import { Confirm } from '../../components/Confirm';
import { Failed } from '../../components/states';
import { formatNumber, formatTime } from '../../format';
import { countOf, recordName } from '../../records';
import { handedStates } from '../../vocabulary-crm';
import { HandoverRecords } from './HandoverRecords';

const states: Record<Handover['state'], string> = {
  collecting: 'Being looked up',
  open: 'To look through',
  giving: 'Being given',
  done: 'Given',
  returning: 'Being taken back',
  returned: 'Taken back',
  dropped: 'Dropped',
};

/** One hand-over: what it comes to, and the step that is next. */
export function HandoverCard({ handover: h }: { handover: Handover }) {
  const may = useMay();
  const undo = useUndoHandover(h);
  const [shown, setShown] = useState('');
  const [undoing, askUndo] = useDisclosure();
  const types = [...new Set(h.counts.map((c) => c.record_type))];
  const working = ['collecting', 'giving', 'returning'].includes(h.state);
  return (
    <Card component="article" aria-label={`Hand-over of ${h.user}`} data-testid="handover">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div style={{ minWidth: 0 }}>
          <Title order={2} dir="auto">
            {h.user}
          </Title>
          <Text fz="xs" c="dimmed" dir="auto" style={{ overflowWrap: 'anywhere' }}>
            {formatTime(h.created_at)} · {h.reason}
          </Text>
        </div>
        <Badge variant="light" color={h.state === 'open' ? 'caution' : 'gray'} style={{ flex: 'none' }}>
          {states[h.state]}
        </Badge>
      </Group>
      {working && <Progress mt="sm" value={h.total > 0 ? (100 * h.handled) / h.total : 0} aria-label={`${h.handled} of ${h.total} records`} />}
      {h.problem && (
        <Alert color="negative" variant="light" mt="sm">
          {h.problem}
        </Alert>
      )}
      {types.length === 0 && !working && <Text fz="sm" mt="sm">They have nothing that you may give.</Text>}
      {types.map((type) => (
        <TypeOfRecords key={type} handover={h} type={type} shown={shown === type} onShow={() => setShown(shown === type ? '' : type)} />
      ))}
      <Left handover={h} />
      {h.state === 'open' && may('handover:update') && types.length > 0 && <Give handover={h} />}
      {h.state === 'done' && may('handover:update') && (
        <Button mt="md" variant="default" onClick={askUndo.open}>
          Take it back
        </Button>
      )}
      <Confirm opened={undoing} title="Take everything back?" action="Take it back" change={undo} onClose={askUndo.close} onConfirm={() => undo.mutate(undefined, { onSuccess: askUndo.close })}>
        {h.user} gets everything back, as long as nobody has changed any of it since.
      </Confirm>
    </Card>
  );
}

interface TypeProps {
  handover: Handover;
  type: string;
  shown: boolean;
  onShow: () => void;
}

/** How many records of a type go to whom; while it is open, a receiver for all of them. */
function TypeOfRecords({ handover: h, type, shown, onShow }: TypeProps) {
  const users = useUsers();
  const choose = useChooseReceiver(h);
  const counts = h.counts.filter((c) => c.record_type === type);
  return (
    <Stack gap={4} mt="md">
      <Group justify="space-between" gap="xs">
        <Text fw={600} fz="sm">
          {countOf(type, counts.reduce((n, c) => n + c.records, 0))}
        </Text>
        <Group gap="xs">
          {h.state === 'open' && (
            <Select
              size="xs" placeholder="All of them to…" aria-label={`All of ${recordName(type)} to`} searchable value={null} disabled={choose.isPending}
              data={(users.data?.items ?? []).filter((u) => u.id !== h.user_id).map((u) => ({ value: u.id, label: u.name }))}
              onChange={(receiver_id) => receiver_id && choose.mutate({ type, receiver_id })}
            />
          )}
          <Button size="xs" variant="default" onClick={onShow} aria-expanded={shown} aria-label={`${shown ? 'Hide' : 'Show'} records: ${recordName(type)}`}>
            {shown ? 'Hide' : 'Show'}
          </Button>
        </Group>
      </Group>
      {choose.error && <Failed error={choose.error} />}
      <Table fz="sm" verticalSpacing={4} withRowBorders={false} aria-label={`Receivers of ${recordName(type)}`}>
        <Table.Tbody>
          {counts.map((c) => (
            <Table.Tr key={c.receiver_id + c.state}>
              <Table.Td>{c.receiver || 'stays'}</Table.Td>
              <Table.Td ta="right">
                {formatNumber(c.records)} {handedStates[c.state] ?? c.state}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {shown && <HandoverRecords handover={h} type={type} />}
    </Stack>
  );
}

/** What goes along, and what is out of reach. */
function Left({ handover: h }: { handover: Handover }) {
  const links = Object.values(h.links).reduce((n, more) => n + more, 0);
  const left = Object.entries(h.out_of_reach);
  return (
    <>
      {links > 0 && (
        <Text fz="sm" mt="sm">
          {links === 1 ? 'One link under review goes with its contact.' : `${formatNumber(links)} links under review go with their contacts.`}
        </Text>
      )}
      {left.length > 0 && (
        <Text fz="sm" mt="sm" c="dimmed">
          Beside that they have what you may not give: {left.map(([type, n]) => countOf(type, n)).join(', ')}.
        </Text>
      )}
    </>
  );
}

function Give({ handover: h }: { handover: Handover }) {
  const may = useMay();
  const give = useGiveHandover(h);
  const [disable, setDisable] = useState(false);
  const [asking, ask] = useDisclosure();
  return (
    <Stack gap="sm" mt="md" align="flex-start">
      {may('user:update') && <Checkbox label={`${h.user} can sign in no more once all is given`} checked={disable} onChange={(e) => setDisable(e.currentTarget.checked)} />}
      <Button onClick={ask.open}>Give</Button>
      <Confirm opened={asking} title={`Give what ${h.user} has?`} action="Give" change={give} onClose={ask.close} onConfirm={() => give.mutate(disable, { onSuccess: ask.close })}>
        Everything goes to the receivers above, in one step. It can be taken back while nobody has changed any of it.
      </Confirm>
    </Stack>
  );
}
