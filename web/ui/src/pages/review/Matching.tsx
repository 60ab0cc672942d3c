import { Badge, Button, Card, Group, NumberInput, Stack, Switch, Table, TagsInput, Text, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useActivate, useJobs, useMatchSettings, useModels, usePrecision, useRequestJob, useSaveMatchSettings, type MatchModel, type MatchSettings } from '../../api/review';
import { Editing } from '../../components/Editing';
import { May } from '../../components/May';
import { Failed, Loaded } from '../../components/states';
import { formatNumber, formatPercent, formatTime } from '../../format';

/** How right the matcher was, how sure it has to be, and what it learned. */
export function Matching() {
  const settings = useMatchSettings();
  return (
    <Stack gap="md">
      <PrecisionCard />
      <Loaded query={settings} what="the settings" rows={3}>
        {(s) => <Editing read={s}>{(from, saved) => <SettingsCard settings={from} onSaved={saved} />}</Editing>}
      </Loaded>
      <ModelsCard />
    </Stack>
  );
}

function PrecisionCard() {
  const precision = usePrecision();
  return (
    <Card component="section" aria-label="Precision">
      <Title order={2}>Precision</Title>
      <Loaded query={precision} what="the precision" rows={3}>
        {(p) => (
          <>
            <Text fz="sm" c="dimmed" mb="xs">
              By {formatNumber(p.held_out)} of {formatNumber(p.labels)} decisions of people: the fifth that the matcher never learns from. In brackets, where the truth is with a confidence of 95 %.
            </Text>
            <Table.ScrollContainer minWidth={460} scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': 'Precision by band', role: 'group' } }}>
              <Table fz="sm">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Links</Table.Th>
                    <Table.Th>Now</Table.Th>
                    <Table.Th>Checked</Table.Th>
                    <Table.Th>Right</Table.Th>
                    <Table.Th>Expected</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {p.bands.map((b) => (
                    <Table.Tr key={b.name}>
                      <Table.Td>{b.name}</Table.Td>
                      <Table.Td>{formatNumber(b.links)}</Table.Td>
                      <Table.Td>{formatNumber(b.labels)}</Table.Td>
                      <Table.Td>{b.precision == null ? '–' : `${formatPercent(b.precision)} (${formatPercent(b.low)}–${formatPercent(b.high)})`}</Table.Td>
                      <Table.Td>{b.expected == null ? '–' : formatPercent(b.expected)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
            <Text fz="sm" c="dimmed" mt="xs">
              Expected at a threshold, of the links made so far:{' '}
              {p.thresholds.map((t) => `${t.threshold}: ${t.links ? formatPercent(t.precision) : '–'} of ${formatNumber(t.links)}`).join(' · ')}
            </Text>
          </>
        )}
      </Loaded>
    </Card>
  );
}

function SettingsCard({ settings, onSaved }: { settings: MatchSettings; onSaved: () => void }) {
  const save = useSaveMatchSettings(settings.version);
  const form = useForm({
    initialValues: {
      automatic: settings.automatic,
      review: settings.review,
      beyond_name: settings.beyond_name,
      runner_up: settings.runner_up,
      probability_off: settings.probability_off,
      probability_off_on: settings.probability_off_on,
    },
  });
  return (
    <Card component="section" aria-label="Settings">
      <Title order={2}>How sure it has to be</Title>
      <form onSubmit={form.onSubmit((values) => save.mutate(values, { onSuccess: onSaved }))}>
        <Stack gap="sm">
          <NumberInput label="Automatic from" description="Least probability of a link that nobody has to look at" min={0.9} max={1} step={0.0001} decimalScale={4} {...form.getInputProps('automatic')} />
          <NumberInput label="Review from" description="Below it nothing is kept" min={0.05} max={0.99} step={0.05} decimalScale={2} {...form.getInputProps('review')} />
          <NumberInput label="Beside the name" description="Bits that an automatic link needs beside the name" min={0} max={40} {...form.getInputProps('beyond_name')} />
          <NumberInput label="Runner-up" description="Bits by which the next contact has to be behind" min={0} max={40} {...form.getInputProps('runner_up')} />
          <Switch label="Only what proves links, nowhere a probability" {...form.getInputProps('probability_off', { type: 'checkbox' })} />
          <TagsInput label="Networks without probability" description="On X, matching needs consent or what the person gave or made public" {...form.getInputProps('probability_off_on')} />
          {save.error && <Failed error={save.error} />}
          <Group>
            <May grant="matching:update">
              <Button type="submit" size="xs" loading={save.isPending}>
                Save
              </Button>
            </May>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

function ModelsCard() {
  const models = useModels();
  const jobs = useJobs();
  const request = useRequestJob();
  const activate = useActivate();
  const job = jobs.data?.items.find((j) => j.kind === 'refit');
  const busy = job?.state === 'requested' || job?.state === 'running';
  return (
    <Card component="section" aria-label="Models">
      <Title order={2}>What it learned</Title>
      <Group gap="sm" my="xs">
        <May grant="matching:update">
          <Button size="xs" variant="light" disabled={busy} loading={request.isPending} onClick={() => request.mutate('refit')}>
            Learn anew
          </Button>
          <Button size="xs" variant="default" loading={activate.isPending} onClick={() => activate.mutate('built-in')}>
            Back to the built-in model
          </Button>
        </May>
        {job && (
          <Text fz="sm" c="dimmed" role="status">
            {busy ? `Learning, ${Math.round(job.progress * 100)} %` : job.result}
          </Text>
        )}
      </Group>
      {request.error && <Failed error={request.error} />}
      {activate.error && <Failed error={activate.error} />}
      <Loaded query={models} what="the models" rows={2}>
        {(data) =>
          data.items.length === 0 ? (
            <Text fz="sm" c="dimmed">
              The built-in model is used.
            </Text>
          ) : (
            <div className="rows">
              {data.items.map((m) => (
                <ModelRow key={m.id} model={m} busy={activate.isPending} onActivate={() => activate.mutate(m.id)} />
              ))}
            </div>
          )
        }
      </Loaded>
    </Card>
  );
}

function ModelRow({ model, busy, onActivate }: { model: MatchModel; busy: boolean; onActivate: () => void }) {
  const p = model.preview;
  return (
    <Stack gap={4} py="sm">
      <Group gap="xs">
        <Text fz="sm" fw={600}>
          {formatTime(model.created_at)}
        </Text>
        {model.active && <Badge color="brand">In use</Badge>}
      </Group>
      <Text fz="sm">
        Of {formatNumber(p.links)} links that nobody decided: {formatNumber(p.same)} as now, {formatNumber(p.confirm)} confirmed instead of suggested, {formatNumber(p.doubt)} to review, {formatNumber(p.drop)} dropped,{' '}
        {formatNumber(p.elsewhere)} to another contact. Calibration error {formatPercent(p.calibration_before)} now, {formatPercent(p.calibration_after)} with it, by {formatNumber(p.held_out)} decisions.
      </Text>
      {!model.active && (
        <Group>
          <May grant="matching:update">
            <Button size="compact-xs" variant="default" disabled={busy} onClick={onActivate}>
              Use it
            </Button>
          </May>
        </Group>
      )}
    </Stack>
  );
}
