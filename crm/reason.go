package crm

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Reason is why leads and opportunities end as they do: one of a list that people keep, so that
// they can be counted. What else there is to say stands in a comment beside it.
type Reason struct {
	Outcome  string `json:"outcome"` // disqualified, recycled, won, lost
	Code     string `json:"code"`
	Label    string `json:"label"`
	Active   bool   `json:"active"` // whether it can be chosen; what was chosen stays
	Position int64  `json:"position"`
	Unfit    bool   `json:"unfit"` // of lost: it says that they were no potential customer
	Version  int64  `json:"version"`
}

// Outcomes are the ends that ask for a reason.
var Outcomes = []string{LeadDisqualified, LeadRecycled, StateWon, StateLost}

// Reasons lists the reasons of an outcome, or of all, in their order.
func Reasons(ctx context.Context, q sqldb.Querier, outcome string) ([]Reason, error) {
	w := &where{}
	if outcome != "" {
		w.add("outcome = ?", outcome)
	}
	rows, err := q.Query(ctx, "SELECT outcome, code, label, active, position, unfit, version FROM reasons"+w.sql()+" ORDER BY outcome, position, code", w.args...)
	if err != nil {
		return nil, fmt.Errorf("load reasons: %w", err)
	}
	defer rows.Close()
	var all []Reason
	for rows.Next() {
		var r Reason
		if err := rows.Scan(&r.Outcome, &r.Code, &r.Label, &r.Active, &r.Position, &r.Unfit, &r.Version); err != nil {
			return nil, fmt.Errorf("load reasons: %w", err)
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// SaveReason makes a reason, or changes its label, its place, whether it can be chosen, and what it
// says of the customer. Its version is the one that was loaded, or 0 for any.
func SaveReason(ctx context.Context, tx *sqldb.Tx, ch Change, r Reason) (Reason, error) {
	if r.Label = tidy(r.Label); r.Label == "" {
		r.Label = r.Code
	}
	switch {
	case !slices.Contains(Outcomes, r.Outcome):
		return r, invalid("outcome", "%q: want one of %s", r.Outcome, strings.Join(Outcomes, ", "))
	case !roleName.MatchString(r.Code):
		return r, invalid("code", "%q: want 1 to 50 lower-case letters, digits and dashes", r.Code)
	case r.Position < 0 || r.Position > 1_000_000:
		return r, invalid("position", "is %d: want 0 to 1000000", r.Position)
	case r.Unfit && r.Outcome != StateLost:
		return r, invalid("unfit", "is for reasons why opportunities are lost: a lead that is given up counts as no potential customer, and what is won as one")
	}
	if err := checkText("label", r.Label, maxName); err != nil {
		return r, err
	}
	if err := writeReason(ctx, tx, &r); err != nil {
		return r, fmt.Errorf("save reason %s/%s: %w", r.Outcome, r.Code, err)
	}
	return r, record(ctx, tx, ch, changedRecord{action: "save", kind: RecordReason, id: r.Outcome + "/" + r.Code, after: r})
}

// writeReason writes a reason in its next version, where it is in the one that it names.
func writeReason(ctx context.Context, tx *sqldb.Tx, r *Reason) error {
	if r.Version != 0 {
		n, err := tx.Exec(ctx, "UPDATE reasons SET label = $1, active = $2, position = $3, unfit = $4, version = version + 1 WHERE outcome = $5 AND code = $6 AND version = $7",
			r.Label, r.Active, r.Position, r.Unfit, r.Outcome, r.Code, r.Version)
		if err == nil && n == 0 {
			err = ErrConflict
		}
		r.Version++
		return err
	}
	return tx.Upsert(ctx, sqldb.Upsert{Table: "reasons", Key: []string{"outcome", "code"}, Columns: []string{"outcome", "code", "label", "active", "position", "unfit", "version"},
		Set:       "label = excluded.label, active = excluded.active, position = excluded.position, unfit = excluded.unfit, version = reasons.version + 1",
		Returning: []string{"version"}}, [][]any{{r.Outcome, r.Code, r.Label, r.Active, r.Position, r.Unfit, 1}}, func(rows *sql.Rows) error { return rows.Scan(&r.Version) })
}

// chooseReason says whether a code can be chosen for an outcome, and which could.
func chooseReason(all []Reason, outcome, code string) error {
	var codes []string
	for _, r := range all {
		if r.Outcome != outcome || !r.Active {
			continue
		}
		if r.Code == code {
			return nil
		}
		codes = append(codes, r.Code)
	}
	if len(codes) == 0 {
		return invalid("reason", "there is none for %s: add one with PUT /reasons/%s/CODE", outcome, outcome)
	}
	if code == "" {
		return invalid("reason", "is empty: say why it is %s: %s", outcome, strings.Join(codes, ", "))
	}
	return invalid("reason", "%q is no reason for %s: want one of %s; what else there is to say goes into comment", code, outcome, strings.Join(codes, ", "))
}
