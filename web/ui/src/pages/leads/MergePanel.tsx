import { Button, Card, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useLeadDuplicates, useLeadMerges, useUnmergeLead, type Candidate, type LeadMerge as MergeOfLeads } from '../../api/leads';
import type { Lead } from '../../api/types';
import { May } from '../../components/May';
import { MergeRow } from '../../components/MergeRow';
import { RecordLink } from '../../components/RecordLink';
import { Loaded } from '../../components/states';
import { LeadMerge } from './LeadMerge';

const nameless = 'A lead without a name';

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
              <Merged key={m.id} merge={m} lead={lead.id} />
            ))}
          </div>
        )}
      </Loaded>
      <Modal opened={shown !== ''} onClose={close} title="Merge" size="lg">
        {shown && <LeadMerge lead={lead} other={shown} onDone={close} />}
      </Modal>
    </Card>
  );
}

function DuplicateRow({ duplicate: d, onShow }: { duplicate: Candidate; onShow: () => void }) {
  const name = d.name || nameless;
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

function Merged({ merge, lead }: { merge: MergeOfLeads; lead: string }) {
  return <MergeRow type="lead" merge={merge} name={merge.loser_name || nameless} here={lead} unmerge={useUnmergeLead()} />;
}
