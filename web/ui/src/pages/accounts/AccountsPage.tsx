import { Button, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { Link, useNavigate } from 'react-router';
import { useAccounts } from '../../api/queries';
import { Icon } from '../../components/Icon';
import { May } from '../../components/May';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Listed } from '../../components/states';
import { useFilter } from '../../components/useFilter';
import { AccountForm } from './AccountForm';

/** The companies the company knows. */
export default function AccountsPage() {
  const [{ q }, setFilter] = useFilter('q');
  const [searched] = useDebouncedValue(q, 250);
  const accounts = useAccounts(searched);
  const [creating, { open, close }] = useDisclosure();
  const navigate = useNavigate();
  return (
    <>
      <PageTitle title="Accounts" about="Companies you know, by name.">
        <May grant="account:create">
          <Button leftSection={<Icon name="plus" size={16} />} onClick={open}>
            New account
          </Button>
        </May>
      </PageTitle>
      <TextInput type="search" label="Search" description="The beginning of the name" mb="md" value={q} onChange={(e) => setFilter('q', e.currentTarget.value)} />
      <Listed
        list={accounts}
        what="Accounts"
        keyOf={(a) => a.id}
        empty={<Empty title={searched ? `No account is found by “${searched}”` : 'No accounts yet'}>{!searched && 'Create one, or import contacts: their companies become accounts.'}</Empty>}
      >
        {(a) => (
          <Link to={`/accounts/${encodeURIComponent(a.id)}`} className="row-link" data-testid="account" style={{ display: 'block' }}>
            <Stack gap={0} py="sm">
              <Text fz="sm" fw={600} className="row-link-name" dir="auto">
                {a.name}
              </Text>
              <Text fz="xs" c="dimmed">
                {[a.industry, a.city, a.domain].filter(Boolean).join(' · ') || 'No details'}
              </Text>
            </Stack>
          </Link>
        )}
      </Listed>
      <Modal opened={creating} onClose={close} title="New account" size="lg">
        <AccountForm onSaved={(saved) => void navigate(`/accounts/${encodeURIComponent(saved.id)}`)} onCancel={close} />
      </Modal>
    </>
  );
}
