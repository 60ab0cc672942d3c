package crm

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A LeadFilter says which leads to list; empty fields do not narrow.
type LeadFilter struct {
	Milestone Milestone
	State     string
	ContactID string
	AccountID string
	OwnerID   string
	Source    string
	Campaign  string // id, or name
	Grade     string
	Fields    FieldFilter
	View      ViewOf
	Queue     bool // the most promising first, not the newest
	Cursor    string
	Limit     int
}

// FindLeads lists the leads that somebody may read, the newest first or in the order of the queue, a page at a time; next is
// empty on the last one.
func FindLeads(ctx context.Context, q sqldb.Querier, a *Access, f LeadFilter) (list []Lead, next string, err error) {
	w, limit := &where{}, pageSize(f.Limit)
	if err := w.listed(ctx, q, a, RecordLead, "leads"); err != nil {
		return nil, "", err
	}
	if f.Milestone != "" {
		plan, err := Milestones(ctx, q)
		if err != nil {
			return nil, "", err
		}
		if names := plan.Names(); !slices.Contains(names, f.Milestone) {
			return nil, "", invalid("milestone", "%q is not one of %s", f.Milestone, listOf(names, ", "))
		}
	}
	if err := f.restrict(w, a); err != nil {
		return nil, "", err
	}
	if err := f.View.restrict(ctx, q, a, w, either("leads")); err != nil {
		return nil, "", err
	}
	order, mark := "created_at", func(l *Lead) int64 { return sqldb.Millis(l.CreatedAt) }
	if f.Queue {
		order, mark = "priority", func(l *Lead) int64 { return l.Rating.Priority }
	}
	if f.Cursor != "" {
		fields, err := decodeCursor(f.Cursor, 2)
		if err != nil {
			return nil, "", err
		}
		n, err := strconv.ParseInt(fields[0], 10, 64)
		if err != nil {
			return nil, "", invalid("cursor", "is not one this list gave out: start again without it")
		}
		w.add("("+order+", id) < (?, ?)", n, fields[1])
	}
	rest := w.sql() + " ORDER BY " + order + " DESC, id DESC" + w.limit(limit+1)
	list, err = leads.find(ctx, q, rest, w.args...)
	if err == nil && len(list) > limit {
		list = list[:limit]
		next = encodeCursor(strconv.FormatInt(mark(&list[limit-1]), 10), list[limit-1].ID)
	}
	return list, next, err
}

// restrict narrows a query of somebody over leads by what the filter says of their fields.
func (f *LeadFilter) restrict(w *where, a *Access) error {
	err := w.narrow(a, RecordLead, narrowing{"milestone", string(f.Milestone)}, narrowing{"state", f.State}, narrowing{"contact_id", f.ContactID},
		narrowing{"account_id", f.AccountID}, narrowing{"owner_id", f.OwnerID}, narrowing{"source", f.Source})
	if err == nil && (f.Grade != "" || f.Queue) {
		err = a.mayAskBy(RecordLead, "rating")
	}
	if err == nil && f.Campaign != "" {
		err = a.mayAskBy(RecordLead, "campaign_id", "campaign")
	}
	if err != nil {
		return err
	}
	if f.Grade != "" {
		w.add("grade = ?", f.Grade)
	}
	if f.Campaign != "" {
		w.add("(campaign_id = ? OR campaign = ?)", f.Campaign, f.Campaign)
	}
	return f.Fields.restrict(w, a, RecordLead)
}

// MilestoneCounts says how many leads stand in each milestone.
func MilestoneCounts(ctx context.Context, q sqldb.Querier, a *Access) (map[Milestone]int, error) {
	w := &where{}
	if few, err := a.few(ctx, q, RecordLead, fewRecords); err != nil {
		return nil, err
	} else if few {
		w.add("id IN (" + a.named(w, RecordLead) + ")")
	} else {
		w.readable(a, RecordLead, "leads")
	}
	rows, err := q.Query(ctx, "SELECT milestone, count(*) FROM leads"+w.sql()+" GROUP BY milestone", w.args...)
	if err != nil {
		return nil, fmt.Errorf("count leads: %w", err)
	}
	defer rows.Close()
	counts := make(map[Milestone]int)
	for rows.Next() {
		var m Milestone
		var n int
		if err := rows.Scan(&m, &n); err != nil {
			return nil, fmt.Errorf("count leads: %w", err)
		}
		counts[m] = n
	}
	return counts, rows.Err()
}
