import { Alert, Button, Card, Code, Group, NumberInput, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { usePreview } from '../../api/changes';
import type { IncidentKind, Preview } from '../../api/types';
import { MonitorSelect } from '../../components/MonitorSelect';
import { Failed } from '../../components/states';
import { formatTime } from '../../format';
import { incidentKinds, options } from '../../vocabulary';

/** Which routes and channels an example would take, and what it would say. */
export function PreviewPanel() {
  const [monitor, setMonitor] = useState('');
  const [kind, setKind] = useState<IncidentKind>('firestorm');
  const [severity, setSeverity] = useState(3);
  const preview = usePreview();
  return (
    <Card component="section" aria-label="Preview">
      <Title order={2} mb="xs">
        Preview
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 4 }} spacing="sm" style={{ alignItems: 'end' }}>
        <MonitorSelect label="Monitor" value={monitor} onChange={setMonitor} />
        <Select label="Kind" value={kind} onChange={(v) => setKind((v ?? 'firestorm') as IncidentKind)} data={options(incidentKinds)} allowDeselect={false} />
        <NumberInput label="Severity" min={0} max={6} clampBehavior="strict" allowDecimal={false} value={severity} onChange={(v) => setSeverity(Number(v) || 0)} />
        <Button loading={preview.isPending} onClick={() => preview.mutate({ monitor_id: monitor, kind, severity, type: 'incident', state: 'open' })}>
          Show
        </Button>
      </SimpleGrid>
      <Stack gap="md" mt="md" role="status">
        {preview.error && <Failed error={preview.error} />}
        {preview.data?.items.map((p, i) => <PreviewOf key={i} preview={p} />)}
      </Stack>
    </Card>
  );
}

const reasons: Record<string, string> = { quiet: 'after the quiet hours', group: 'with others of its group', escalation: 'unless somebody acknowledges' };

function PreviewOf({ preview }: { preview: Preview }) {
  return (
    <div data-testid="preview">
      <Text fw={600}>{preview.route ? `Route ${preview.route}` : 'No route matches: everybody is told'}</Text>
      {preview.told.length === 0 && <Text fz="sm">Nobody is told.</Text>}
      {preview.told.map((t, i) => (
        <Group key={i} gap="xs">
          <Text fz="sm">
            {t.channel} ({t.kind}), {formatTime(t.at)}
            {t.held && `, ${reasons[t.held] ?? t.held}`}
          </Text>
        </Group>
      ))}
      {preview.template_error && (
        <Alert color="negative" variant="light" my="xs">
          <Text fz="sm">{preview.template_error}</Text>
        </Alert>
      )}
      <Code block mt="xs" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {`${preview.title}\n\n${preview.text}`}
      </Code>
    </div>
  );
}
