import { PageTitle } from '../../components/PageTitle';
import { Parts } from '../../components/Parts';
import { FormsPanel } from './FormsPanel';
import { IdealPanel } from './IdealPanel';
import { MilestonesPanel } from './MilestonesPanel';
import { ReasonsPanel } from './ReasonsPanel';
import { ScorePanel } from './ScorePanel';

/** How leads come in, how far they come, and what they are worth. */
export default function LeadSettingsPage() {
  return (
    <>
      <PageTitle title="Lead settings" about="How leads come in, how far they come, and what they are worth." />
      <Parts
        parts={[
          { value: 'milestones', label: 'Milestones', needs: 'process:read', Panel: MilestonesPanel },
          { value: 'reasons', label: 'Reasons', needs: 'process:read', Panel: ReasonsPanel },
          { value: 'ideal', label: 'Ideal customers', needs: 'ideal_profile:read', Panel: IdealPanel },
          { value: 'interest', label: 'Interest', needs: 'ideal_profile:read', Panel: ScorePanel },
          { value: 'forms', label: 'Forms', needs: 'lead_form:read', Panel: FormsPanel },
        ]}
      />
    </>
  );
}
