package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// leadGroups are the fields that a merge takes from the loser, those together that mean nothing apart.
func leadGroups(l *Lead) map[string][]*string {
	groups := map[string][]*string{"network": {&l.Network, &l.Handle}, "campaign_id": {&l.CampaignID, &l.Campaign}, "author_id": {&l.AuthorID, &l.PostID, &l.MonitorID, &l.OpenKey}}
	for _, field := range leadTexts {
		if !slices.Contains([]string{"network", "handle", "campaign"}, field) {
			groups[field] = []*string{l.text(field)}
		}
	}
	return groups
}

// fillLead takes what is empty in the winner from the loser, and names the fields. An author goes over
// only while the winner is open, so that what they say next finds it.
func fillLead(winner, loser Lead) (Lead, []string) {
	merged, filled := winner, []string{}
	to, from := leadGroups(&merged), leadGroups(&loser)
	for _, name := range sortedNames(to) {
		empty := !slices.ContainsFunc(to[name], func(s *string) bool { return *s != "" })
		given := slices.ContainsFunc(from[name], func(s *string) bool { return *s != "" })
		if !empty || !given || name == "author_id" && winner.State != LeadOpen {
			continue
		}
		for i := range to[name] {
			*to[name][i] = *from[name][i]
		}
		filled = append(filled, name)
	}
	if merged.Employees == 0 && loser.Employees != 0 {
		merged.Employees, filled = loser.Employees, append(filled, "employees")
	}
	var names []string
	merged.Fields, names = fillFields(winner.Fields, loser.Fields)
	return merged, append(filled, names...)
}

// emptyLead takes back what a merge filled, where it is as the merge left it.
func emptyLead(winner, loser Lead, filled []string) Lead {
	to, from := leadGroups(&winner), leadGroups(&loser)
	for _, name := range filled {
		if from[name] == nil || *to[name][0] != *from[name][0] {
			continue
		}
		for _, s := range to[name] {
			*s = ""
		}
	}
	if slices.Contains(filled, "employees") && winner.Employees == loser.Employees {
		winner.Employees = 0
	}
	if winner.Fields = emptyFields(winner.Fields, loser.Fields, filled); len(winner.Fields) == 0 {
		winner.Fields = nil
	}
	return winner
}

// MergeLeads makes the loser part of the winner: what is empty in the winner is filled, and activities
// with responses, recommendations, shares, participants, the pinned territory and the milestones it went
// through go over. The winner stays in its milestone. A lead that opened an opportunity is no loser: the sale is the other's to join.
func MergeLeads(ctx context.Context, tx *sqldb.Tx, winnerID, loserID string, ch Change) (LeadMerge, error) {
	m := LeadMerge{kind: RecordLead, WinnerID: winnerID, LoserID: loserID}
	if err := ch.check(); err != nil {
		return m, err
	}
	winner, err := beginMerge(ctx, tx, ch, &m, func(id string) (Lead, error) { return LeadByID(ctx, tx, ch.Access, id) })
	if err != nil {
		return m, err
	}
	if err := noSaleOf(ctx, tx, loserID); err != nil {
		return m, err
	}
	ch = ch.Begin().follows()
	merged, filled := fillLead(winner, m.Loser)
	m.Filled = filled
	if err := errors.Join(m.merging().endVisit(ctx, tx, ch.At), m.move(ctx, tx, leadReferences)); err != nil {
		return m, err
	}
	// The loser goes first: there is one open lead of an author, and one record with a value that is unique.
	if _, err := tx.Exec(ctx, "DELETE FROM leads WHERE id = $1", loserID); err != nil {
		return m, fmt.Errorf("merge lead %s: %w", loserID, err)
	}
	if err := errors.Join(saveFieldValues(ctx, tx, RecordLead, loserID, nil), leaveTerritories(ctx, tx, RecordLead, loserID), m.merging().handOn(ctx, tx, m.heir)); err != nil {
		return m, err
	}
	if err := saveMergedLead(ctx, tx, ch, "merge", &winner, &merged); err != nil {
		return m, err
	}
	return m, m.save(ctx, tx, ch)
}

const notedVisit = "lead_visits.open" // the stay that the loser was in

// endVisit ends the stay that the loser is in: a lead is in one milestone, and the winner in its own.
func (m merging) endVisit(ctx context.Context, tx *sqldb.Tx, at time.Time) error {
	if _, err := m.note(ctx, tx, notedVisit, "t.id", "lead_visits t WHERE t.lead_id = $1 AND t.lead_id <> $2 AND t.left_at = 0"); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE lead_visits SET left_at = $1 WHERE id IN "+m.noted(2), sqldb.Millis(at), notedVisit, m.id); err != nil {
		return fmt.Errorf("merge milestones: %w", err)
	}
	return nil
}

// resumeVisit lets the loser stay where it was.
func (m merging) resumeVisit(ctx context.Context, tx *sqldb.Tx) error {
	if _, err := tx.Exec(ctx, "UPDATE lead_visits SET left_at = 0 WHERE lead_id = $3 AND id IN "+m.noted(1), notedVisit, m.id, m.loser); err != nil {
		return fmt.Errorf("unmerge milestones: %w", err)
	}
	return nil
}

// noSaleOf refuses a lead that opened an opportunity.
func noSaleOf(ctx context.Context, q sqldb.Querier, leadID string) error {
	sale, err := sqldb.Strings(ctx, q, "SELECT id FROM opportunities WHERE lead_id = $1", leadID)
	switch {
	case err != nil:
		return fmt.Errorf("merge lead %s: %w", leadID, err)
	case len(sale) > 0:
		return invalid("loser_id", "opened opportunity %s: make the other lead part of this one", sale[0])
	}
	return nil
}

// saveMergedLead saves what a merge, or its end, makes of the winner, and all that follows from it.
func saveMergedLead(ctx context.Context, tx *sqldb.Tx, ch Change, action string, before, after *Lead) error {
	if err := leads.save(ctx, tx, ch, action, before, after); err != nil {
		return err
	}
	if err := errors.Join(saveLeadKeys(ctx, tx, after), saveFieldValues(ctx, tx, RecordLead, after.ID, after.Fields), assignTerritories(ctx, tx, ch, RecordLead, after.ID)); err != nil {
		return err
	}
	return rateLead(ctx, tx, after, ch.At)
}

// UnmergeLeads takes a merge apart: the loser is back where it stood with what the merge took from it,
// and the winner loses what it was given, where nobody changed that since.
func UnmergeLeads(ctx context.Context, tx *sqldb.Tx, mergeID string, ch Change) (m LeadMerge, err error) {
	if err := ch.check(); err != nil {
		return m, err
	}
	m, winner, err := openMerge(ctx, tx, ch, RecordLead, mergeID, func(id string) (Lead, error) { return LeadByID(ctx, tx, System(), id) })
	if err != nil {
		return m, err
	}
	ch = ch.Begin().follows()
	if err := errors.Join(m.moveBack(ctx, tx, leadReferences), m.merging().resumeVisit(ctx, tx)); err != nil {
		return m, err
	}
	restored := emptyLead(winner, m.Loser, m.Filled)
	if err := saveMergedLead(ctx, tx, ch, "unmerge", &winner, &restored); err != nil {
		return m, err
	}
	if err := restoreLead(ctx, tx, ch, m.Loser); err != nil {
		return m, err
	}
	return m, m.close(ctx, tx, ch, m.Loser)
}

// restoreLead puts a lead back that was gone. Where its author has another open lead by now, it is
// not the one that what they say next is noted with.
func restoreLead(ctx context.Context, tx *sqldb.Tx, ch Change, l Lead) error {
	l.Version, l.UpdatedAt = l.Version+1, ch.At
	if l.OpenKey != "" {
		taken, err := sqldb.Strings(ctx, tx, "SELECT id FROM leads WHERE open_key = $1", l.OpenKey)
		if err != nil {
			return fmt.Errorf("restore lead %s: %w", l.ID, err)
		}
		if len(taken) > 0 {
			l.OpenKey = ""
		}
	}
	columns := append(slices.Clone(metaColumns), leads.columns...)
	if _, err := tx.InsertNew(ctx, sqldb.Insert{Table: leads.name, Columns: columns, Key: []string{"id"}}, [][]any{values(leads.pointers(&l))}); err != nil {
		return fmt.Errorf("restore lead %s: %w", l.ID, err)
	}
	if err := errors.Join(saveLeadKeys(ctx, tx, &l), saveFieldValues(ctx, tx, RecordLead, l.ID, l.Fields), assignTerritories(ctx, tx, ch, RecordLead, l.ID)); err != nil {
		return err
	}
	return rateLead(ctx, tx, &l, ch.At)
}

// LeadMerges lists what became part of a lead, or what it became part of, the newest first.
func LeadMerges(ctx context.Context, q sqldb.Querier, a *Access, leadID string) ([]LeadMerge, error) {
	return mergesOf[Lead](ctx, q, a, RecordLead, leadID)
}
