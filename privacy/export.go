package privacy

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// An Export is everything that is held about a person.
type Export struct {
	At     time.Time     `json:"exported_at"`
	Tables []TableExport `json:"tables"` // by name, those without a row left out
	Notes  []string      `json:"notes"`  // what is held besides, and for how long
}

// TableExport is a person's rows of one table.
type TableExport struct {
	Table string           `json:"table"`
	Rows  []map[string]any `json:"rows"`
}

// Rows is how many rows there are in all.
func (e *Export) Rows() (n int) {
	for _, t := range e.Tables {
		n += len(t.Rows)
	}
	return n
}

// hidden are columns that repeat others, folded for comparisons, or are the company's own secrets.
var hidden = map[string]bool{"name_key": true, "full_key": true, "display_key": true, "company_key": true, "email_key": true, "phone_key": true,
	"value_key": true, "words": true, "fingerprint": true, "position": true, "open_key": true}

// Collect gathers everything that is held about a person, table by table. Rows in which they are
// named in free text, without being theirs, are not theirs to have: they are about somebody else.
func Collect(ctx context.Context, q sqldb.Querier, p *Person, now time.Time) (*Export, error) {
	e := &Export{At: now.UTC(), Notes: slices.Clone(notes)}
	for _, name := range InOrder() {
		rows, err := p.rows(ctx, q, name)
		if err != nil {
			return nil, fmt.Errorf("export %s: %w", name, err)
		}
		if len(rows) > 0 {
			e.Tables = append(e.Tables, TableExport{name, rows})
		}
	}
	return e, nil
}

// NoteExport writes into the audit log that somebody was given what is held about a person, on the
// contacts and leads it is about; where there is none, on the account.
func NoteExport(ctx context.Context, tx *sqldb.Tx, p *Person, e *Export, format string, ch crm.Change) error {
	after := map[string]any{"format": format, "records": e.Rows()}
	var notes []crm.Note
	for _, id := range p.IDs(Contact) {
		notes = append(notes, crm.Note{Action: "export", Type: crm.RecordContact, ID: id, After: after})
	}
	for _, id := range p.IDs(Lead) {
		notes = append(notes, crm.Note{Action: "export", Type: crm.RecordLead, ID: id, After: after})
	}
	if len(notes) == 0 {
		for _, id := range p.IDs(Author) {
			notes = append(notes, crm.Note{Action: "export", Type: crm.TypeMention, AuthorID: id, After: after})
		}
	}
	return crm.Notes(ctx, tx, ch, notes...)
}

var notes = []string{
	"Times are given in UTC. Ids are made up by Groundswell and mean nothing elsewhere.",
	"The log of the networks' events (topics of posts, mentions and dead letters) holds what was posted until its retention is over.",
	"What is counted (posts, authors and reach by minute) names nobody and is no part of this.",
}

// rows are the person's rows of a table, each once.
func (p *Person) rows(ctx context.Context, q sqldb.Querier, name string) (out []map[string]any, err error) {
	t := Tables[name]
	var keep []string
	for _, c := range t.Columns() {
		if !hidden[c] {
			keep = append(keep, c)
		}
	}
	seen := make(map[string]bool)
	for _, by := range t.keys() {
		for some := range slices.Chunk(p.IDs(t.Rows[by]), perQuery) {
			condition, args := t.of(by, some)
			rows, err := q.Query(ctx, "SELECT "+quoted(keep)+" FROM "+name+" WHERE "+condition, args...)
			if err != nil {
				return nil, err
			}
			if err := eachRow(rows, keep, func(row map[string]any) {
				key, _ := json.Marshal(row) // plain values
				if !seen[string(key)] {
					seen[string(key)] = true
					out = append(out, row)
				}
			}); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// quoted are columns for a SELECT: some are called like words of SQL.
func quoted(columns []string) string {
	return `"` + strings.Join(columns, `", "`) + `"`
}

func eachRow(rows *sql.Rows, columns []string, each func(map[string]any)) error {
	defer rows.Close()
	values := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		row := make(map[string]any, len(columns))
		for i, c := range columns {
			row[c] = plain(c, values[i])
		}
		each(row)
	}
	return rows.Err()
}

func eachText(rows *sql.Rows, each func([]string)) error {
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]string, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		each(values)
	}
	return rows.Err()
}

// plain is a value as a person reads it: times in words, JSON as JSON.
func plain(column string, v any) any {
	switch v := v.(type) {
	case int64:
		if strings.HasSuffix(column, "_at") || strings.HasSuffix(column, "_on") || column == "at" || column == "since" {
			if v == 0 {
				return nil
			}
			return time.UnixMilli(v).UTC().Format(time.RFC3339)
		}
		return v
	case []byte:
		if utf8.Valid(v) {
			return string(v)
		}
		return v
	case string:
		if len(v) > 1 && (v[0] == '{' || v[0] == '[') && json.Valid([]byte(v)) {
			return json.RawMessage(v)
		}
		return v
	}
	return v
}

// JSON writes the export.
func (e *Export) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(e); err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	return nil
}
