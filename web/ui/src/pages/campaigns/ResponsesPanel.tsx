import { Alert, Button, Card, FileInput, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useImportResponses, useResponses, type ResponseFile } from '../../api/campaigns';
import { May } from '../../components/May';
import { RecordLink } from '../../components/RecordLink';
import { Empty, Failed, Listed } from '../../components/states';
import { formatNumber, formatTime } from '../../format';
import { responseKinds } from '../../vocabulary-crm';

/** Who responded, and a file of those who did. */
export function ResponsesPanel({ id }: { id: string }) {
  return (
    <Stack gap="md">
      <May grant="campaign:update">
        <ImportPanel id={id} />
      </May>
      <Listed list={useResponses(id)} what="Responses" keyOf={(r) => r.id} empty={<Empty title="No responses yet">Import a file, or let another system send them.</Empty>}>
        {(r) => (
          <Group justify="space-between" py="sm" gap="xs" align="flex-start">
            <Stack gap={0} miw={0} flex="1 1 12rem">
              <RecordLink type={r.record_type} id={r.record_id} fw={600} style={{ overflowWrap: 'anywhere' }}>
                {r.record_name || 'Somebody'}
              </RecordLink>
              <Text fz="xs" c="dimmed" dir="auto">
                {[responseKinds[r.response] ?? r.response, r.channel, r.subject].filter(Boolean).join(' · ')}
              </Text>
            </Stack>
            <Text fz="xs" c="dimmed">
              {r.done_at && formatTime(r.done_at)}
            </Text>
          </Group>
        )}
      </Listed>
    </Stack>
  );
}

function ImportPanel({ id }: { id: string }) {
  const [file, setFile] = useState<File | null>(null);
  const load = useImportResponses(id);
  const run = (dryRun: boolean) => file && load.mutate({ file, dryRun });
  return (
    <Card component="section" aria-label="Import responses">
      <Title order={2}>Import responses</Title>
      <Text fz="sm" c="dimmed" mb="xs">
        A CSV file whose header names e-mail, name, response, channel, date … in English or German. What was imported before changes nothing.
      </Text>
      <Group align="flex-end" gap="sm">
        <FileInput label="File" placeholder="Choose a CSV file" accept=".csv,text/csv" value={file} onChange={(f) => { load.reset(); setFile(f); }} clearable flex="1 1 14rem" clearButtonProps={{ 'aria-label': 'Take the file away' }} />
        <Button variant="default" disabled={!file} loading={load.isPending && load.variables?.dryRun === true} onClick={() => run(true)}>
          Try it
        </Button>
        <Button disabled={!file} loading={load.isPending && load.variables?.dryRun === false} onClick={() => run(false)}>
          Import
        </Button>
      </Group>
      {load.error && <Failed error={load.error} />}
      {load.data && <Report report={load.data} dryRun={load.variables?.dryRun ?? false} />}
    </Card>
  );
}

function Report({ report: r, dryRun }: { report: ResponseFile; dryRun: boolean }) {
  const save = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([r.errors], { type: 'text/csv' }));
    link.download = 'refused.csv';
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Alert mt="sm" variant="light" color={r.refused > 0 ? 'caution' : 'brand'} title={dryRun ? 'What would happen' : 'Imported'} role="status">
      <Stack gap="xs" align="flex-start">
        <Text fz="sm">
          {formatNumber(r.read)} rows: {formatNumber(r.created)} new, {formatNumber(r.unchanged)} known, {formatNumber(r.refused)} refused; {formatNumber(r.opened)} leads {dryRun ? 'would open' : 'opened'}.
          {(r.ignored ?? []).length > 0 && ` Left out: ${(r.ignored ?? []).join(', ')}.`}
        </Text>
        {(r.refusals ?? []).slice(0, 5).map((refusal) => (
          <Text key={refusal.line} fz="xs">
            Line {refusal.line}
            {refusal.column && `, ${refusal.column}`}: {refusal.reason}
          </Text>
        ))}
        {r.errors && (
          <Button size="xs" variant="default" onClick={save}>
            Save the refused rows
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
