import { Button, Checkbox, Modal, MultiSelect, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAddPerson, useMakePasswordLink, useRoles, useSavePerson, useUnits, type PasswordLink, type Person } from '../../api/access';
import { Problem } from '../../api/client';
import { FormButtons } from '../../components/FormButtons';
import { ShownOnce } from '../../components/ShownOnce';
import { Failed } from '../../components/states';
import { formatTime } from '../../format';

interface Props {
  /** None: somebody is added. */
  person: Person | undefined;
  onClose: () => void;
}

/** Adds somebody who may sign in, or changes what they are called, may do, and whether they are let in. */
export function PersonForm({ person, onClose }: Props) {
  const add = useAddPerson();
  const save = useSavePerson(person);
  const renew = useMakePasswordLink();
  const [name, setName] = useState(person?.name ?? '');
  const [email, setEmail] = useState(person?.email ?? '');
  const [roles, setRoles] = useState(person?.roles ?? []);
  const [unit, setUnit] = useState(person?.unit_id ?? '');
  const [disabled, setDisabled] = useState(person?.disabled ?? false);
  const [link, setLink] = useState<PasswordLink>();
  const known = useRoles();
  const units = useUnits();
  const top = units.data?.items.find((u) => u.parent_id === '');
  const error = add.error ?? save.error ?? renew.error;
  const told = error instanceof Problem ? error.fields : {};
  const submit = (e: React.FormEvent) => {
    e.preventDefault();
    if (person) save.mutate({ name, email, roles, unit_id: unit, disabled }, { onSuccess: onClose });
    else add.mutate({ name, email, roles }, { onSuccess: (made) => setLink(made.link) });
  };
  return (
    <Modal opened onClose={onClose} title={person ? `Change ${person.name}` : 'Add somebody'}>
      {link ? (
        <ShownOnce
          title={`Hand this link to ${name}`}
          about={`By it they set their password, once, until ${formatTime(link.expires_at)}. It is shown now and never again.`}
          label="Link"
          value={new URL(link.url, window.location.origin).href}
          onDone={onClose}
        />
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            {error && <Failed error={error} />}
            <TextInput label="Name" description="What they sign in with" required maxLength={64} autoComplete="off" data-autofocus value={name} error={told.name} onChange={(e) => setName(e.currentTarget.value)} />
            <TextInput label="E-mail" description="Where messages to them go; they choose which" type="email" maxLength={254} autoComplete="off" value={email} error={told.email} onChange={(e) => setEmail(e.currentTarget.value)} />
            <MultiSelect
              label="Roles"
              description={person ? 'What any of them grants counts' : 'None: they may look at everything and change nothing'}
              error={told.roles ?? known.error?.message}
              data={(known.data?.items ?? []).map((r) => ({ value: r.name, label: r.label }))}
              value={roles}
              onChange={setRoles}
            />
            {person && (
              <>
                <Select
                  label="Business unit"
                  allowDeselect={false}
                  error={units.error?.message}
                  data={(units.data?.items ?? []).map((u) => ({ value: u.id, label: u.name }))}
                  value={unit || (top?.id ?? null)}
                  onChange={(v) => setUnit(v === top?.id ? '' : (v ?? ''))}
                />
                <Checkbox label="Kept out" description="Their sessions end, and their tokens are refused" checked={disabled} onChange={(e) => setDisabled(e.currentTarget.checked)} />
                {!person.disabled && (
                  <Stack gap={4} align="flex-start">
                    <Button size="xs" variant="default" loading={renew.isPending} onClick={() => renew.mutate(person.id, { onSuccess: setLink })}>
                      Make a link to set a password
                    </Button>
                    <Text fz="xs" c="dimmed">
                      For who has lost theirs, or has none yet. It replaces the link before.
                    </Text>
                  </Stack>
                )}
              </>
            )}
            <FormButtons label={person ? 'Save' : 'Add'} saving={add.isPending || save.isPending} onCancel={onClose} />
          </Stack>
        </form>
      )}
    </Modal>
  );
}
