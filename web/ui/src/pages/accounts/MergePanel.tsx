import { Button, Card, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useMergeAccount, useUnmergeAccount } from '../../api/changes';
import { useAccountMerges, useOtherAccount } from '../../api/queries';
import type { Account, AccountMerge } from '../../api/types';
import { May } from '../../components/May';
import { compare, MergeForm } from '../../components/MergeForm';
import { MergeRow } from '../../components/MergeRow';
import { AccountSelect } from '../../components/RecordSelect';
import { Loaded } from '../../components/states';
import { formatNumber, formatTime } from '../../format';

/** Makes another account part of this one, and takes it apart again. */
export function MergePanel({ account }: { account: Account }) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <Card component="section" aria-label="Merges">
      <Group justify="space-between" mb="xs">
        <Title order={2}>Merges</Title>
        <May grant="account:merge">
          <Button size="compact-xs" variant="light" onClick={open}>
            Merge with another
          </Button>
        </May>
      </Group>
      <Loaded query={useAccountMerges(account.id)} what="merges" rows={1}>
        {({ items }) =>
          items.length === 0 ? (
            <Text fz="sm" c="dimmed">
              No other account became part of this one.
            </Text>
          ) : (
            <div className="rows">
              {items.map((m) => (
                <Merged key={m.id} merge={m} account={account.id} />
              ))}
            </div>
          )
        }
      </Loaded>
      <Modal opened={opened} onClose={close} title="Merge" size="lg">
        <Chosen account={account} onDone={close} />
      </Modal>
    </Card>
  );
}

function Merged({ merge, account }: { merge: AccountMerge; account: string }) {
  return <MergeRow type="account" merge={merge} name={merge.loser.name} here={account} unmerge={useUnmergeAccount()} />;
}

/** Says which account is the same company, and shows both. */
function Chosen({ account, onDone }: { account: Account; onDone: () => void }) {
  const [other, setOther] = useState('');
  const found = useOtherAccount(other);
  const merge = useMergeAccount();
  return (
    <Stack gap="md">
      <AccountSelect label="The same company" value={other} onChange={setOther} without={account.id} />
      {other && (
        <Loaded query={found} what="the other account" rows={3}>
          {(data) => (
            <MergeForm key={data.id} type="account" here={account} other={data} compared={compared} goesOver="Contacts, leads, opportunities, activities and what stands below it go over." merge={merge} onDone={onDone} />
          )}
        </Loaded>
      )}
    </Stack>
  );
}

/** What either of the accounts says. */
export const compared = (winner: Account, loser: Account) =>
  compare(winner, loser, [
    { name: 'Name', of: (a) => a.name },
    { name: 'Domain', of: (a) => a.domain },
    { name: 'Industry', of: (a) => a.industry },
    { name: 'Postal code', of: (a) => a.postal_code },
    { name: 'City', of: (a) => a.city },
    { name: 'Country', of: (a) => a.country },
    { name: 'Employees', of: (a) => (a.employees > 0 ? formatNumber(a.employees) : '') },
    { name: 'Id in another system', of: (a) => a.external_id },
    { name: 'Opened', of: (a) => formatTime(a.created_at), kept: true },
  ]);
