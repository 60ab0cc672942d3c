import { Badge, Button, Card, Code, Group, Modal, Stack, Switch, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { Link } from 'react-router';
import { useDeleteMonitor, useSwitchMonitor } from '../../api/changes';
import { useMay } from '../../api/grants';
import { useMonitors } from '../../api/queries';
import type { Monitor } from '../../api/types';
import { Confirm } from '../../components/Confirm';
import { EditDelete } from '../../components/EditDelete';
import { Icon } from '../../components/Icon';
import { May } from '../../components/May';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Loaded } from '../../components/states';
import { monitorKinds } from '../../vocabulary';
import { MonitorForm } from './MonitorForm';

/** What Groundswell listens for. */
export default function MonitorsPage() {
  const monitors = useMonitors();
  const [opened, { open, close }] = useDisclosure();
  const [edited, setEdited] = useState<Monitor>();
  const [deleted, setDeleted] = useState<Monitor>();
  const remove = useDeleteMonitor();
  const edit = (monitor?: Monitor) => {
    setEdited(monitor);
    open();
  };
  return (
    <>
      <PageTitle title="Monitors" about="What to listen for: brands, competitors, campaigns, markets.">
        <May grant="monitor:create">
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => edit()}>
            New monitor
          </Button>
        </May>
      </PageTitle>
      <Loaded query={monitors} what="monitors">
        {(data) =>
          data.items.length === 0 ? (
            <Card>
              <Empty title="No monitors yet">Create one for your brand, and Groundswell begins to listen.</Empty>
            </Card>
          ) : (
            <Card py={0} className="rows">
              {data.items.map((m) => (
                <MonitorRow key={m.id} monitor={m} onEdit={() => edit(m)} onDelete={() => setDeleted(m)} />
              ))}
            </Card>
          )
        }
      </Loaded>
      <Modal opened={opened} onClose={close} title={edited ? `Edit ${edited.name}` : 'New monitor'} size="lg">
        <MonitorForm {...(edited ? { monitor: edited } : {})} onDone={close} />
      </Modal>
      <Confirm
        opened={deleted !== undefined}
        title={`Delete ${deleted?.name ?? ''}?`}
        action="Delete"
        change={remove}
        onConfirm={() => deleted && remove.mutate(deleted.id, { onSuccess: () => setDeleted(undefined) })}
        onClose={() => setDeleted(undefined)}
      >
        Its mentions and counts go with it. To keep them, switch it off instead.
      </Confirm>
    </>
  );
}

function MonitorRow({ monitor, onEdit, onDelete }: { monitor: Monitor; onEdit: () => void; onDelete: () => void }) {
  const turn = useSwitchMonitor();
  const may = useMay();
  const onSwitch = () => {
    const { id, version, name, kind, query, enabled } = monitor;
    turn.mutate({ id, version, name, kind, query, enabled: !enabled }, { onError: (e) => notifications.show({ color: 'negative', title: `${name} was not switched`, message: e.message }) });
  };
  return (
    <Group component="article" py="sm" gap="sm" wrap="nowrap" align="flex-start" aria-label={monitor.name} data-testid="monitor">
      <Stack gap={6} flex={1} miw={0}>
        <Group gap="xs">
          <Link to={`/mentions?monitor=${encodeURIComponent(monitor.id)}`} className="row-link">
            <Text fw={600} span className="row-link-name">
              {monitor.name}
            </Text>
          </Link>
          <Badge variant="light" color="gray">
            {monitorKinds[monitor.kind]}
          </Badge>
        </Group>
        <Code style={{ whiteSpace: 'pre-wrap', alignSelf: 'flex-start' }}>{monitor.query}</Code>
      </Stack>
      <Group gap={4} wrap="nowrap">
        {may('monitor:update') ? <Switch aria-label={`Listen for ${monitor.name}`} checked={monitor.enabled} disabled={turn.isPending} onChange={onSwitch} mr="xs" /> : !monitor.enabled && <Badge color="gray">off</Badge>}
        <EditDelete name={monitor.name} type="monitor" onEdit={onEdit} onDelete={onDelete} />
      </Group>
    </Group>
  );
}
