package crm

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// News is what others changed since the visit before this one, of the record and of all that its view
// gathers, whether the view shows it or not.
type News struct {
	Since   time.Time // zero: they were never here, and all is new
	Touches int       // posted since
	Due     int       // tasks that have become due since
	Counts  []NewsCount
	Changes []NewsItem
	More    bool // there are more changes
}

// A NewsCount is how many records of a type others made, and how many they changed.
type NewsCount struct {
	RecordType string `json:"record_type"`
	New        int    `json:"new"`
	Changed    int    `json:"changed"` // besides
}

// A NewsItem is a change of the record, or of one that belongs to it.
type NewsItem struct {
	At         time.Time
	Actor      string
	Action     string
	RecordType string
	RecordID   string
	Reason     string
	After      json.RawMessage // what it is since; nil: it is gone
}

const (
	maxNews    = 20  // changes that are told
	maxChanged = 200 // records of a part whose changes are looked at, the last changed first
)

// gatherNews takes what others changed since the visit before this one. Who comes for the first time
// is told nothing: all is new.
func (v *View360) gatherNews(ctx context.Context, q sqldb.Querier, s *scope, by Viewer) error {
	if v.News.Since = v.Look.Before; v.News.Since.IsZero() {
		return nil
	}
	w := s.people()
	w.add("posted_at > ?", sqldb.Millis(v.News.Since))
	query := "SELECT count(*) FROM (SELECT 1 FROM touches" + w.sql() + w.limit(maxCount) + ") n"
	if err := q.QueryRow(ctx, query, w.args...).Scan(&v.News.Touches); err != nil {
		return fmt.Errorf("count touches: %w", err)
	}
	records := slices.Clone(s.records)
	if v.Account.ID != "" && v.Account.ID != s.records[0] {
		records = append(records, v.Account.ID)
	}
	for i := range v.Below {
		records = append(records, v.Below[i].ID)
	}
	changed, err := v.changedSince(ctx, q, s, by)
	if err != nil {
		return err
	}
	records = append(records, changed...)
	if v.News.Changes, v.News.More, err = v.newsOf(ctx, q, records, by); err != nil {
		return err
	}
	return v.countNews(ctx, q, s, records, by)
}

// changedSince are the records of all parts that somebody changed since.
func (v *View360) changedSince(ctx context.Context, q sqldb.Querier, s *scope, by Viewer) (ids []string, err error) {
	for _, part := range []struct {
		kind, table string
		w           *where
	}{
		{RecordContact, "contacts", s.members()}, {RecordLead, "leads", s.either("leads")}, {RecordOpportunity, "opportunities", s.either("opportunities")},
		{RecordQuote, "quotes", s.deals()}, {RecordOrder, "orders", s.deals()}, {RecordInvoice, "invoices", s.deals()}, {RecordPayment, "payments", s.paid()},
		{RecordActivity, "activities", s.aboutAny()},
	} {
		part.w.add("updated_at > 0 AND updated_at > ?", sqldb.Millis(v.News.Since)) // as the index of activities says it
		part.w.readable(by.Access, part.kind, part.table)
		some, err := sqldb.Strings(ctx, q, "SELECT id FROM "+part.table+part.w.sql()+" ORDER BY updated_at DESC"+part.w.limit(maxChanged), part.w.args...)
		if err != nil {
			return nil, fmt.Errorf("load changed %s: %w", part.table, err)
		}
		ids = append(ids, some...)
	}
	return ids, nil
}

// entriesSeen is the condition, after AND, that an entry of the log that is about a record of the view
// tells of a record that somebody may read. What roles do not govern, such as a consent, is of the
// record that it is about.
func entriesSeen(a *Access) (condition string, values []any) {
	w := &where{page: true}
	for _, kind := range slices.Sorted(maps.Keys(realms)) {
		table, id, of := realms[kind].table, "audit.record_id", kind
		if realms[kind].part { // the entry's id is made of two: what it is about decides
			of, id = realms[kind].via, "audit.about"
			table = realms[of].table
		}
		c := a.within(w, a.Level(ToRead, kind), ToRead, of, "told")
		switch {
		case c == "":
			continue
		case table != "":
			c = w.exists("SELECT 1 FROM " + table + " told WHERE told.id = " + id + " AND " + c)
		}
		condition += " AND (audit.record_type <> '" + kind + "' OR " + c + ")"
	}
	return numberedValue.ReplaceAllString(condition, "?"), w.args // they stand in the order of their numbers
}

// told restricts a query of the audit log to what others did with records, or about them, since. The
// records themselves may be read; of what is about them, an entry is told that is of one that may.
func (v *View360) told(records []string, by Viewer) *where {
	w := &where{}
	list := " IN (?" + strings.Repeat(",?", len(records)-1) + ")"
	since := firstID(v.News.Since)
	seen, values := entriesSeen(by.Access)
	w.add("id IN (SELECT id FROM audit WHERE record_id"+list+" AND id > ? UNION SELECT id FROM audit WHERE about <> '' AND about"+list+" AND id > ?"+seen+")",
		slices.Concat(sqldb.Anys(records), []any{since}, sqldb.Anys(records), []any{since}, values)...)
	w.add("actor <> ?", by.UserID)
	return w
}

func (v *View360) newsOf(ctx context.Context, q sqldb.Querier, records []string, by Viewer) (news []NewsItem, more bool, err error) {
	w := v.told(records, by)
	entries, err := queryAudit(ctx, q, w.sql()+" ORDER BY id DESC"+w.limit(maxNews+1), w.args...)
	if err != nil {
		return nil, false, err
	}
	if len(entries) > maxNews {
		entries, more = entries[:maxNews], true
	}
	if err := hideReasons(ctx, q, by.Access, entries); err != nil {
		return nil, false, err
	}
	for _, e := range entries {
		news = append(news, NewsItem{At: e.At, Actor: e.Actor, Action: e.Action, RecordType: e.RecordType, RecordID: e.RecordID, Reason: e.Reason, After: e.After})
	}
	return news, more, nil
}

func (v *View360) countNews(ctx context.Context, q sqldb.Querier, s *scope, records []string, by Viewer) error {
	w := v.told(records, by)
	err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var c NewsCount
		var all int
		err := rows.Scan(&c.RecordType, &c.New, &all)
		c.Changed = all - c.New
		v.News.Counts = append(v.News.Counts, c)
		return err
	}, "SELECT record_type, count(DISTINCT CASE WHEN action = 'create' THEN record_id END), count(DISTINCT record_id) FROM audit"+w.sql()+" GROUP BY record_type ORDER BY record_type", w.args...)
	if err != nil {
		return fmt.Errorf("count what changed: %w", err)
	}
	if !by.Access.Can(ToRead, RecordActivity) {
		return nil
	}
	due := s.aboutAny()
	due.add("kind = 'task' AND done_at = 0 AND due_at > ? AND due_at <= ?", sqldb.Millis(v.News.Since), sqldb.Millis(by.Now))
	if err := q.QueryRow(ctx, "SELECT count(*) FROM activities"+due.sql(), due.args...).Scan(&v.News.Due); err != nil {
		return fmt.Errorf("count tasks due: %w", err)
	}
	return nil
}
