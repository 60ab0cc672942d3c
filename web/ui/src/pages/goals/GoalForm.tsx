import { Button, Modal, NumberInput, Select, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useSaveGoal, useTerritories, type GoalFields } from '../../api/territories';
import { Icon } from '../../components/Icon';
import { PersonSelect, TeamSelect } from '../../components/People';
import { Failed } from '../../components/states';
import { minorUnits } from '../../format';
import { options } from '../../vocabulary';
import { goalMetrics } from '../../vocabulary-crm';

const subjects = { territory: 'Territory', team: 'Team', user: 'Person' } as const;

/** Sets a goal. */
export function GoalForm() {
  const [opened, { open, close }] = useDisclosure();
  const territories = useTerritories();
  const save = useSaveGoal();
  const [subjectType, setSubjectType] = useState<GoalFields['subject_type']>('territory');
  const [subject, setSubject] = useState('');
  const [metric, setMetric] = useState<GoalFields['metric']>('revenue-won');
  const [period, setPeriod] = useState('');
  const [target, setTarget] = useState<number | string>('');
  const [currency, setCurrency] = useState('EUR');
  const money = metric.startsWith('revenue') || metric.startsWith('credit');
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const units = money ? minorUnits(currency) : 1;
    save.mutate(
      { subject_type: subjectType, subject_id: subject, metric, period, target: Math.round(Number(target) * units), ...(money ? { currency } : {}) },
      { onSuccess: close },
    );
  };
  return (
    <>
      <Button leftSection={<Icon name="plus" size={16} />} onClick={open}>
        New goal
      </Button>
      <Modal opened={opened} onClose={close} title="New goal">
        <form onSubmit={submit}>
          <Stack gap="sm">
            <Select label="Of a" value={subjectType} allowDeselect={false} data={options(subjects)}
              onChange={(v) => { setSubjectType((v ?? 'territory') as GoalFields['subject_type']); setSubject(''); }} />
            {subjectType === 'territory' ? (
              <Select label="Territory" required searchable value={subject || null} onChange={(v) => setSubject(v ?? '')} data={(territories.data?.items ?? []).map((t) => ({ value: t.id, label: t.name }))} />
            ) : subjectType === 'team' ? (
              <TeamSelect label="Team" required value={subject} onChange={setSubject} />
            ) : (
              <PersonSelect label="Person" required value={subject} onChange={setSubject} />
            )}
            <Select label="What" value={metric} allowDeselect={false} data={options(goalMetrics)} onChange={(v) => setMetric((v ?? metric) as GoalFields['metric'])} />
            <TextInput label="Period" description="2026, 2026-Q1 or 2026-03" required value={period} onChange={(e) => setPeriod(e.currentTarget.value)} maxLength={7} />
            <NumberInput label="Target" required min={0} value={target} onChange={setTarget} />
            {money && <TextInput label="Currency" required value={currency} onChange={(e) => setCurrency(e.currentTarget.value.toUpperCase())} maxLength={3} />}
            {save.error && <Failed error={save.error} />}
            <Button type="submit" loading={save.isPending}>
              Set the goal
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
