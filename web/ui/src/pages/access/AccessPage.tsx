import { Tabs } from '@mantine/core';
import { useMay } from '../../api/grants';
import { PageTitle } from '../../components/PageTitle';
import { useFilter } from '../../components/useFilter';
import { PeoplePanel } from './PeoplePanel';
import { RolesPanel } from './RolesPanel';
import { TeamsPanel } from './TeamsPanel';
import { UnitsPanel } from './UnitsPanel';

const parts = [
  { value: 'people', label: 'People', needs: 'user:read', Panel: PeoplePanel },
  { value: 'roles', label: 'Roles', needs: 'role:read', Panel: RolesPanel },
  { value: 'teams', label: 'Teams', needs: 'team:read', Panel: TeamsPanel },
  { value: 'units', label: 'Business units', needs: 'unit:read', Panel: UnitsPanel },
];

/** Who may do what: people, their roles, and where they stand. */
export default function AccessPage() {
  const may = useMay();
  const [{ part }, setFilter] = useFilter('part');
  const shown = parts.filter((p) => may(p.needs));
  const chosen = shown.find((p) => p.value === part) ?? shown[0];
  return (
    <>
      <PageTitle title="Access" about="Who may do what. A person may have several roles; the widest grant counts." />
      <Tabs value={chosen?.value ?? null} onChange={(v) => setFilter('part', v ?? '')} keepMounted={false}>
        <Tabs.List mb="md">
          {shown.map((p) => (
            <Tabs.Tab key={p.value} value={p.value}>
              {p.label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {shown.map(({ value, Panel }) => (
          <Tabs.Panel key={value} value={value}>
            <Panel />
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
