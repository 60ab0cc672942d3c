package crm

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Meta is what every record bears. Its version grows with each change; whoever changes a record
// names the version that was loaded.
type Meta struct {
	ID        string    `json:"id"`
	Version   int64     `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func (m *Meta) meta() *Meta { return m }

// CurrentVersion is the version of the record, whichever its type.
func (m Meta) CurrentVersion() int64 { return m.Version }

// record types are structs that embed Meta and know how to check themselves.
type recordOf[T any] interface {
	*T
	meta() *Meta
	check() error
}

// A table says where the records of a type stand: id, version, created_at and updated_at, and the
// columns of its own, which bind ties to the fields of a record.
type table[T any, P recordOf[T]] struct {
	kind    string // its type in the audit log and in messages
	name    string
	columns []string
	bind    func(*T) []any // pointers, in the order of columns
}

var metaColumns = []string{"id", "version", "created_at", "updated_at"}

func (t *table[T, P]) all() string {
	return strings.Join(metaColumns, ", ") + ", " + strings.Join(t.columns, ", ")
}

func (t *table[T, P]) pointers(r *T) []any {
	m := P(r).meta()
	return append([]any{&m.ID, &m.Version, atColumn{&m.CreatedAt}, atColumn{&m.UpdatedAt}}, t.bind(r)...)
}

// create checks and saves a new record and gives it its id.
func (t *table[T, P]) create(ctx context.Context, tx *sqldb.Tx, ch Change, r *T) error {
	return t.createAs(ctx, tx, ch, "create", r)
}

// createAs is create for a record that the audit log tells of by another action.
func (t *table[T, P]) createAs(ctx context.Context, tx *sqldb.Tx, ch Change, action string, r *T) error {
	if err := P(r).check(); err != nil {
		return err
	}
	*P(r).meta() = Meta{NewID(ch.At), 1, ch.At, ch.At}
	columns := append(append([]string{}, metaColumns...), t.columns...)
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: t.name, Columns: columns, Key: []string{"id"}}, [][]any{values(t.pointers(r))})
	if err != nil {
		return fmt.Errorf("create %s: %w", t.kind, err)
	}
	if err := ch.mayCreate(ctx, tx, t.kind, P(r).meta().ID); err != nil {
		return err
	}
	if err := keepMasked(ch.Access, t.kind, nil, r); err != nil {
		return err
	}
	if o, ok := any(r).(ownedBy); ok {
		if err := takePart(ctx, tx, ch.At, t.kind, P(r).meta().ID, TookOwnership, o.owner()); err != nil {
			return err
		}
	}
	return record(ctx, tx, ch, changedRecord{action: action, kind: t.kind, id: P(r).meta().ID, after: r})
}

// createAll checks and saves new records in one statement, and writes one entry into the audit log:
// for what comes in bulk from another system, which has the history of each.
func (t *table[T, P]) createAll(ctx context.Context, tx *sqldb.Tx, ch Change, list []T) error {
	if len(list) == 0 {
		return nil
	}
	rows := make([][]any, len(list))
	for i := range list {
		m := P(&list[i]).meta()
		if err := P(&list[i]).check(); err != nil {
			return err
		}
		if m.CreatedAt.IsZero() {
			m.CreatedAt = ch.At
		}
		if m.ID == "" {
			m.ID = NewID(m.CreatedAt)
		}
		*m = Meta{m.ID, 1, m.CreatedAt, m.CreatedAt}
		rows[i] = values(t.pointers(&list[i]))
	}
	columns := append(append([]string{}, metaColumns...), t.columns...)
	if err := insertFound(ctx, tx, t.kind, sqldb.Insert{Table: t.name, Columns: columns, Key: []string{"id"}}, rows); err != nil {
		return fmt.Errorf("create %s: %w", t.name, err)
	}
	return record(ctx, tx, ch, changedRecord{action: "import", kind: RecordImport, id: NewID(ch.At), after: map[string]any{"type": t.kind, "records": len(list)}})
}

// save checks and saves a changed record. It is ErrConflict when before is not the newest version.
func (t *table[T, P]) save(ctx context.Context, tx *sqldb.Tx, ch Change, action string, before, after *T) error {
	if err := P(after).check(); err != nil {
		return err
	}
	m, old := P(after).meta(), P(before).meta()
	if err := ch.Access.Check(ctx, tx, ToUpdate, t.kind, old.ID); err != nil {
		return err
	}
	if err := keepMasked(ch.Access, t.kind, before, after); err != nil {
		return err
	}
	if err := t.changeOwner(ctx, tx, ch, before, after); err != nil {
		return err
	}
	*m = Meta{old.ID, old.Version + 1, old.CreatedAt, ch.At}
	set := make([]string, len(t.columns))
	for i, c := range t.columns {
		set[i] = c + " = $" + strconv.Itoa(i+5)
	}
	args := append([]any{m.ID, old.Version, m.Version, sqldb.Millis(m.UpdatedAt)}, values(t.bind(after))...)
	n, err := tx.Exec(ctx, "UPDATE "+t.name+" SET version = $3, updated_at = $4, "+strings.Join(set, ", ")+" WHERE id = $1 AND version = $2", args...)
	if err != nil {
		return fmt.Errorf("%s %s %s: %w", action, t.kind, m.ID, err)
	}
	if n == 0 {
		return fmt.Errorf("%s %s %s: %w", action, t.kind, m.ID, ErrConflict)
	}
	was, is := differing(before, after)
	return record(ctx, tx, ch, changedRecord{action: action, kind: t.kind, id: m.ID, before: was, after: is})
}

// changeOwner demands what it takes to give a record to somebody else, who takes part from now on.
func (t *table[T, P]) changeOwner(ctx context.Context, tx *sqldb.Tx, ch Change, before, after *T) error {
	old, ok := any(before).(ownedBy)
	if !ok || old.owner() == any(after).(ownedBy).owner() {
		return nil
	}
	return ch.assign(ctx, tx, t.kind, P(before).meta().ID, any(after).(ownedBy).owner())
}

// byID loads a record that somebody may read; version is the one the caller believes it to have, or
// 0 for any.
func (t *table[T, P]) byID(ctx context.Context, q sqldb.Querier, a *Access, id string, version int64) (r T, err error) {
	w := &where{}
	w.add(t.name+".id = ?", id)
	w.readable(a, t.kind, t.name)
	err = q.QueryRow(ctx, "SELECT "+t.all()+" FROM "+t.name+w.sql(), w.args...).Scan(t.pointers(&r)...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return r, fmt.Errorf("load %s %s: %w", t.kind, id, ErrNotFound)
	case err != nil:
		return r, fmt.Errorf("load %s %s: %w", t.kind, id, err)
	case version != 0 && version != P(&r).meta().Version:
		return r, fmt.Errorf("change %s %s: %w", t.kind, id, ErrConflict)
	}
	return r, nil
}

// forChange loads a record that somebody may change.
func (t *table[T, P]) forChange(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64) (r T, err error) {
	if err := ch.Access.Check(ctx, tx, ToUpdate, t.kind, id); err != nil {
		return r, err
	}
	return t.byID(ctx, tx, ch.Access, id, version)
}

// find loads the records that the rest of a query selects, whoever asks: what people see goes
// through byID and page, or has may in its condition.
func (t *table[T, P]) find(ctx context.Context, q sqldb.Querier, rest string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, "SELECT "+t.all()+" FROM "+t.name+" "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", t.name, err)
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		var r T
		if err := rows.Scan(t.pointers(&r)...); err != nil {
			return nil, fmt.Errorf("list %s: %w", t.name, err)
		}
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list %s: %w", t.name, err)
	}
	return list, nil
}

// page lists the records that somebody may read, the newest first, a page at a time; next is empty
// on the last one.
func (t *table[T, P]) page(ctx context.Context, q sqldb.Querier, a *Access, w *where, cursor string, limit int) (list []T, next string, err error) {
	limit = pageSize(limit)
	unfiltered := len(w.conditions) == 0
	if cursor != "" {
		fields, err := decodeCursor(cursor, 1)
		if err != nil {
			return nil, "", err
		}
		w.add("id < ?", fields[0])
	}
	few, err := a.fewListed(ctx, q, t.kind)
	if err != nil {
		return nil, "", err
	}
	if few && unfiltered {
		list, err = t.newestFew(ctx, q, a, w, limit+1)
	} else {
		w.listedBy(a, few, t.kind, t.name)
		list, err = t.find(ctx, q, w.sql()+" ORDER BY id DESC"+w.limit(limit+1), w.args...)
	}
	if err == nil && len(list) > limit {
		list = list[:limit]
		next = encodeCursor(P(&list[limit-1]).meta().ID)
	}
	return list, next, err
}

// values are what pointers point at, as a statement takes them.
func values(pointers []any) []any {
	out := make([]any, len(pointers))
	for i, p := range pointers {
		if v, ok := p.(driver.Valuer); ok {
			out[i] = v
			continue
		}
		switch v := reflect.ValueOf(p).Elem(); v.Kind() {
		case reflect.String:
			out[i] = v.String()
		case reflect.Int, reflect.Int64:
			out[i] = v.Int()
		default:
			out[i] = v.Interface()
		}
	}
	return out
}

// atColumn keeps a time in milliseconds since 1970; 0 is the zero time.
type atColumn struct{ at *time.Time }

func (c atColumn) Value() (driver.Value, error) { return sqldb.Millis(*c.at), nil }

func (c atColumn) Scan(src any) error {
	ms, ok := src.(int64)
	if !ok {
		return fmt.Errorf("a time is a %T: want milliseconds", src)
	}
	*c.at = sqldb.FromMillis(ms)
	return nil
}

// jsonColumn keeps a value as JSON.
type jsonColumn struct{ v any }

func (c jsonColumn) Value() (driver.Value, error) {
	data, err := json.Marshal(c.v)
	return string(data), err
}

func (c jsonColumn) Scan(src any) error {
	switch s := src.(type) {
	case string:
		return json.Unmarshal([]byte(s), c.v)
	case []byte:
		return json.Unmarshal(s, c.v)
	}
	return fmt.Errorf("a JSON column is a %T", src)
}

// recordTables are where the records stand that others may be about.
var recordTables = map[string]string{RecordAccount: "accounts", RecordContact: "contacts", RecordLead: "leads", RecordOpportunity: "opportunities", RecordCampaign: "campaigns"}

// checkSeen refuses a name of a record that leads nowhere, or to one that somebody may not see: to
// them that is the same.
func checkSeen(ctx context.Context, q sqldb.Querier, a *Access, kind, id string) error {
	if err := checkRecord(ctx, q, kind, id); err != nil {
		return err
	}
	ok, err := a.may(ctx, q, ToRead, kind, id)
	if err == nil && !ok {
		err = invalid("record_id", "there is no %s %q", kind, id)
	}
	return err
}

// checkRecord refuses a name of a record that leads nowhere.
func checkRecord(ctx context.Context, q sqldb.Querier, kind, id string) error {
	name, ok := recordTables[kind]
	if !ok {
		return invalid("record_type", "%q is no type of record", kind)
	}
	found, err := sqldb.Strings(ctx, q, "SELECT id FROM "+name+" WHERE id = $1", id)
	if err == nil && len(found) == 0 {
		err = invalid("record_id", "there is no %s %q", kind, id)
	}
	return err
}

// put saves a new record when it has no id, or a changed one, whose version is the one that was loaded.
func (t *table[T, P]) put(ctx context.Context, tx *sqldb.Tx, ch Change, r *T) error {
	m := P(r).meta()
	if m.ID == "" {
		return t.create(ctx, tx, ch, r)
	}
	before, err := t.forChange(ctx, tx, ch, m.ID, m.Version)
	if err != nil {
		return err
	}
	return t.save(ctx, tx, ch, "update", &before, r)
}

// change loads a record, applies a rule to it and saves what comes of it. version is the one the
// caller believes it to have, or 0 for any.
func (t *table[T, P]) change(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64, action string, rule func(*T) error) (T, error) {
	before, err := t.forChange(ctx, tx, ch, id, version)
	if err != nil {
		return before, err
	}
	after := before
	if err := rule(&after); err != nil {
		return after, err
	}
	return after, t.save(ctx, tx, ch, action, &before, &after)
}
