import { PageTitle } from '../../components/PageTitle';
import { Parts } from '../../components/Parts';
import { PeriodsPanel } from './PeriodsPanel';
import { RulesPanel } from './RulesPanel';
import { StatementPanel } from './StatementPanel';

/** Who was credited with which revenue, by which rules, and which months are closed. */
export default function CreditPage() {
  return (
    <>
      <PageTitle title="Credit" about="Revenue is credited to everyone who took part, by rules; what is no overlay adds up to the invoices." />
      <Parts
        parts={[
          { value: 'statement', label: 'Statement', Panel: StatementPanel },
          { value: 'rules', label: 'Rules', Panel: RulesPanel },
          { value: 'months', label: 'Months', Panel: PeriodsPanel },
        ]}
      />
    </>
  );
}
