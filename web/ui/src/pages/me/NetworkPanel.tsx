import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useNetwork, useTakeOut } from '../../api/network';
import { RecordLink } from '../../components/RecordLink';
import { Empty, Failed, Listed } from '../../components/states';
import { fileKinds } from '../../vocabulary-crm';

/** Whom one brought in, or was found to know, each to be taken out again. */
export function NetworkPanel() {
  const network = useNetwork();
  const takeOut = useTakeOut();
  const [stays, setStays] = useState('');
  const remove = (id: string, name: string) => takeOut.mutate(id, { onSuccess: (out) => setStays(out.contact ? '' : `${name} stays on file: ${out.stays}.`) });
  return (
    <Stack gap="sm">
      {takeOut.error && <Failed error={takeOut.error} />}
      {stays && (
        <Text fz="sm" role="status">
          {stays}
        </Text>
      )}
      <Listed
        list={network}
        what="Your network"
        keyOf={(k) => k.id}
        empty={
          <Empty title="Nobody yet">
            Bring in whom you know from LinkedIn or address cards on the page{' '}
            <Anchor component={Link} to="/imports" fz="sm">
              Imports
            </Anchor>
            .
          </Empty>
        }
      >
        {(k) => {
          const name = k.name || 'A contact whom your roles do not show';
          return (
            <Group justify="space-between" wrap="nowrap" py="sm" data-testid="known">
              <Stack gap={2} miw={0}>
                <Text fz="sm" fw={600} dir="auto" style={{ overflowWrap: 'anywhere' }}>
                  {k.name ? (
                    <RecordLink type="contact" id={k.contact_id}>
                      {name}
                    </RecordLink>
                  ) : (
                    name
                  )}
                </Text>
                <Text fz="xs" c="dimmed">
                  {fileKinds[k.file_kind]}
                  {k.connected_on && ` since ${k.connected_on}`}
                  {k.brought_in ? ', brought in by you' : ', was on file'}
                </Text>
              </Stack>
              <Button size="xs" variant="default" style={{ flexShrink: 0 }} loading={takeOut.isPending && takeOut.variables === k.id} onClick={() => remove(k.id, name)} aria-label={`Take out ${name}`}>
                Take out
              </Button>
            </Group>
          );
        }}
      </Listed>
    </Stack>
  );
}
