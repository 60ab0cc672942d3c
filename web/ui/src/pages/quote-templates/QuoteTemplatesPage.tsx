import { Button, Card, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { usePersonName } from '../../api/access';
import { useQuoteTemplates, type QuoteTemplate } from '../../api/sales';
import { Ago } from '../../components/Ago';
import { Icon } from '../../components/Icon';
import { May } from '../../components/May';
import { PageTitle } from '../../components/PageTitle';
import { Rows } from '../../components/Rows';
import { Empty, Loaded } from '../../components/states';
import { paperLanguages } from '../../vocabulary-crm';
import { ChangeTemplate, NewTemplate } from './TemplateForm';

/** How quotes look on paper. */
export default function QuoteTemplatesPage() {
  const templates = useQuoteTemplates();
  const [open, setOpen] = useState<QuoteTemplate | 'new' | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <PageTitle title="Quote templates" about="How quotes look on paper. On an opportunity, each quote is printed by the template that is chosen there; one that was sent keeps the version of that day.">
        <May grant="quote_template:create">
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen('new')}>
            New template
          </Button>
        </May>
      </PageTitle>
      <Loaded query={templates} what="templates" rows={2}>
        {({ items }) => (
          <Rows label="Templates" items={items} keyOf={(t) => t.id} empty={<Empty title="No template yet">Without one no quote can be printed.</Empty>}>
            {(t) => <TemplateRow template={t} onChange={() => setOpen(t)} />}
          </Rows>
        )}
      </Loaded>
      {open === 'new' && <NewTemplate onClose={close} />}
      {open && open !== 'new' && <ChangeTemplate template={open} onClose={close} />}
    </>
  );
}

function TemplateRow({ template: t, onChange }: { template: QuoteTemplate; onChange: () => void }) {
  const [opened, { toggle }] = useDisclosure();
  const by = usePersonName()(t.created_by);
  return (
    <Stack gap="xs" py="sm" data-testid="template">
      <Group justify="space-between" gap="xs">
        <Stack gap={2} miw={0} flex="1 1 12rem">
          <UnstyledButton onClick={toggle} aria-expanded={opened} aria-label={`Texts of ${t.name}`} fz="sm" fw={600} dir="auto" style={{ alignSelf: 'flex-start', overflowWrap: 'anywhere' }}>
            {t.name} <Icon name={opened ? 'up' : 'down'} size={12} style={{ verticalAlign: '-1px' }} />
          </UnstyledButton>
          <Text fz="xs" c="dimmed">
            {paperLanguages[t.language] ?? t.language}, {t.created_by ? <>version {t.version}, {by && `by ${by}`} <Ago time={t.created_at} /></> : 'as it was from the start'}
            {t.archived && ', archived'}
          </Text>
        </Stack>
        <May grant="quote_template:update">
          <Button size="xs" variant="default" onClick={onChange} aria-label={`Change ${t.name}`}>
            Change
          </Button>
        </May>
      </Group>
      {opened && <Paper template={t} />}
    </Stack>
  );
}

/** The texts in the order in which they are printed. */
function Paper({ template: t }: { template: QuoteTemplate }) {
  const texts: [text: string, dimmed: boolean][] = [[t.sender, false], [t.intro, false], ['The lines and what they come to', true], [t.closing, false], [t.footer, false]];
  return (
    <Card padding="sm" aria-label={`On paper: ${t.name}`}>
      <Stack gap="sm">
        {texts.map(
          ([text, dimmed], i) =>
            text && (
              <Text key={i} fz="sm" dir="auto" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }} {...(dimmed ? { c: 'dimmed', fs: 'italic' } : {})}>
                {text}
              </Text>
            ),
        )}
      </Stack>
    </Card>
  );
}
