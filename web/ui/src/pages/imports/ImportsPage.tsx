import { Alert, Badge, Button, Card, Checkbox, FileInput, Group, Progress, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { address } from '../../api/client';
import { headerOf, underWay, useDeleteImport, useImports, useImportTypes, useSendImport } from '../../api/imports';
import type { Import, ImportKind, NetworkBasis } from '../../api/types';
import { Icon } from '../../components/Icon';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Failed, Listed, Loaded } from '../../components/states';
import { formatNumber, formatTime } from '../../format';
import { options } from '../../vocabulary';
import { importStates, importTypes } from '../../vocabulary-crm';
import { Ground } from './Ground';
import { MapColumns } from './MapColumns';
import { Report } from './Report';

/** Files with contacts, leads, accounts or one's own network: what would happen, what did, and what was refused. */
export default function ImportsPage() {
  const imports = useImports();
  return (
    <>
      <PageTitle title="Imports" about="Contacts, leads and accounts from CSV files, and whom you know from LinkedIn or address cards. Check a file first: that changes nothing." />
      <SendForm />
      <Listed list={imports} what="Imports" keyOf={(i) => i.id} empty={<Empty title="No file yet">What you send stands here, with its progress and what was refused.</Empty>}>
        {(i) => <Row job={i} />}
      </Listed>
    </>
  );
}

function SendForm() {
  const [type, setType] = useState<ImportKind>('contact');
  const [file, setFile] = useState<File | null>(null);
  const [header, setHeader] = useState<string[]>([]);
  const [map, setMap] = useState<Record<string, string>>({});
  const [allOrNothing, setAllOrNothing] = useState(false);
  const [basis, setBasis] = useState<NetworkBasis>('legitimate-interest');
  const [evidence, setEvidence] = useState('');
  const types = useImportTypes();
  const sending = useSendImport();
  const network = type === 'network';
  const ready = file !== null && (!network || evidence.trim() !== '');
  const choose = (chosen: File | null) => {
    setFile(chosen);
    setMap({});
    setHeader([]);
    sending.reset();
    if (chosen) headerOf(chosen).then(setHeader, () => setHeader([]));
  };
  const start = (dryRun: boolean) => ready && sending.mutate({ type, file, dryRun, allOrNothing, map: network ? {} : map, ...(network ? { ground: { basis, evidence } } : {}) });
  return (
    <Card mb="md">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          start(true);
        }}
      >
        <Stack gap="sm">
          {sending.error && <Failed error={sending.error} />}
          <Group align="flex-start" grow preventGrowOverflow={false} wrap="wrap">
            <Select label="What is in it" miw={160} allowDeselect={false} value={type} onChange={(v) => setType((v ?? 'contact') as ImportKind)} data={options(importTypes)} />
            <FileInput
              label="File"
              description={
                network
                  ? 'Connections.csv from LinkedIn (Settings, Data privacy, Get a copy of your data), or address cards (.vcf)'
                  : 'CSV with a header, up to 256 MB; comma, semicolon or tab; UTF-8, UTF-16 or Windows'
              }
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              miw={220}
              placeholder="Choose a file"
              accept={network ? '.csv,.vcf,.vcard,text/csv,text/vcard' : '.csv,.txt,.tsv,text/csv'}
              clearable
              clearButtonProps={{ 'aria-label': 'Take the file out' }}
              value={file}
              onChange={choose}
            />
          </Group>
          {network && <Ground basis={basis} evidence={evidence} onBasis={setBasis} onEvidence={setEvidence} />}
          <Loaded query={types} what="the fields" rows={1}>
            {(data) => (header.length > 0 && !network ? <MapColumns header={header} fields={data.items.find((t) => t.type === type)?.fields ?? []} map={map} onChange={setMap} /> : null)}
          </Loaded>
          <Checkbox label="All or nothing: import nothing when a row is refused" checked={allOrNothing} onChange={(e) => setAllOrNothing(e.currentTarget.checked)} />
          <Group>
            <Button type="submit" variant="default" disabled={!ready} loading={sending.isPending && sending.variables.dryRun}>
              Check
            </Button>
            <Button disabled={!ready} loading={sending.isPending && !sending.variables.dryRun} onClick={() => start(false)}>
              Import
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

function Row({ job }: { job: Import }) {
  const remove = useDeleteImport();
  const { report: r } = job;
  const going = underWay(job);
  return (
    <Stack gap="xs" py="sm" data-testid="import">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Stack gap={2} miw={0}>
          <Group gap="xs">
            <Text fw={600} fz="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>
              {job.file}
            </Text>
            <Badge size="sm" variant="light" color={job.state === 'failed' ? 'negative' : job.state === 'done' ? 'positive' : undefined}>
              {importStates[job.state]}
            </Badge>
            {job.dry_run && <Badge size="sm" variant="outline">only checked</Badge>}
          </Group>
          <Text fz="xs" c="dimmed">
            {importTypes[job.type]}, {formatTime(job.requested_at)}
          </Text>
        </Stack>
        <Button size="xs" variant="default" loading={remove.isPending} onClick={() => remove.mutate(job.id)} aria-label={`${going ? 'Stop' : 'Forget'} ${job.file}`}>
          {going ? 'Stop' : 'Forget'}
        </Button>
      </Group>
      {remove.error && <Failed error={remove.error} />}
      {going && (
        <>
          <Progress value={job.size ? (100 * job.taken) / job.size : 0} aria-label={`Progress of ${job.file}`} animated />
          <Text fz="xs" c="dimmed" role="status">
            {formatNumber(r.read)} rows read
          </Text>
        </>
      )}
      {job.problem && (
        <Alert color="negative" variant="light" role="alert">
          <Text fz="sm">{job.problem}</Text>
        </Alert>
      )}
      {!going && <Report report={r} dryRun={job.dry_run} />}
      {!going && r.refused > 0 && (
        <Group>
          <Button size="xs" variant="default" component="a" href={address('/imports/{id}/refusals.csv', { id: job.id })} download leftSection={<Icon name="down" size={14} />}>
            Refused rows as CSV
          </Button>
          <Text fz="xs" c="dimmed">
            Correct them there and import that file.
          </Text>
        </Group>
      )}
    </Stack>
  );
}
