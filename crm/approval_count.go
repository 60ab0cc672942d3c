package crm

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A sanction is what says which approvals of an opportunity count now: who owns it, what it is worth
// and what is quoted, against what was approved.
type sanction struct {
	owner   string
	amount  Money
	offered []QuoteTerms // of the quotes that stand
	visits  []StageVisit
	given   []Approval
	owned   []ownership
}

// An ownership is a change of an opportunity that names who owned it until then, or from then on.
type ownership struct {
	at    time.Time
	users []string
}

func sanctionOf(ctx context.Context, q sqldb.Querier, o *Opportunity) (s sanction, err error) {
	s = sanction{owner: o.OwnerID, amount: o.Amount}
	if s.visits, err = StageVisits(ctx, q, o.ID); err != nil {
		return s, err
	}
	if s.given, err = Approvals(ctx, q, o.ID); err != nil || len(s.given) == 0 {
		return s, err
	}
	return s, s.weigh(ctx, q, o.ID)
}

// weigh loads what approvals are held against: what is quoted, and who owned the opportunity.
func (s *sanction) weigh(ctx context.Context, q sqldb.Querier, opportunityID string) (err error) {
	if s.offered, err = offeredTerms(ctx, q, opportunityID); err != nil {
		return err
	}
	s.owned, err = ownerships(ctx, q, opportunityID)
	return err
}

// offeredTerms are the terms of the quotes of an opportunity that stand.
func offeredTerms(ctx context.Context, q sqldb.Querier, opportunityID string) ([]QuoteTerms, error) {
	standing, err := standingQuotes(ctx, q, opportunityID)
	terms := make([]QuoteTerms, len(standing))
	for i := range standing {
		terms[i] = standing[i].Terms()
	}
	return terms, err
}

// ownerships are the changes of an opportunity's owner, from the audit log.
func ownerships(ctx context.Context, q sqldb.Querier, opportunityID string) ([]ownership, error) {
	entries, err := queryAudit(ctx, q, " WHERE record_type = 'opportunity' AND record_id = $1 ORDER BY id", opportunityID)
	var all []ownership
	for _, e := range entries {
		change := ownership{at: e.At}
		for _, side := range []json.RawMessage{e.Before, e.After} {
			var named struct {
				OwnerID string `json:"owner_id"`
			}
			if json.Unmarshal(side, &named) == nil && named.OwnerID != "" { // an erased person's entry is empty
				change.users = append(change.users, named.OwnerID)
			}
		}
		if len(change.users) > 0 {
			all = append(all, change)
		}
	}
	return all, err
}

// stay is since when the opportunity has been in its present stage of a process; false: it never was
// in one.
func (s *sanction) stay(processID string) (since time.Time, ok bool) {
	for _, v := range s.visits {
		if v.ProcessID == processID {
			since, ok = v.EnteredAt, true
		}
	}
	return since, ok
}

// ownedSince says that somebody owns the opportunity, or did at any time since.
func (s *sanction) ownedSince(user string, since time.Time) bool {
	return user == s.owner || slices.ContainsFunc(s.owned, func(o ownership) bool { return !o.at.Before(since) && slices.Contains(o.users, user) })
}

// counts says whether an approval that was given since a time counts.
func (s *sanction) counts(a *Approval, since time.Time) bool {
	return !a.GivenAt.Before(since) && !s.ownedSince(a.UserID, since) && a.covers(s.amount, s.offered)
}

// judged are the approvals that were given, with whether they count for the present stays.
func (s *sanction) judged() []Approval {
	all := slices.Clone(s.given)
	for i := range all {
		since, ok := s.stay(all[i].ProcessID)
		all[i].Counts = ok && s.counts(&all[i], since)
	}
	return all
}

// roles are those that approved a stage of a process since a time. lapsed are those of whose
// approvals none counts: it was given for something else, or by somebody who owned the opportunity.
func (s *sanction) roles(processID, stage string, since time.Time) (count, lapsed []string) {
	for i := range s.given {
		a := &s.given[i]
		if a.ProcessID != processID || a.Stage != stage || a.GivenAt.Before(since) {
			continue
		}
		if s.counts(a, since) {
			count = append(count, a.Role)
		} else {
			lapsed = append(lapsed, a.Role)
		}
	}
	return count, slices.DeleteFunc(lapsed, func(role string) bool { return slices.Contains(count, role) })
}

// covers says that an approval was given for what is on offer: the amount, or a quote of that amount,
// which sending it made the opportunity's; and each of the quotes.
func (a *Approval) covers(amount Money, offered []QuoteTerms) bool {
	worth := a.Amount == amount
	for _, q := range offered {
		if a.Quotes != nil && !slices.Contains(a.Quotes, q) {
			return false
		}
		worth = worth || a.Quotes != nil && Money{q.Net, q.Currency} == amount
	}
	return worth
}

// unapproved are the stages of a run of a process whose approvals were not given, or count no more:
// of those that were visited once the run has ended, of all until then.
func (s *sanction) unapproved(p *Process, run SideProcess) (stages []*Stage) {
	for i := range p.Stages {
		stage := &p.Stages[i]
		visited := slices.ContainsFunc(s.visits, func(v StageVisit) bool {
			return v.ProcessID == p.ID && v.Stage == stage.Name && !v.EnteredAt.Before(run.StartedAt)
		})
		if stage.Gate.Approval == "" || !run.FinishedAt.IsZero() && !visited {
			continue
		}
		if count, _ := s.roles(p.ID, stage.Name, run.StartedAt); !slices.Contains(count, stage.Gate.Approval) {
			stages = append(stages, stage)
		}
	}
	return stages
}

// finished are the processes that have run to their end beside an opportunity. lapsed are those that
// did for something else: what they approved has changed since.
func (s *sanction) finished(ctx context.Context, q sqldb.Querier, opportunityID string) (ended, lapsed []string, err error) {
	runs, err := SideProcesses(ctx, q, opportunityID)
	if err != nil {
		return nil, nil, err
	}
	for _, run := range runs {
		if run.FinishedAt.IsZero() {
			continue
		}
		p, err := ProcessByID(ctx, q, run.ProcessID, run.Process)
		if err != nil {
			return nil, nil, err
		}
		if len(s.unapproved(p, run)) > 0 {
			lapsed = append(lapsed, p.ID)
		} else {
			ended = append(ended, p.ID)
		}
	}
	return ended, lapsed, nil
}
