package crm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Change says who changes something, when and why. Every function that changes a record takes
// one, and writes what it did into the audit log in the same transaction.
type Change struct {
	By    string // a user's id, or one of the names below
	At    time.Time
	Why   string // in a person's words; may be empty
	Event string // what changes together bears one; made up by Begin when empty

	// Access is what they may do: System() where Groundswell itself does it. Without one nothing can
	// be changed.
	Access *Access
}

// Who changes records without being a person.
const (
	ByMatcher  = "matcher"  // decided from the index
	ByVerifier = "verifier" // checked that an account is whose it seems
	ByImport   = "import"
	ByRule     = "rule"
	ByForm     = "form"  // came through a public form
	ByLimit    = "limit" // a time limit ran out
	ByHook     = "hook"  // came from another system, signed
)

// ByContact is a person who is no user: the contact, by a link that was sent to them.
const ByContact = "contact"

// Begin gives a change an event, so that all it does can be shown, and undone, together.
func (c Change) Begin() Change {
	if c.Event == "" {
		c.Event = NewID(c.At)
	}
	return c
}

// human says that a person makes the change.
func (c Change) human() bool { return isHuman(c.By) }

func isHuman(by string) bool {
	switch by {
	case "", ByMatcher, ByVerifier, ByImport, ByRule, ByForm, ByLimit, ByHook:
		return false
	}
	return true
}

// check refuses a change in nobody's name, or with a reason nobody can read.
func (c *Change) check() error {
	if !c.human() {
		return invalid("decided_by", "%q is no person", c.By)
	}
	c.Why = tidy(c.Why)
	return checkText("reason", c.Why, maxReason)
}

// Types of records in the audit log.
const (
	RecordContact  = "contact"
	RecordProfile  = "social_profile"
	RecordLink     = "link"
	RecordLead     = "lead"
	RecordAccount  = "account"
	RecordMerge    = "merge"
	RecordSettings = "match_settings"
	RecordModel    = "match_model"
	RecordImport   = "import"

	RecordOpportunity = "opportunity"
	RecordProcess     = "process"
	RecordActivity    = "activity"
	RecordRole        = "role"
	RecordProduct     = "product"
	RecordPriceList   = "price_list"
	RecordQuote       = "quote"
	RecordOrder       = "order"
	RecordInvoice     = "invoice"
	RecordPayment     = "payment"
	RecordUser        = "user"
	RecordDimension   = "dimension"
	RecordTerritory   = "territory"
	RecordDraft       = "territory_draft"
	RecordCreditRules = "credit_rules"
	RecordGoal        = "goal"
	RecordTemplate    = "quote_template"
	RecordInvitation  = "invitation"
	RecordConsent     = "consent"
	RecordErasure     = "erasure"
	RecordRetention   = "retention"
	RecordWebhook     = "webhook"
	RecordHandover    = "handover"
)

// An AuditEntry is one change of one record.
type AuditEntry struct {
	ID         string
	Event      string
	At         time.Time
	Actor      string
	Action     string // create, update, delete, decide, merge …
	RecordType string
	RecordID   string
	About      string          // another record the change concerns, such as a link's contact; may be empty
	Before     json.RawMessage // nil: there was none
	After      json.RawMessage // nil: there is none
	Reason     string
}

// A changed record, before it is written into the log. Before and After are any values that become
// JSON; nil stands for none.
type changedRecord struct {
	action, kind, id, about string
	author                  string // whose erasure erases the entry's content; may be empty
	before, after           any
	found                   bool   // it has been made findable already
	reason                  string // empty: that of the Change
}

// record writes changes into the audit log, makes what was changed findable and tells those who
// wait to hear of it. It is the one way in: whoever changes a record calls it in the transaction that does.
func record(ctx context.Context, tx *sqldb.Tx, c Change, changes ...changedRecord) error {
	if c.Access == nil {
		return errors.New("a change says in its Access neither who makes it nor that Groundswell itself does")
	}
	c = c.Begin()
	rows, ids := make([][]any, len(changes)), make([]string, len(changes))
	for i, r := range changes {
		if r.reason == "" {
			r.reason = c.Why
		}
		ids[i] = NewID(c.At)
		rows[i] = []any{ids[i], c.Event, sqldb.Millis(c.At), c.By, r.action, r.kind, r.id, r.about, r.author, auditText(r.before), auditText(r.after), r.reason}
	}
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "audit", Key: []string{"id"},
		Columns: []string{"id", "event", "at", "actor", "action", "record_type", "record_id", "about", "author_id", "before", "after", "reason"}}, rows)
	if err != nil {
		return err
	}
	if err := indexChanged(ctx, tx, changes); err != nil {
		return err
	}
	if err := noticed(ctx, tx, c, changes); err != nil {
		return err
	}
	return tellOthers(ctx, tx, &c, changes, ids)
}

// A Note is something that was done about a record elsewhere than in this package.
type Note struct {
	Action, Type, ID string
	About            string // another record it concerns; may be empty
	AuthorID         string // whose erasure erases what After says; may be empty
	Before, After    any    // become JSON; nil: nothing is said
}

// Notes writes into the audit log what was done.
func Notes(ctx context.Context, tx *sqldb.Tx, ch Change, notes ...Note) error {
	changes := make([]changedRecord, len(notes))
	for i, n := range notes {
		changes[i] = changedRecord{action: n.Action, kind: n.Type, id: n.ID, about: n.About, author: n.AuthorID, before: n.Before, after: n.After}
	}
	return record(ctx, tx, ch, changes...)
}

// auditText is a record as the log keeps it.
func auditText(v any) string {
	if v == nil {
		return ""
	}
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("audit a %T: %v", v, err)) // records are plain values
	}
	return string(data)
}

// An AuditFilter chooses entries; an empty field does not restrict.
type AuditFilter struct {
	Record string // id: its own changes, and those that concern it
	Type   string // of the record
	Actor  string
	Event  string
	Cursor string
	Limit  int
}

// allowed refuses who may not read what the filter chooses: all of it takes audit:read at level all;
// at level own, somebody sees the history of one record that they may read.
func (f *AuditFilter) allowed(ctx context.Context, q sqldb.Querier, a *Access) error {
	level := a.Level(ToRead, TypeAudit)
	if level == LevelAll {
		return nil
	}
	r := realms[f.Type]
	if level == LevelNone || r.table == "" || f.Record == "" {
		return a.refuse(ToRead, TypeAudit, "", LevelAll)
	}
	id := f.Record
	if _, contact, ok := strings.Cut(id, "/"); ok && r.part {
		id = contact // a link's record is AUTHOR/CONTACT
	}
	return a.Check(ctx, q, ToRead, f.Type, id)
}

const auditColumns = "id, event, at, actor, action, record_type, record_id, about, before, after, reason"

// Audit lists changes, the newest first, a page at a time; next is empty on the last one.
func Audit(ctx context.Context, q sqldb.Querier, a *Access, f AuditFilter) (entries []AuditEntry, next string, err error) {
	if err := f.allowed(ctx, q, a); err != nil {
		return nil, "", err
	}
	limit := pageSize(f.Limit)
	w := &where{}
	if f.Record != "" {
		// A union lets each half use its index; OR would make SQLite read them all.
		w.add("id IN (SELECT id FROM audit WHERE record_id = ? UNION SELECT id FROM audit WHERE about = ? AND about <> '')", f.Record, f.Record)
	}
	for _, by := range []struct{ column, value string }{{"record_type", f.Type}, {"actor", f.Actor}, {"event", f.Event}} {
		if by.value != "" {
			w.add(by.column+" = ?", by.value)
		}
	}
	if f.Cursor != "" {
		fields, err := decodeCursor(f.Cursor, 1)
		if err != nil {
			return nil, "", err
		}
		w.add("id < ?", fields[0])
	}
	entries, err = queryAudit(ctx, q, w.sql()+" ORDER BY id DESC"+w.limit(limit+1), w.args...)
	if err == nil && len(entries) > limit {
		entries = entries[:limit]
		next = encodeCursor(entries[limit-1].ID)
	}
	if err != nil {
		return nil, "", err
	}
	return entries, next, hideReasons(ctx, q, a, entries)
}

func queryAudit(ctx context.Context, q sqldb.Querier, rest string, args ...any) ([]AuditEntry, error) {
	rows, err := q.Query(ctx, "SELECT "+auditColumns+" FROM audit"+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("load audit log: %w", err)
	}
	defer rows.Close()
	var entries []AuditEntry
	for rows.Next() {
		var e AuditEntry
		var at int64
		var before, after string
		if err := rows.Scan(&e.ID, &e.Event, &at, &e.Actor, &e.Action, &e.RecordType, &e.RecordID, &e.About, &before, &after, &e.Reason); err != nil {
			return nil, fmt.Errorf("load audit log: %w", err)
		}
		e.At, e.Before, e.After = sqldb.FromMillis(at), rawJSON(before), rawJSON(after)
		entries = append(entries, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load audit log: %w", err)
	}
	return entries, nil
}

// differing are the fields in which two records of one kind differ, as the log keeps them. When they
// were changed, and how often, goes without saying.
func differing(old, changed any) (before, after map[string]any) {
	before, after = fieldsOf(old), fieldsOf(changed)
	for name, value := range before {
		if name == "updated_at" || name == "version" || reflect.DeepEqual(value, after[name]) {
			delete(before, name)
			delete(after, name)
		}
	}
	return before, after
}

func fieldsOf(v any) map[string]any {
	fields := make(map[string]any)
	if err := json.Unmarshal([]byte(auditText(v)), &fields); err != nil {
		panic(fmt.Sprintf("audit a %T: %v", v, err)) // records are objects
	}
	return fields
}

func rawJSON(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}

// redactAudit empties what the log says of records that may not be remembered: who did what, and
// when, stays. column is record_id, about or author_id.
func redactAudit(ctx context.Context, tx *sqldb.Tx, column string, ids []string) error {
	for part := range chunks(ids) {
		if _, err := tx.Exec(ctx, "UPDATE audit SET before = '', after = '' WHERE "+column+" <> '' AND "+sqldb.In(column, 1, len(part)), sqldb.Anys(part)...); err != nil {
			return fmt.Errorf("redact audit log: %w", err)
		}
	}
	return nil
}
