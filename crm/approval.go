package crm

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// An Approval says that somebody of a role approved a stage of an opportunity. It counts for the
// stay in the stage in which it was given, for the amount and the quotes that there were, and as long
// as its giver does not own the opportunity.
type Approval struct {
	ProcessID string    `json:"process_id"`
	Stage     string    `json:"stage"`
	Role      string    `json:"role"`
	UserID    string    `json:"user_id"`
	Comment   string    `json:"comment"`
	GivenAt   time.Time `json:"given_at"`

	// What it was given for. Quotes are nil of one from before they were kept: it counts for any.
	Amount Money        `json:"amount" masked:"opportunity.amount"`
	Quotes []QuoteTerms `json:"-"`

	Counts bool `json:"counts" doc:"False of one that has to be given again: the stage was left since, or the amount, a quote or the owner is another."`
}

// Approve notes that the person who makes the change approves the opportunity's present stage of a
// process. It takes somebody of the role who is not the owner: four eyes.
func Approve(ctx context.Context, tx *sqldb.Tx, ch Change, opportunityID, processID, role, comment string) error {
	if err := ch.Access.Check(ctx, tx, ToApprove, RecordOpportunity, opportunityID); err != nil {
		return err
	}
	o, err := opportunities.byID(ctx, tx, ch.Access, opportunityID, 0)
	if err != nil {
		return err
	}
	stage := o.Stage
	if processID == "" {
		processID = o.ProcessID
	}
	if processID != o.ProcessID {
		side, err := sideByID(ctx, tx, opportunityID, processID)
		if err != nil {
			return err
		}
		stage = side.Stage
	}
	roles, err := RolesOf(ctx, tx, ch.By)
	if err != nil {
		return err
	}
	s := sanction{owner: o.OwnerID}
	if s.visits, err = StageVisits(ctx, tx, o.ID); err != nil {
		return err
	}
	if err := s.weigh(ctx, tx, o.ID); err != nil {
		return err
	}
	since, _ := s.stay(processID)
	comment = tidy(comment)
	switch {
	case !slices.Contains(roles, role):
		return invalid("role", "you do not have the role %q", role)
	case o.OwnerID == ch.By:
		return invalid("role", "the owner cannot approve their own opportunity: ask somebody else with the role %s", role)
	case s.ownedSince(ch.By, since):
		return invalid("role", "you owned it during its stay in %s: ask somebody else with the role %s", stage, role)
	}
	if err := checkText("comment", comment, maxReason); err != nil {
		return err
	}
	a := Approval{processID, stage, role, ch.By, comment, ch.At, o.Amount, s.offered, true}
	_, err = tx.InsertNew(ctx, sqldb.Insert{Table: "approvals", Key: []string{"id"},
		Columns: []string{"id", "opportunity_id", "process_id", "stage", "role", "user_id", "comment", "given_at", "amount", "currency", "quotes"}},
		[][]any{{NewID(ch.At), o.ID, processID, stage, role, ch.By, comment, sqldb.Millis(ch.At), a.Amount.Amount, a.Amount.Currency, jsonColumn{a.Quotes}}})
	if err != nil {
		return err
	}
	if err := takePart(ctx, tx, ch.At, RecordOpportunity, o.ID, TookApproval, ch.By); err != nil {
		return err
	}
	return record(ctx, tx, ch, changedRecord{action: "approve", kind: RecordOpportunity, id: o.ID, after: a})
}

// Approvals lists the approvals of an opportunity, the first one first.
func Approvals(ctx context.Context, q sqldb.Querier, opportunityID string) ([]Approval, error) {
	rows, err := q.Query(ctx, "SELECT process_id, stage, role, user_id, comment, given_at, amount, currency, quotes FROM approvals WHERE opportunity_id = $1 ORDER BY id", opportunityID)
	if err != nil {
		return nil, fmt.Errorf("load approvals of opportunity %s: %w", opportunityID, err)
	}
	defer rows.Close()
	var all []Approval
	for rows.Next() {
		var a Approval
		if err := rows.Scan(&a.ProcessID, &a.Stage, &a.Role, &a.UserID, &a.Comment, atColumn{&a.GivenAt}, &a.Amount.Amount, &a.Amount.Currency, jsonColumn{&a.Quotes}); err != nil {
			return nil, fmt.Errorf("load approvals of opportunity %s: %w", opportunityID, err)
		}
		all = append(all, a)
	}
	return all, rows.Err()
}
