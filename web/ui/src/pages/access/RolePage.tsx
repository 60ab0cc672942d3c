import { Button, Card, Group, Stack, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { useAccessTypes, useRoles, useSaveRole, type GovernedType, type Role } from '../../api/access';
import { Problem } from '../../api/client';
import { useMay } from '../../api/grants';
import { LoadedPage } from '../../components/LoadedPage';
import { nameOf } from '../../components/ordered';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Failed, Loaded } from '../../components/states';
import { useOpened } from '../../components/useOpened';
import { MasksEditor } from './MasksEditor';
import { RoleMatrix } from './RoleMatrix';

const up = { to: '/access?part=roles', name: 'Roles' };

/** One role: what it grants and which fields it takes; a new one begins empty, or as a copy. */
export default function RolePage() {
  const { name = '' } = useParams();
  const [params] = useSearchParams();
  const from = name || (params.get('from') ?? '');
  const roles = useRoles();
  const types = useAccessTypes();
  return (
    <LoadedPage query={roles} title="Role" up={up}>
      {({ items }) => (
        <Loaded query={types} what="what can be granted" rows={6}>
          {(t) => {
            const role = items.find((r) => r.name === from);
            if (name && !role) return <Missing name={name} />;
            return <RoleForm key={`${name} ${from}`} role={role} isNew={!name} types={t.items} />;
          }}
        </Loaded>
      )}
    </LoadedPage>
  );
}

function Missing({ name }: { name: string }) {
  return (
    <>
      <PageTitle title="No such role" up={up} />
      <Card>
        <Empty title={`There is no role “${name}”`}>
          <Link to="/access?part=roles">All roles</Link>
        </Empty>
      </Card>
    </>
  );
}

interface FormProps {
  role: Role | undefined;
  isNew: boolean;
  types: GovernedType[];
}

function RoleForm({ role: read, isNew, types }: FormProps) {
  const role = useOpened(read);
  const save = useSaveRole(isNew ? undefined : role?.version);
  const navigate = useNavigate();
  const may = useMay();
  const [label, setLabel] = useState(isNew ? '' : (role?.label ?? ''));
  const [grants, setGrants] = useState(role?.grants ?? []);
  const [masks, setMasks] = useState(role?.masks ?? []);
  const name = isNew ? nameOf(label) : (role?.name ?? '');
  const told = save.error instanceof Problem ? save.error.fields : {};
  const readOnly = !may('role:update');
  return (
    <>
      <PageTitle
        up={up}
        title={isNew ? 'New role' : (role?.label ?? '')}
        about={isNew && role ? `A copy of ${role.label}.` : 'What is left empty follows the row or the column; the most exact grant counts.'}
      />
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate({ name, label, grants, masks }, { onSuccess: () => void navigate('/access?part=roles') });
        }}
      >
        <Stack gap="md">
          <TextInput label="What it is called" description={`Its name in the API: ${name || '…'}`} required maxLength={200} maw={420} value={label} error={told.name ?? told.label} disabled={readOnly} onChange={(e) => setLabel(e.currentTarget.value)} />
          <Card component="section" aria-label="Grants">
            <Title order={2} mb="xs">
              Grants
            </Title>
            <RoleMatrix types={types} grants={grants} onChange={setGrants} readOnly={readOnly} />
          </Card>
          <MasksEditor masks={masks} onChange={setMasks} readOnly={readOnly} />
          {save.error && <Failed error={save.error} />}
          <Group justify="flex-end">
            <Button component={Link} to="/access?part=roles" variant="default">
              {readOnly ? 'Back' : 'Cancel'}
            </Button>
            {!readOnly && (
              <Button type="submit" loading={save.isPending} disabled={name === ''}>
                Save
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </>
  );
}
