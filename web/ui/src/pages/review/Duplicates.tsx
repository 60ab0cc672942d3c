import { Button, Group, Modal, Radio, Stack, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { usePersonName } from '../../api/access';
import { useDismissDuplicate, useDuplicates, useJobs, useMerge, useMergePreview, useMerges, useRequestJob, useUnmerge, type Duplicate, type Merge, type MergePreview } from '../../api/review';
import { May } from '../../components/May';
import { MergeFoot } from '../../components/MergeFoot';
import { Empty, Failed, Listed, Loaded } from '../../components/states';
import { formatProbability } from '../../format';

/** Contacts that may be one person, and merges that can be taken back. */
export function Duplicates() {
  const list = useDuplicates();
  const merges = useMerges();
  const [shown, setShown] = useState<Duplicate | null>(null);
  return (
    <Stack gap="lg">
      <May grant="matching:read">
        <Search />
      </May>
      <Listed list={list} what="Duplicates" keyOf={(d) => d.winner.id + d.loser.id} empty={<Empty title="No duplicates">Search for contacts that may be one person.</Empty>}>
        {(d) => <DuplicateRow duplicate={d} onShow={() => setShown(d)} />}
      </Listed>
      <Title order={2}>Merges</Title>
      <Listed list={merges} what="Merges" keyOf={(m) => m.id} empty={<Empty title="No merges">A merge can be taken back here.</Empty>}>
        {(m) => <MergeRow merge={m} />}
      </Listed>
      <Modal opened={shown !== null} onClose={() => setShown(null)} title="Merge" size="lg">
        {shown && <MergeForm winner={shown.winner.id} loser={shown.loser.id} onDone={() => setShown(null)} />}
      </Modal>
    </Stack>
  );
}

function Search() {
  const jobs = useJobs();
  const request = useRequestJob();
  const job = jobs.data?.items.find((j) => j.kind === 'duplicates');
  const busy = job?.state === 'requested' || job?.state === 'running';
  return (
    <Group gap="sm">
      <May grant="matching:update">
        <Button size="xs" variant="light" loading={request.isPending} disabled={busy} onClick={() => request.mutate('duplicates')}>
          Search for duplicates
        </Button>
      </May>
      {job && (
        <Text fz="sm" c="dimmed" role="status">
          {busy ? `Searching, ${Math.round(job.progress * 100)} %` : job.result}
        </Text>
      )}
      {request.error && <Failed error={request.error} />}
    </Group>
  );
}

function DuplicateRow({ duplicate, onShow }: { duplicate: Duplicate; onShow: () => void }) {
  const dismiss = useDismissDuplicate();
  const about = (c: Duplicate['winner']) => [c.name, c.company, c.email].filter(Boolean).join(' · ');
  return (
    <Stack gap={4} py="sm">
      <Text fz="sm">{about(duplicate.winner)}</Text>
      <Text fz="sm">{about(duplicate.loser)}</Text>
      <Group gap="xs">
        <Text fz="xs" c="dimmed">
          {formatProbability(duplicate.probability)}
        </Text>
        <May grant="contact:merge">
          <Button size="compact-xs" variant="light" onClick={onShow}>
            Look and merge
          </Button>
          <Button size="compact-xs" variant="default" loading={dismiss.isPending} onClick={() => dismiss.mutate(duplicate)}>
            Two people
          </Button>
        </May>
      </Group>
      {dismiss.error && <Failed error={dismiss.error} />}
    </Stack>
  );
}

/** What a merge would come to, and the merge. The direction can be turned round, and of each field either value chosen. */
export function MergeForm({ winner, loser, onDone }: { winner: string; loser: string; onDone: () => void }) {
  const [turned, setTurned] = useState(false);
  const [take, setTake] = useState<string[]>([]);
  const preview = useMergePreview(turned ? loser : winner, turned ? winner : loser, take);
  const merge = useMerge();
  return (
    <Loaded query={preview} what="what would change" rows={3}>
      {(p) => (
        <Stack gap="md">
          <Text fz="sm">
            {p.loser.name} becomes part of {p.winner.name}. {p.proposed ? 'The older contact wins, unless the other says much more.' : 'The proposed direction is the other one.'}
          </Text>
          <Fields preview={p} take={take} onTake={(field, yes) => setTake(yes ? [...take, field].sort() : take.filter((f) => f !== field))} />
          <Text fz="sm">
            {Object.entries(p.moves)
              .map(([what, n]) => `${n} ${what}`)
              .join(', ')}{' '}
            go over. It can be taken back.
          </Text>
          {merge.error && <Failed error={merge.error} />}
          <Group justify="flex-end">
            <Button
              variant="default"
              onClick={() => {
                setTurned(!turned);
                setTake([]);
              }}
            >
              Turn round
            </Button>
            <Button loading={merge.isPending} onClick={() => merge.mutate({ winner: p.winner, loser: p.loser, take }, { onSuccess: onDone })}>
              Merge
            </Button>
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}

const fields = ['first_name', 'last_name', 'display_name', 'company', 'job_title', 'email', 'phone', 'postal_code', 'city', 'country', 'url', 'relationship', 'external_id'] as const;

interface FieldsProps {
  preview: MergePreview;
  take: string[];
  onTake: (field: string, yes: boolean) => void;
}

/** The fields of both. Where both say something, and not the same, either can be chosen. */
function Fields({ preview, take, onTake }: FieldsProps) {
  const personOf = usePersonName();
  const owner = ({ owner_id: id }: { owner_id?: string }) => id && (personOf(id) || 'somebody');
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table fz="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Field</Table.Th>
            <Table.Th>Stays</Table.Th>
            <Table.Th>Goes over</Table.Th>
            <Table.Th>Afterwards</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {fields
            .filter((f) => preview.winner[f] || preview.loser[f])
            .map((f) => (
              <Table.Tr key={f}>
                <Table.Th scope="row" fw={400}>
                  {f.replace('_', ' ')}
                </Table.Th>
                <Table.Td>
                  <Choice field={f} value={preview.winner[f]} other={preview.loser[f]} chosen={!take.includes(f)} onChoose={() => onTake(f, false)} />
                </Table.Td>
                <Table.Td>
                  <Choice field={f} value={preview.loser[f]} other={preview.winner[f]} chosen={take.includes(f)} onChoose={() => onTake(f, true)} />
                </Table.Td>
                <Table.Td fw={preview.filled[f] ? 600 : 400}>{preview.merged[f]}</Table.Td>
              </Table.Tr>
            ))}
          {(preview.winner.owner_id || preview.loser.owner_id) && (
            <Table.Tr>
              <Table.Th scope="row" fw={400}>
                owner
              </Table.Th>
              <Table.Td>{owner(preview.winner)}</Table.Td>
              <Table.Td>{owner(preview.loser)}</Table.Td>
              <Table.Td fw={preview.filled.owner_id ? 600 : 400}>{owner(preview.merged)}</Table.Td>
            </Table.Tr>
          )}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface ChoiceProps {
  field: string;
  value: string;
  other: string;
  chosen: boolean;
  onChoose: () => void;
}

function Choice({ field, value, other, chosen, onChoose }: ChoiceProps) {
  if (!value || !other || value === other) return <>{value}</>;
  return <Radio size="xs" name={`merge ${field}`} label={value} aria-label={`${field.replace('_', ' ')}: ${value}`} checked={chosen} onChange={onChoose} />;
}

function MergeRow({ merge }: { merge: Merge }) {
  const unmerge = useUnmerge();
  return (
    <Stack gap={4} py="sm">
      <Text fz="sm">
        {merge.loser.name} became part of {merge.winner.name || 'a contact that is gone'}
      </Text>
      <MergeFoot merge={merge} who={`${merge.merged_by},`} undoneBy={`by ${merge.unmerged_by},`} grant="contact:merge" unmerge={unmerge} />
    </Stack>
  );
}
