package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A LeadMerge is one lead, the loser, having become part of another, the winner.
type LeadMerge struct {
	ID         string           `json:"id"`
	WinnerID   string           `json:"winner_id"`
	LoserID    string           `json:"loser_id"`
	Loser      Lead             `json:"loser"`  // as it was
	Filled     []string         `json:"filled"` // fields of the winner that were taken from the loser
	Moved      map[string]int64 `json:"moved"`  // how many of its records went over, by what they are
	MergedAt   time.Time        `json:"merged_at"`
	MergedBy   string           `json:"merged_by"`
	Reason     string           `json:"reason"`
	UnmergedAt time.Time        `json:"unmerged_at,omitzero"` // zero: it stands
	UnmergedBy string           `json:"unmerged_by"`
}

func (m *LeadMerge) merging() merging {
	return merging{m.ID, RecordLead, m.WinnerID, m.LoserID, "record_moves"}
}

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
// with responses, recommendations, shares, participants and the pinned territory go over. The winner
// stays in its milestone. A lead that opened an opportunity is no loser: the sale is the other's to join.
func MergeLeads(ctx context.Context, tx *sqldb.Tx, winnerID, loserID string, ch Change) (LeadMerge, error) {
	if err := ch.check(); err != nil {
		return LeadMerge{}, err
	}
	winner, loser, err := leadsToMerge(ctx, tx, ch.Access, winnerID, loserID)
	if err != nil {
		return LeadMerge{}, err
	}
	ch = ch.Begin().follows()
	merged, filled := fillLead(winner, loser)
	m := LeadMerge{ID: NewID(ch.At), WinnerID: winnerID, LoserID: loserID, Loser: loser, Filled: filled, Moved: map[string]int64{}, MergedAt: ch.At, MergedBy: ch.By, Reason: ch.Why}
	for _, r := range leadReferences {
		n, err := r.move(ctx, tx, m.merging())
		if err != nil {
			return m, err
		}
		if n > 0 {
			m.Moved[r.name] = n
		}
	}
	// The loser goes first: there is one open lead of an author, and one record with a value that is unique.
	if _, err := tx.Exec(ctx, "DELETE FROM leads WHERE id = $1", loserID); err != nil {
		return m, fmt.Errorf("merge lead %s: %w", loserID, err)
	}
	if err := errors.Join(saveFieldValues(ctx, tx, RecordLead, loserID, nil), leaveTerritories(ctx, tx, RecordLead, loserID), m.merging().handOn(ctx, tx)); err != nil {
		return m, err
	}
	if err := saveMergedLead(ctx, tx, ch, "merge", &winner, &merged); err != nil {
		return m, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO record_merges (id, record_type, winner_id, loser_id, loser, filled, merged_at, merged_by, reason, unmerged_at, unmerged_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '')`, m.ID, RecordLead, m.WinnerID, m.LoserID, auditText(m.Loser), auditText(m.Filled), sqldb.Millis(m.MergedAt), m.MergedBy, m.Reason)
	if err != nil {
		return m, fmt.Errorf("save merge: %w", err)
	}
	return m, record(ctx, tx, ch, changedRecord{action: "merge", kind: RecordLead, id: loserID, about: winnerID, before: loser, after: map[string]any{"moved": m.Moved, "winner_id": winnerID}})
}

func leadsToMerge(ctx context.Context, tx *sqldb.Tx, a *Access, winnerID, loserID string) (winner, loser Lead, err error) {
	if winnerID == loserID {
		return winner, loser, invalid("loser_id", "is the lead itself")
	}
	if err := a.Check(ctx, tx, ToMerge, RecordLead, winnerID); err != nil {
		return winner, loser, err
	}
	if winner, err = LeadByID(ctx, tx, a, winnerID); err != nil {
		return winner, loser, err
	}
	if loser, err = optional(loserID, func(id string) (Lead, error) { return LeadByID(ctx, tx, a, id) }, "loser_id"); err != nil {
		return winner, loser, err
	}
	if err := a.Check(ctx, tx, ToMerge, RecordLead, loserID); err != nil {
		return winner, loser, err
	}
	sale, err := sqldb.Strings(ctx, tx, "SELECT id FROM opportunities WHERE lead_id = $1", loserID)
	switch {
	case err != nil:
		return winner, loser, fmt.Errorf("merge lead %s: %w", loserID, err)
	case len(sale) > 0:
		return winner, loser, invalid("loser_id", "opened opportunity %s: make the other lead part of this one", sale[0])
	}
	return winner, loser, nil
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
func UnmergeLeads(ctx context.Context, tx *sqldb.Tx, mergeID string, ch Change) (LeadMerge, error) {
	if err := ch.check(); err != nil {
		return LeadMerge{}, err
	}
	m, err := openLeadMerge(ctx, tx, mergeID)
	if err != nil {
		return m, err
	}
	if err := ch.Access.Check(ctx, tx, ToMerge, RecordLead, m.WinnerID); err != nil {
		return m, err
	}
	winner, err := LeadByID(ctx, tx, System(), m.WinnerID)
	if errors.Is(err, ErrNotFound) {
		return m, fmt.Errorf("unmerge %s: lead %s became part of another: take that apart first: %w", mergeID, m.WinnerID, ErrConflict)
	}
	if err != nil {
		return m, err
	}
	ch = ch.Begin().follows()
	for _, r := range leadReferences {
		if err := r.assign(ctx, tx, m.merging(), m.WinnerID, m.LoserID); err != nil {
			return m, err
		}
	}
	if err := m.merging().takeBack(ctx, tx, sqldb.Millis(m.MergedAt)); err != nil {
		return m, err
	}
	restored := emptyLead(winner, m.Loser, m.Filled)
	if err := saveMergedLead(ctx, tx, ch, "unmerge", &winner, &restored); err != nil {
		return m, err
	}
	if err := restoreLead(ctx, tx, ch, m.Loser); err != nil {
		return m, err
	}
	m.UnmergedAt, m.UnmergedBy = ch.At, ch.By
	if _, err := tx.Exec(ctx, "UPDATE record_merges SET unmerged_at = $1, unmerged_by = $2 WHERE id = $3", sqldb.Millis(ch.At), ch.By, m.ID); err != nil {
		return m, fmt.Errorf("unmerge %s: %w", m.ID, err)
	}
	return m, record(ctx, tx, ch, changedRecord{action: "unmerge", kind: RecordLead, id: m.LoserID, about: m.WinnerID, after: m.Loser})
}

func openLeadMerge(ctx context.Context, q sqldb.Querier, id string) (LeadMerge, error) {
	found, err := leadMerges(ctx, q, "id = $2", id)
	switch {
	case err != nil:
		return LeadMerge{}, err
	case len(found) == 0:
		return LeadMerge{}, fmt.Errorf("load merge %s: %w", id, ErrNotFound)
	case !found[0].UnmergedAt.IsZero():
		return found[0], fmt.Errorf("unmerge %s: it was taken apart already: %w", id, ErrConflict)
	}
	return found[0], nil
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
	if err := a.Check(ctx, q, ToRead, RecordLead, leadID); err != nil {
		return nil, err
	}
	return leadMerges(ctx, q, "(winner_id = $2 OR loser_id = $2) ORDER BY id DESC", leadID)
}

func leadMerges(ctx context.Context, q sqldb.Querier, where string, args ...any) (merges []LeadMerge, err error) {
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		m := LeadMerge{Moved: map[string]int64{}}
		err := rows.Scan(&m.ID, &m.WinnerID, &m.LoserID, jsonColumn{&m.Loser}, jsonColumn{&m.Filled}, atColumn{&m.MergedAt}, &m.MergedBy, &m.Reason, atColumn{&m.UnmergedAt}, &m.UnmergedBy)
		merges = append(merges, m)
		return err
	}, "SELECT id, winner_id, loser_id, loser, filled, merged_at, merged_by, reason, unmerged_at, unmerged_by FROM record_merges WHERE record_type = $1 AND "+where,
		append([]any{RecordLead}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("load merges: %w", err)
	}
	return merges, nil
}
