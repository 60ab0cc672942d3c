import { useMergeLead, useOtherLead } from '../../api/leads';
import type { Lead } from '../../api/types';
import { compare, MergeForm } from '../../components/MergeForm';
import { Loaded } from '../../components/states';
import { formatTime } from '../../format';
import { networkName } from '../../vocabulary';
import { leadFields, milestones } from '../../vocabulary-crm';

interface Props {
  lead: Lead;
  /** Id of the one that may be the same. */
  other: string;
  onDone: () => void;
}

/** Merges a lead with another. */
export function LeadMerge({ lead, other, onDone }: Props) {
  const merge = useMergeLead();
  return (
    <Loaded query={useOtherLead(other)} what="the other lead" rows={3}>
      {(found) => (
        <MergeForm
          type="lead"
          here={lead}
          other={found}
          compared={compared}
          goesOver="Activities, responses, recommendations, the milestones that it went through, shares and who took part go over."
          turned={found.state === 'accepted' && lead.state !== 'accepted'} // a lead that opened an opportunity is no loser
          merge={merge}
          onDone={onDone}
        />
      )}
    </Loaded>
  );
}

const said = (Object.entries(leadFields) as [keyof typeof leadFields, string][]).map(([field, name]) => ({ name, of: (l: Lead) => String(l[field] || '') }));

/** What either of the leads says. */
export const compared = (winner: Lead, loser: Lead) =>
  compare(winner, loser, [
    ...said,
    { name: 'Profile', of: (l) => (l.handle ? [l.network && networkName(l.network), l.handle].filter(Boolean).join(' ') : '') },
    { name: 'Milestone', of: (l) => milestones[l.milestone] ?? l.milestone, kept: true },
    { name: 'Opened', of: (l) => formatTime(l.created_at), kept: true },
  ]);
