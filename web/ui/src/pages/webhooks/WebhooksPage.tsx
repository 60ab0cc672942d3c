import { Alert, Badge, Button, Card, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { useDeleteWebhook, useRotateSecret, useSaveWebhook, useTestWebhook, useWebhooks, type Webhook } from '../../api/webhooks';
import { Ago } from '../../components/Ago';
import { Confirm } from '../../components/Confirm';
import { Icon } from '../../components/Icon';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Failed, Loaded } from '../../components/states';
import { SecretShown } from './SecretShown';
import { WebhookForm } from './WebhookForm';
import { WebhookLog } from './WebhookLog';

/** Other programs that are told of changed records, and what they were told. */
export default function WebhooksPage() {
  const webhooks = useWebhooks();
  const may = useMay();
  const [creating, create] = useDisclosure();
  const [secret, setSecret] = useState('');
  return (
    <>
      <PageTitle title="Webhooks" about="Programs that are told of changed records: which, and in what. They get ids and names of fields, never what those hold.">
        {may('webhook:create') && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={create.open}>
            New webhook
          </Button>
        )}
      </PageTitle>
      <Loaded query={webhooks} what="webhooks">
        {(data) =>
          data.items.length === 0 ? (
            <Card>
              <Empty title="No webhooks yet">Name an address, and it is posted every change that it asks for, signed.</Empty>
            </Card>
          ) : (
            <Stack gap="md">
              {data.items.map((w) => (
                <WebhookCard key={w.id} webhook={w} onSecret={setSecret} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <Modal opened={creating} onClose={create.close} title="New webhook">
        <WebhookForm
          onDone={(made) => {
            create.close();
            setSecret(made ?? '');
          }}
        />
      </Modal>
      <SecretShown secret={secret} onClose={() => setSecret('')} />
    </>
  );
}

const states: Record<Webhook['state'], { label: string; color: string }> = {
  active: { label: 'Active', color: 'positive' },
  paused: { label: 'Paused', color: 'negative' },
  off: { label: 'Off', color: 'gray' },
};

function WebhookCard({ webhook: w, onSecret }: { webhook: Webhook; onSecret: (secret: string) => void }) {
  const may = useMay();
  const test = useTestWebhook();
  const rotate = useRotateSecret();
  const remove = useDeleteWebhook();
  const save = useSaveWebhook(w);
  const [editing, edit] = useDisclosure();
  const [removing, askRemove] = useDisclosure();
  const [rotating, askRotate] = useDisclosure();
  const [logged, log] = useDisclosure();
  const { name, url, types, actions } = w;
  const turn = (state: 'active' | 'off') => save.mutate({ name, url, types: types ?? [], actions: actions ?? [], state });
  const { label, color } = states[w.state];
  const failure = save.error ?? test.error;
  return (
    <Card component="article" aria-label={`Webhook ${w.name}`} data-testid="webhook">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div style={{ minWidth: 0 }}>
          <Title order={2} dir="auto" style={{ overflowWrap: 'anywhere' }}>
            {w.name}
          </Title>
          <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {w.host} · {asked(w)} · {w.owner}
          </Text>
        </div>
        <Badge color={color} variant="light" style={{ flex: 'none' }}>
          {label}
        </Badge>
      </Group>
      {w.failing_since && (
        <Alert color={w.state === 'paused' ? 'negative' : 'caution'} variant="light" mt="xs">
          <Text fz="sm">
            Nothing arrived since <Ago time={w.failing_since} />. {w.state === 'paused' ? 'It is not tried any more: switch it on when it is well again.' : 'It is tried again.'}
          </Text>
        </Alert>
      )}
      {failure && <Failed error={failure} />}
      <Group mt="sm" gap="xs">
        <Button size="xs" variant="default" onClick={log.toggle} aria-expanded={logged}>
          {logged ? 'Hide the log' : 'Log'}
        </Button>
        {may('webhook:update') && (
          <>
            <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate(w.id)}>
              Test
            </Button>
            <Button size="xs" variant="default" loading={save.isPending} onClick={() => turn(w.state === 'active' ? 'off' : 'active')}>
              {w.state === 'active' ? 'Switch off' : 'Switch on'}
            </Button>
            <Button size="xs" variant="default" onClick={edit.open}>
              Edit
            </Button>
            <Button size="xs" variant="default" onClick={askRotate.open}>
              New secret
            </Button>
          </>
        )}
        {may('webhook:delete') && (
          <Button size="xs" variant="subtle" color="negative" onClick={askRemove.open}>
            Remove
          </Button>
        )}
        <Text fz="sm" role="status" style={{ overflowWrap: 'anywhere' }}>
          {test.data && (test.data.state === 'delivered' ? `It arrived: ${test.data.status} in ${test.data.duration_ms} ms.` : test.data.error)}
        </Text>
      </Group>
      {logged && <WebhookLog webhook={w} />}
      <Modal opened={editing} onClose={edit.close} title={`Edit ${w.name}`}>
        <WebhookForm webhook={w} onDone={edit.close} />
      </Modal>
      <Confirm
        opened={rotating} title="Make a new secret?" action="Make it" change={rotate} onClose={askRotate.close}
        onConfirm={() => rotate.mutate(w.id, { onSuccess: (made) => { askRotate.close(); onSecret(made.secret); } })}
      >
        The new one signs at once, and for a day the old one beside it: change the receiver over until then.
      </Confirm>
      <Confirm
        opened={removing} title={`Remove ${w.name}?`} action="Remove" change={remove} onClose={askRemove.close}
        onConfirm={() => remove.mutate(w.id, { onSuccess: askRemove.close })}
      >
        It is told nothing any more, and its log goes with it.
      </Confirm>
    </Card>
  );
}

/** What a webhook asks for, in words. */
function asked({ types, actions }: Webhook): string {
  const of = types?.length ? types.join(', ') : 'all records';
  return actions?.length ? `${actions.join(', ')} of ${of}` : `every change of ${of}`;
}
