import { PageTitle } from '../../components/PageTitle';
import { Parts } from '../../components/Parts';
import { PeoplePanel } from './PeoplePanel';
import { RolesPanel } from './RolesPanel';
import { TeamsPanel } from './TeamsPanel';
import { UnitsPanel } from './UnitsPanel';

/** Who may do what: people, their roles, and where they stand. */
export default function AccessPage() {
  return (
    <>
      <PageTitle title="Access" about="Who may do what. A person may have several roles; the widest grant counts." />
      <Parts
        parts={[
          { value: 'people', label: 'People', needs: 'user:read', Panel: PeoplePanel },
          { value: 'roles', label: 'Roles', needs: 'role:read', Panel: RolesPanel },
          { value: 'teams', label: 'Teams', needs: 'team:read', Panel: TeamsPanel },
          { value: 'units', label: 'Business units', needs: 'unit:read', Panel: UnitsPanel },
        ]}
      />
    </>
  );
}
