import { Button, Grid, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import type { MentionRule } from '../../api/types';
import { Icon } from '../../components/Icon';
import { May } from '../../components/May';
import { MonitorSelect } from '../../components/MonitorSelect';
import { PageTitle } from '../../components/PageTitle';
import { useFilter } from '../../components/useFilter';
import { AlertsPanel } from './AlertsPanel';
import { RuleForm } from './RuleForm';
import { RulesPanel } from './RulesPanel';

/** Rules by which a single mention alerts, and the mentions that met one. */
export default function MentionAlertsPage() {
  const [filter, setFilter] = useFilter('monitor');
  const [opened, { open, close }] = useDisclosure();
  const [edited, setEdited] = useState<MentionRule>();
  const edit = (rule?: MentionRule) => {
    setEdited(rule);
    open();
  };
  return (
    <>
      <PageTitle title="Mention alerts" about="A single mention that meets a rule is told at once, without a spike.">
        <MonitorSelect value={filter.monitor} onChange={(v) => setFilter('monitor', v)} />
        <May grant="monitor:create">
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => edit()}>
            New rule
          </Button>
        </May>
      </PageTitle>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <RulesPanel monitor={filter.monitor} onEdit={edit} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <AlertsPanel monitor={filter.monitor} />
        </Grid.Col>
      </Grid>
      <Modal opened={opened} onClose={close} title={edited ? `Edit ${edited.name}` : 'New rule'} size="lg">
        <RuleForm {...(edited ? { rule: edited } : {})} monitor={filter.monitor} onDone={close} />
      </Modal>
    </>
  );
}
