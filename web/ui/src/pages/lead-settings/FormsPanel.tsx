import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { useLeadForms, useRotateFormSecret, type LeadFormView } from '../../api/leadSettings';
import { Confirm } from '../../components/Confirm';
import { Icon } from '../../components/Icon';
import { Empty, Listed } from '../../components/states';
import { EmbedCode } from './EmbedCode';
import { FormForm } from './FormForm';

/** Forms on the company's pages, and other systems, that let leads in. */
export function FormsPanel() {
  const forms = useLeadForms();
  const may = useMay();
  const [open, setOpen] = useState<LeadFormView | 'new'>();
  const [renewing, setRenewing] = useState<LeadFormView>();
  const rotate = useRotateFormSecret();
  const [shown, setShown] = useState<{ form: LeadFormView; secret: string }>();
  return (
    <>
      {may('lead_form:create') && (
        <Button mb="md" leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen('new')}>
          New form
        </Button>
      )}
      <Listed list={forms} what="Forms" keyOf={(f) => f.id} empty={<Empty title="No form yet">A form on your own page, or a system of yours, sends leads by it.</Empty>}>
        {(f) => (
          <Group justify="space-between" py="sm" gap="xs">
            <Stack gap={2} miw={0} flex="1 1 12rem">
              <Group gap={6}>
                <Text fz="sm" fw={600} dir="auto">
                  {f.name}
                </Text>
                <Badge variant="light" color={f.active ? 'brand' : 'gray'}>
                  {f.active ? 'open' : 'closed'}
                </Badge>
                {f.signed && <Badge variant="outline">signed</Badge>}
              </Group>
              <Text fz="xs" c="dimmed">
                {[f.campaign && `campaign ${f.campaign}`, f.product, f.origins.length > 0 ? f.origins.join(', ') : 'from any site'].filter(Boolean).join(' · ')}
              </Text>
            </Stack>
            <Group gap="xs">
              <Button size="xs" variant="default" onClick={() => setShown({ form: f, secret: '' })} aria-label={`Use ${f.name}`}>
                Use
              </Button>
              {f.signed && may('lead_form:update') && (
                <Button size="xs" variant="default" onClick={() => setRenewing(f)} aria-label={`New secret of ${f.name}`}>
                  New secret
                </Button>
              )}
              {may('lead_form:update') && (
                <Button size="xs" variant="default" onClick={() => setOpen(f)} aria-label={`Change ${f.name}`}>
                  Change
                </Button>
              )}
            </Group>
          </Group>
        )}
      </Listed>
      {open && (
        <FormForm
          key={open === 'new' ? 'new' : open.id}
          form={open === 'new' ? undefined : open}
          onClose={() => setOpen(undefined)}
          onSaved={(form, secret) => {
            setOpen(undefined);
            if (open === 'new' || secret) setShown({ form, secret });
          }}
        />
      )}
      {renewing && (
        <Confirm
          opened
          title={`A new secret of ${renewing.name}?`}
          action="New secret"
          change={rotate}
          onClose={() => setRenewing(undefined)}
          onConfirm={() =>
            rotate.mutate(renewing.id, {
              onSuccess: ({ secret }) => {
                setRenewing(undefined);
                setShown({ form: renewing, secret });
              },
            })
          }
        >
          What is signed with the old one is refused from then on.
        </Confirm>
      )}
      {shown && <EmbedCode form={shown.form} secret={shown.secret} onClose={() => setShown(undefined)} />}
    </>
  );
}
