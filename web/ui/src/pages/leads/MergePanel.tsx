import { Button, Card, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { usePersonName } from '../../api/access';
import { useLeadDuplicates, useLeadMerges, useUnmergeLead, type Candidate, type LeadMerge } from '../../api/leads';
import type { Lead } from '../../api/types';
import { Ago } from '../../components/Ago';
import { May } from '../../components/May';
import { RecordLink } from '../../components/RecordLink';
import { Failed, Loaded } from '../../components/states';
import { MergeForm } from './MergeForm';

/** The leads that may be the same as this one, and those that became part of it. */
export function MergePanel({ lead }: { lead: Lead }) {
  const [shown, setShown] = useState('');
  const close = () => setShown('');
  return (
    <Card component="section" aria-label="Duplicates">
      <Title order={2} mb="xs">
        Duplicates
      </Title>
      <Loaded query={useLeadDuplicates(lead)} what="duplicates" rows={1}>
        {(found) =>
          found.length === 0 ? (
            <Text fz="sm" c="dimmed">
              No other lead has the same address, number, profile, or name and company.
            </Text>
          ) : (
            <div className="rows">
              {found.map((c) => (
                <DuplicateRow key={c.record_id} duplicate={c} onShow={() => setShown(c.record_id)} />
              ))}
            </div>
          )
        }
      </Loaded>
      <Loaded query={useLeadMerges(lead.id)} what="merges" rows={1}>
        {({ items }) => (
          <div className="rows">
            {items.map((m) => (
              <MergeRow key={m.id} merge={m} lead={lead.id} />
            ))}
          </div>
        )}
      </Loaded>
      <Modal opened={shown !== ''} onClose={close} title="Merge" size="lg">
        {shown && <MergeForm lead={lead} other={shown} onDone={close} />}
      </Modal>
    </Card>
  );
}

function DuplicateRow({ duplicate: d, onShow }: { duplicate: Candidate; onShow: () => void }) {
  const name = d.name || 'A lead without a name';
  return (
    <Group justify="space-between" gap="xs" py="xs" data-testid="duplicate">
      <Stack gap={0} miw={0} flex="1 1 10rem">
        <Text fz="sm" fw={600} component="div" style={{ overflowWrap: 'anywhere' }}>
          {d.hidden ? 'One that you may not see' : <RecordLink type="lead" id={d.record_id}>{name}</RecordLink>}
        </Text>
        <Text fz="xs" c="dimmed">
          {(d.reasons ?? []).join(', ')}
        </Text>
      </Stack>
      {!d.hidden && (
        <May grant="lead:merge">
          <Button size="compact-xs" variant="light" onClick={onShow} aria-label={`Look and merge: ${name}`}>
            Look and merge
          </Button>
        </May>
      )}
    </Group>
  );
}

const by = (name: string) => name && `by ${name}`;

/** A merge, seen from either of its leads. */
function MergeRow({ merge: m, lead }: { merge: LeadMerge; lead: string }) {
  const unmerge = useUnmergeLead();
  const personOf = usePersonName();
  const name = m.loser_name || 'A lead without a name';
  return (
    <Stack gap={4} py="xs" data-testid="merge">
      <Text fz="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
        {m.winner_id === lead ? (
          `${name} became part of this lead`
        ) : (
          <>
            This lead became part of <RecordLink type="lead" id={m.winner_id}>another</RecordLink>
          </>
        )}
      </Text>
      <Group gap="xs">
        <Text fz="xs" c="dimmed">
          {by(personOf(m.merged_by))} <Ago time={m.merged_at} />
          {m.reason && `, ${m.reason}`}
        </Text>
        {m.unmerged_at ? (
          <Text fz="xs" c="dimmed">
            taken apart {by(personOf(m.unmerged_by))} <Ago time={m.unmerged_at} />
          </Text>
        ) : (
          <May grant="lead:merge">
            <Button size="compact-xs" variant="default" loading={unmerge.isPending} onClick={() => unmerge.mutate(m.id)} aria-label={`Take apart: ${name}`}>
              Take apart
            </Button>
          </May>
        )}
      </Group>
      {unmerge.error && <Failed error={unmerge.error} />}
    </Stack>
  );
}
