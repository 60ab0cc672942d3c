// Taking part in a record: a territory is a guideline, never a wall.
import { Button, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useJoin, useParticipants, type OwnedRecord } from '../api/access';
import { useMay } from '../api/grants';
import { useSession } from '../api/queries';
import { recordName } from '../records';
import { Icon } from './Icon';
import { TextAsked } from './TextAsked';

interface Props {
  record: OwnedRecord;
}

/** Joins a record once the reason is given. */
function JoinButton({ record }: Props) {
  const join = useJoin(record);
  const [asked, { open, close }] = useDisclosure();
  const ask = () => {
    join.reset();
    open();
  };
  return (
    <>
      <Button variant="default" leftSection={<Icon name="plus" size={16} />} onClick={ask}>
        Join
      </Button>
      {asked && (
        <TextAsked
          title={`Join the ${recordName(record.type).toLowerCase()}`}
          about="Who joined may read it from then on, hears how its sale goes and may get credit for it. The reason stands in the audit log. It is not taken back."
          action="Join"
          change={join}
          onAnswer={(reason) => join.mutate(reason, { onSuccess: close })}
          onClose={close}
        />
      )}
    </>
  );
}

/** Offers to join a record to who takes no part in it yet. */
export function JoinOffer({ record }: Props) {
  const me = useSession().data?.user.id;
  const took = useParticipants(record).data?.items;
  if (!me || !took || took.some((p) => p.user_id === me)) return null;
  return <JoinButton record={record} />;
}

/** In the place of a record that is not there, or that somebody's roles do not show: a colleague may have given them its address. */
export function JoinUnseen({ record }: Props) {
  if (!useMay()(`${record.type}:read`)) return null;
  return (
    <Stack gap="sm" align="flex-start" mt="md">
      <Text fz="sm" c="dimmed">
        If there is one and your roles do not show it to you, join it, and say why.
      </Text>
      <JoinButton record={record} />
    </Stack>
  );
}
