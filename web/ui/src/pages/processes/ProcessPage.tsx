import { Button, Card, Fieldset, Group, NativeSelect, NumberInput, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { Problem } from '../../api/client';
import { useMay } from '../../api/grants';
import { useProcesses, useSaveProcess, type Process, type ProcessFields, type Stage } from '../../api/processes';
import { Icon } from '../../components/Icon';
import { LoadedPage } from '../../components/LoadedPage';
import { changed, moved, without } from '../../components/ordered';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Failed } from '../../components/states';
import { useOpened } from '../../components/useOpened';
import { StageCard } from './StageCard';

const up = { to: '/processes', name: 'Processes' };

/** One process; a new one begins empty, or as a copy. */
export default function ProcessPage() {
  const { id = '' } = useParams();
  const [params] = useSearchParams();
  const isNew = id === 'new';
  const from = isNew ? (params.get('from') ?? '') : id;
  return (
    <LoadedPage query={useProcesses()} title="Process" up={up}>
      {({ items }) => {
        const found = items.find((p) => p.id === from);
        if (!isNew && !found) {
          return (
            <>
              <PageTitle title="No such process" up={up} />
              <Card>
                <Empty title="There is no such process">
                  <Link to="/processes">All processes</Link>
                </Empty>
              </Card>
            </>
          );
        }
        return <Form key={`${id} ${from}`} from={found} isNew={isNew} others={items.filter((p) => p.id !== found?.id || isNew)} />;
      }}
    </LoadedPage>
  );
}

interface FormProps {
  from: Process | undefined;
  isNew: boolean;
  others: Process[];
}

/** A stage that is being edited; key tells it from others while its name changes. */
export interface Draft extends Stage {
  key: string;
}

/** The stage as it is saved. */
function stageOf(draft: Draft): Stage {
  const { key, ...stage } = draft;
  return key ? stage : draft;
}

const keyed = (s: Stage): Draft => ({ ...s, key: crypto.randomUUID() });

function Form({ from: read, isNew, others }: FormProps) {
  const from = useOpened(read);
  const save = useSaveProcess(isNew ? undefined : from);
  const navigate = useNavigate();
  const readOnly = !useMay()(isNew ? 'process:create' : 'process:update');
  const [name, setName] = useState(isNew && from ? `${from.name}, copy` : (from?.name ?? ''));
  const [when, setWhen] = useState(from?.when ?? '');
  const [rank, setRank] = useState<number | string>(from?.rank ?? 0);
  const [enabled, setEnabled] = useState(from?.enabled ?? true);
  const [startOn, setStartOn] = useState<NonNullable<ProcessFields['start_on']>>((from?.start_on as 'won' | undefined) ?? '');
  const [stages, setStages] = useState<Draft[]>(() => (from?.stages ?? [{ name: 'Qualify', phase: 'open', probability: 10, forecast: 'pipeline' }]).map(keyed));
  const told = save.error instanceof Problem ? save.error.fields : {};
  const submit = (e: React.FormEvent) => {
    e.preventDefault();
    const body: ProcessFields = { name, when, rank: Number(rank) || 0, enabled, start_on: startOn, stages: stages.map(stageOf) };
    save.mutate(body, { onSuccess: () => void navigate('/processes') });
  };
  return (
    <>
      <PageTitle title={isNew ? 'New process' : (from?.name ?? '')} up={up} about={isNew ? 'Opportunities that are opened from now on may follow it.' : `Version ${from?.version ?? 1}. Saving makes a new one; what is under way stays on its own.`} />
      <form onSubmit={submit}>
        <Stack gap="md">
          <Card component="section" aria-label="The process">
            <Fieldset variant="unstyled" disabled={readOnly}>
              <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
                <TextInput label="Name" required maxLength={200} value={name} error={told.name} onChange={(e) => setName(e.currentTarget.value)} />
                <NativeSelect
                  label="It starts"
                  value={startOn}
                  onChange={(e) => setStartOn(e.currentTarget.value as typeof startOn)}
                  data={[
                    { value: '', label: 'with new opportunities' },
                    { value: 'won', label: 'beside each that is won' },
                    { value: 'lost', label: 'beside each that is lost' },
                    { value: 'quote', label: 'beside each that is quoted' },
                  ]}
                />
                <TextInput label="For opportunities (CEL)" description="Empty: for all" value={when} error={told.when} onChange={(e) => setWhen(e.currentTarget.value)} />
                <NumberInput label="Rank" description="Of several that fit, the highest is chosen" allowDecimal={false} value={rank} onChange={setRank} />
              </SimpleGrid>
              <Switch mt="sm" label="New opportunities may follow it" checked={enabled} onChange={(e) => setEnabled(e.currentTarget.checked)} />
            </Fieldset>
          </Card>
          {stages.map((s, i) => (
            <StageCard
              key={s.key}
              stage={s}
              at={i}
              length={stages.length}
              names={stages.map((o) => o.name)}
              others={others}
              readOnly={readOnly}
              onChange={(part) => setStages(changed(stages, i, part))}
              onMove={(to) => setStages(moved(stages, i, to))}
              onRemove={() => setStages(without(stages, i))}
            />
          ))}
          {save.error && <Failed error={save.error} />}
          <Group justify="space-between">
            {!readOnly && (
              <Button variant="default" leftSection={<Icon name="plus" size={16} />} onClick={() => setStages([...stages, keyed({ name: '', phase: 'open' })])}>
                New stage
              </Button>
            )}
            <Group gap="sm">
              <Button component={Link} to="/processes" variant="default">
                {readOnly ? 'Back' : 'Cancel'}
              </Button>
              {!readOnly && (
                <Button type="submit" loading={save.isPending}>
                  Save
                </Button>
              )}
            </Group>
          </Group>
        </Stack>
      </form>
    </>
  );
}
