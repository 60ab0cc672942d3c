package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const leadColumns = `id, milestone, topic, name, company, email, contact_id, source, post_id, author_id, monitor_id,
	open_key, rule, version, created_at, updated_at`

func scanLead(row interface{ Scan(...any) error }) (Lead, error) {
	var l Lead
	var key sql.NullString
	var created, updated int64
	err := row.Scan(&l.ID, &l.Milestone, &l.Topic, &l.Name, &l.Company, &l.Email, &l.ContactID, &l.Source, &l.PostID,
		&l.AuthorID, &l.MonitorID, &key, &l.Rule, &l.Version, &created, &updated)
	l.OpenKey, l.CreatedAt, l.UpdatedAt = key.String, fromMillis(created), fromMillis(updated)
	return l, err
}

// OpenLeads saves leads and reports which are new; those get their id in the slice. A lead is left
// out when one with its OpenKey is open, or when its post has opened a lead before, closed or not:
// a batch handled twice opens nothing.
func OpenLeads(ctx context.Context, tx *sqldb.Tx, leads []Lead, ch Change) ([]bool, error) {
	if len(leads) == 0 {
		return nil, nil
	}
	known, err := postsWithLead(ctx, tx, leads)
	if err != nil {
		return nil, err
	}
	opened := make([]bool, len(leads))
	var rows [][]any
	var at []int
	for i := range leads {
		l := &leads[i]
		if l.PostID != "" && known[l.PostID] {
			continue
		}
		if l.ID == "" {
			l.ID = NewID(l.CreatedAt)
		}
		l.Version = max(l.Version, 1)
		rows = append(rows, leadRow(l))
		at = append(at, i)
	}
	fresh, err := tx.InsertNew(ctx, sqldb.Insert{
		Table: "leads",
		Columns: []string{"open_key", "id", "milestone", "topic", "name", "company", "email", "contact_id", "source",
			"post_id", "author_id", "monitor_id", "rule", "version", "created_at", "updated_at"},
		Key: []string{"open_key"},
	}, rows)
	if err != nil {
		return nil, err
	}
	var log []changedRecord
	for i, f := range fresh {
		opened[at[i]] = f
		if l := &leads[at[i]]; f {
			log = append(log, changedRecord{action: "create", kind: RecordLead, id: l.ID, about: l.ContactID, author: l.AuthorID, after: l, reason: leadRules[l.Rule]})
		}
	}
	ids := make([]string, len(log))
	for i, entry := range log {
		ids[i] = entry.id
	}
	if err := assignTerritories(ctx, tx, ch, RecordLead, ids...); err != nil {
		return nil, err
	}
	return opened, record(ctx, tx, ch, log...)
}

func leadRow(l *Lead) []any {
	var key any // NULL is unlike every other NULL
	if l.OpenKey != "" {
		key = l.OpenKey
	}
	return []any{key, l.ID, string(l.Milestone), l.Topic, l.Name, l.Company, l.Email, l.ContactID, l.Source,
		l.PostID, l.AuthorID, l.MonitorID, l.Rule, l.Version, millis(l.CreatedAt), millis(l.UpdatedAt)}
}

func postsWithLead(ctx context.Context, q sqldb.Querier, leads []Lead) (map[string]bool, error) {
	var posts []string
	for _, l := range leads {
		if l.PostID != "" {
			posts = append(posts, l.PostID)
		}
	}
	known := make(map[string]bool)
	for part := range chunks(posts) {
		found, err := queryLeads(ctx, q, sqldb.In("post_id", 1, len(part)), anys(part)...)
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			known[l.PostID] = true
		}
	}
	return known, nil
}

func queryLeads(ctx context.Context, q sqldb.Querier, where string, args ...any) ([]Lead, error) {
	rows, err := q.Query(ctx, "SELECT "+leadColumns+" FROM leads WHERE "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("load leads: %w", err)
	}
	defer rows.Close()
	var leads []Lead
	for rows.Next() {
		l, err := scanLead(rows)
		if err != nil {
			return nil, fmt.Errorf("load leads: %w", err)
		}
		leads = append(leads, l)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load leads: %w", err)
	}
	return leads, nil
}

// LeadByID loads a lead.
func LeadByID(ctx context.Context, q sqldb.Querier, id string) (Lead, error) {
	l, err := scanLead(q.QueryRow(ctx, "SELECT "+leadColumns+" FROM leads WHERE id = $1", id))
	if errors.Is(err, sql.ErrNoRows) {
		return Lead{}, fmt.Errorf("load lead %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return Lead{}, fmt.Errorf("load lead %s: %w", id, err)
	}
	return l, nil
}

// A LeadFilter says which leads to list; empty fields do not narrow.
type LeadFilter struct {
	Milestone Milestone
	ContactID string
	Cursor    string
	Limit     int
}

// FindLeads lists leads, the newest first, a page at a time; next is empty on the last one.
func FindLeads(ctx context.Context, q sqldb.Querier, f LeadFilter) (leads []Lead, next string, err error) {
	limit := pageSize(f.Limit)
	where, args := "1=1", []any{limit + 1}
	add := func(condition string, values ...any) {
		numbers := make([]any, len(values))
		for i := range values {
			numbers[i] = len(args) + 1 + i
		}
		where += fmt.Sprintf(" AND "+condition, numbers...)
		args = append(args, values...)
	}
	if f.Milestone != "" {
		if _, err := ParseMilestone(string(f.Milestone)); err != nil {
			return nil, "", err
		}
		add("milestone = $%d", string(f.Milestone))
	}
	if f.ContactID != "" {
		add("contact_id = $%d", f.ContactID)
	}
	if f.Cursor != "" {
		ms, id, err := decodeTimeCursor(f.Cursor)
		if err != nil {
			return nil, "", err
		}
		add("(created_at, id) < ($%d, $%d)", ms, id)
	}
	leads, err = queryLeads(ctx, q, where+" ORDER BY created_at DESC, id DESC LIMIT $1", args...)
	if err != nil {
		return nil, "", err
	}
	if len(leads) > limit {
		leads = leads[:limit]
		next = timeCursor(leads[limit-1].CreatedAt, leads[limit-1].ID)
	}
	return leads, next, nil
}

// MoveLead takes a lead to another milestone. version is the one the caller loaded, or 0 to take
// any. Opening a closed lead again is ErrConflict while its author has another open one.
//
// Sales-accepted is reached by AcceptLead alone, which opens the opportunity.
func MoveLead(ctx context.Context, tx *sqldb.Tx, id string, version int64, to Milestone, ch Change) (Lead, error) {
	if to == SalesAccepted {
		return Lead{}, invalid("milestone", "a lead becomes %s when sales accepts it, which opens its opportunity: POST /leads/{id}/accept", to)
	}
	return moveLead(ctx, tx, id, version, to, ch)
}

func moveLead(ctx context.Context, tx *sqldb.Tx, id string, version int64, to Milestone, ch Change) (Lead, error) {
	l, err := LeadByID(ctx, tx, id)
	if err != nil {
		return Lead{}, err
	}
	loaded, from := l.Version, l.Milestone
	if version != 0 && version != loaded {
		return Lead{}, fmt.Errorf("move lead %s: %w", id, ErrConflict)
	}
	if err := l.move(to, ch.At); err != nil {
		return Lead{}, err
	}
	row := leadRow(&l)
	n, err := tx.Exec(ctx, `UPDATE leads SET milestone = $1, open_key = $2, version = $3, updated_at = $4
		WHERE id = $5 AND version = $6`, string(l.Milestone), row[0], l.Version, millis(ch.At), id, loaded)
	switch {
	case errors.Is(err, sqldb.ErrConflict):
		return Lead{}, fmt.Errorf("move lead %s: its author has another open lead: %w", id, ErrConflict)
	case err != nil:
		return Lead{}, fmt.Errorf("move lead %s: %w", id, err)
	case n == 0:
		return Lead{}, fmt.Errorf("move lead %s: %w", id, ErrConflict)
	}
	return l, record(ctx, tx, ch, changedRecord{action: "move", kind: RecordLead, id: id,
		before: map[string]any{"milestone": from}, after: map[string]any{"milestone": to}})
}

// redactLeads takes the words, and the name where no contact gave it, out of leads whose post or
// author is gone.
func redactLeads(ctx context.Context, tx *sqldb.Tx, column string, ids []string) error {
	_, err := tx.Exec(ctx, `UPDATE leads SET topic = '', version = version + 1,
		name = CASE WHEN contact_id = '' THEN '' ELSE name END
		WHERE source = 'mention' AND topic <> '' AND `+sqldb.In(column, 1, len(ids)), anys(ids)...)
	if err != nil {
		return fmt.Errorf("take deleted words out of leads: %w", err)
	}
	return nil
}
