import { Button, Modal, Select, Stack, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { Problem } from '../../api/client';
import { useMay } from '../../api/grants';
import { useBeginHandover, useHandovers } from '../../api/handovers';
import { useUsers } from '../../api/queries';
import { FormButtons } from '../../components/FormButtons';
import { Icon } from '../../components/Icon';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Failed, Loaded } from '../../components/states';
import { HandoverCard } from './HandoverCard';

/** What somebody has who leaves, and who receives it. */
export default function HandoverPage() {
  const handovers = useHandovers();
  const may = useMay();
  const [beginning, begin] = useDisclosure();
  return (
    <>
      <PageTitle title="Hand-over" about="Contacts belong to the company: what somebody has who leaves is proposed to others, looked through and given in one step.">
        {may('handover:create') && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={begin.open}>
            Hand over
          </Button>
        )}
      </PageTitle>
      <Loaded query={handovers} what="hand-overs">
        {(data) =>
          data.items.length === 0 ? (
            <Empty title="Nobody has handed over yet">Say who leaves, and everything they have is looked up with a receiver for each record.</Empty>
          ) : (
            <Stack gap="md">
              {data.items.map((h) => (
                <HandoverCard key={h.id} handover={h} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <Modal opened={beginning} onClose={begin.close} title="Hand over">
        <BeginForm onDone={begin.close} />
      </Modal>
    </>
  );
}

function BeginForm({ onDone }: { onDone: () => void }) {
  const users = useUsers();
  const begin = useBeginHandover();
  const form = useForm({
    initialValues: { user_id: '', reason: '' },
    validate: { user_id: (v) => (v ? null : 'Say who leaves'), reason: (v) => (v.trim() ? null : 'Say why: it stands in the audit log') },
  });
  const submit = form.onSubmit((body) => begin.mutate(body, { onSuccess: onDone, onError: (e) => e instanceof Problem && form.setErrors(e.fields) }));
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {begin.error && <Failed error={begin.error} />}
        <Select label="Who leaves" required searchable data={(users.data?.items ?? []).map((u) => ({ value: u.id, label: u.name }))} {...form.getInputProps('user_id')} />
        <Textarea label="Why" required autosize minRows={2} {...form.getInputProps('reason')} />
        <FormButtons label="Look up what they have" saving={begin.isPending} onCancel={onDone} />
      </Stack>
    </form>
  );
}
