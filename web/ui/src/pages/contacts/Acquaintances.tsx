import { Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useTakeOut } from '../../api/network';
import { useSession } from '../../api/queries';
import type { Acquaintance } from '../../api/types';
import { Confirm } from '../../components/Confirm';
import { formatDay } from '../../format';
import { fileKinds, legalBases } from '../../vocabulary-crm';

/** Who of the company knows the contact by a network of their own; nothing where nobody does. */
export function Acquaintances({ acquaintances }: { acquaintances: Acquaintance[] }) {
  const session = useSession();
  const [leaving, setLeaving] = useState<Acquaintance>();
  const takeOut = useTakeOut();
  const navigate = useNavigate();
  if (acquaintances.length === 0) return null;
  const confirm = (a: Acquaintance) => takeOut.mutate(a.id, { onSuccess: ({ contact }) => (contact ? void navigate('/contacts') : setLeaving(undefined)) });
  return (
    <Card component="section" aria-label="Who knows them">
      <Title order={2} mb="xs">
        Who knows them
      </Title>
      <Stack gap="sm">
        {acquaintances.map((a) => (
          <Stack key={a.id} gap={2} component="article" aria-label={a.user.name}>
            <Group justify="space-between" wrap="nowrap" align="flex-start">
              <Group gap="xs">
                <Text fz="sm" fw={600}>
                  {a.user.name}
                </Text>
                {a.brought_in && <Badge variant="light">comes from here</Badge>}
              </Group>
              {session.data?.user.id === a.user.id && (
                <Button size="compact-xs" variant="default" onClick={() => setLeaving(a)}>
                  Take out
                </Button>
              )}
            </Group>
            <Text fz="xs" c="dimmed">
              {fileKinds[a.file_kind]}
              {a.connected_on && ` since ${a.connected_on}`}, noted {formatDay(a.at)}
            </Text>
            <Text fz="xs" dir="auto" style={{ overflowWrap: 'anywhere' }}>
              {legalBases[a.basis]}: {a.evidence}
            </Text>
          </Stack>
        ))}
      </Stack>
      {leaving && (
        <Confirm opened title="Take them out of your network?" action="Take out" change={takeOut} onConfirm={() => confirm(leaving)} onClose={() => setLeaving(undefined)}>
          The profiles that came with them go, and the contact too where it came from you and the company has nothing else to do with it.
        </Confirm>
      )}
    </Card>
  );
}
