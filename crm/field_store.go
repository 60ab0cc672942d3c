package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

var fields = table[Field, *Field]{kind: RecordField, name: "field_definitions",
	columns: []string{"record_type", "name", "kind", "labels", "required", "once", "pattern", "minimum", "maximum", "choices", "reference_type", "position", "archived"},
	bind: func(f *Field) []any {
		return []any{&f.RecordType, &f.Name, &f.Kind, jsonColumn{&f.Labels}, &f.Required, &f.Unique, &f.Pattern, &f.Min, &f.Max, jsonColumn{&f.Choices},
			&f.References, &f.Position, &f.Archived}
	}}

// RecordField is the type of definitions of fields in the audit log.
const RecordField = "field"

// Fields lists the definitions for a type of record, or for all, in the order of forms.
func Fields(ctx context.Context, q sqldb.Querier, recordType string) ([]Field, error) {
	w := &where{}
	if recordType != "" {
		w.add("record_type = ?", recordType)
	}
	list, err := fields.find(ctx, q, w.sql(), w.args...)
	sortFields(list)
	return list, err
}

// FieldByID loads a definition.
func FieldByID(ctx context.Context, q sqldb.Querier, id string) (Field, error) {
	return fields.byID(ctx, q, System(), id, 0)
}

// SaveField saves a new definition, or a changed one. Its name, its kind and whose it is stay: values
// of it may be kept. What records have of a new one already becomes findable by it.
func SaveField(ctx context.Context, tx *sqldb.Tx, ch Change, f Field) (Field, error) {
	if f.ID != "" {
		old, err := fields.byID(ctx, tx, System(), f.ID, 0)
		if err != nil {
			return f, err
		}
		if old.RecordType != f.RecordType || old.Name != f.Name || old.Kind != f.Kind {
			return f, invalid("kind", "the type of record, the name and the kind of a field stay: archive it and define another")
		}
	}
	if err := fields.put(ctx, tx, ch, &f); err != nil {
		return f, err
	}
	if f.Version > 1 {
		return f, nil
	}
	return f, indexField(ctx, tx, &f)
}

// indexField makes the values that records have of a field findable.
func indexField(ctx context.Context, tx *sqldb.Tx, f *Field) error {
	rows, err := tx.Query(ctx, "SELECT id, fields FROM "+recordTables[f.RecordType]+" WHERE fields <> '{}' AND fields <> 'null'")
	if err != nil {
		return fmt.Errorf("index field %s: %w", f.Name, err)
	}
	defer rows.Close()
	var values [][]any
	for rows.Next() {
		var id string
		var all map[string]any
		if err := rows.Scan(&id, jsonColumn{&all}); err != nil {
			return fmt.Errorf("index field %s: %w", f.Name, err)
		}
		for _, key := range f.keys(all[f.Name]) {
			values = append(values, []any{f.RecordType, f.Name, []byte(key), id})
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("index field %s: %w", f.Name, err)
	}
	return insertFieldValues(ctx, tx, values)
}

func insertFieldValues(ctx context.Context, tx *sqldb.Tx, values [][]any) error {
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "field_values", Columns: []string{"record_type", "name", "value_key", "record_id"},
		Key: []string{"record_type", "name", "value_key", "record_id"}}, values)
	return err
}

// A fieldChange is what becomes of a record's own fields.
type fieldChange struct {
	kind, id      string
	before, after map[string]any
}

// check says what of the fields cannot be kept: by their definitions, because they name a record
// that is not there, or because another record has the value.
func (c *fieldChange) check(ctx context.Context, q sqldb.Querier, defined []Field) error {
	if err := CheckFields(defined, c.before, c.after); err != nil {
		return err
	}
	for i := range defined {
		f := &defined[i]
		value := c.after[f.Name]
		if value == nil || fmt.Sprint(value) == fmt.Sprint(c.before[f.Name]) {
			continue
		}
		if f.Kind == FieldReference {
			found, err := sqldb.Strings(ctx, q, "SELECT id FROM "+recordTables[f.References]+" WHERE id = $1", value)
			if err == nil && len(found) == 0 {
				err = invalid("fields."+f.Name, "there is no %s %q", f.References, value)
			}
			if err != nil {
				return err
			}
		}
		if !f.Unique {
			continue
		}
		taken, err := sqldb.Strings(ctx, q, "SELECT record_id FROM field_values WHERE record_type = $1 AND name = $2 AND value_key = $3 AND record_id <> $4",
			c.kind, f.Name, []byte(f.keys(value)[0]), c.id)
		if err == nil && len(taken) > 0 {
			err = invalid("fields."+f.Name, "%v is that of %s %s already, and no two may have the same", value, c.kind, taken[0])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkFields loads the definitions and checks a record's fields by them.
func checkFields(ctx context.Context, q sqldb.Querier, c fieldChange) error {
	if len(c.after) == 0 && len(c.before) == 0 && c.id != "" {
		return nil // nothing was asked of it, and nothing is
	}
	defined, err := Fields(ctx, q, c.kind)
	if err != nil {
		return err
	}
	return c.check(ctx, q, defined)
}

// saveFieldValues makes the values of a record's defined fields findable, in place of those before.
func saveFieldValues(ctx context.Context, tx *sqldb.Tx, kind, id string, values map[string]any) error {
	if _, err := tx.Exec(ctx, "DELETE FROM field_values WHERE record_type = $1 AND record_id = $2", kind, id); err != nil {
		return fmt.Errorf("save fields of %s %s: %w", kind, id, err)
	}
	if len(values) == 0 {
		return nil
	}
	defined, err := Fields(ctx, tx, kind)
	if err != nil {
		return err
	}
	var rows [][]any
	for i := range defined {
		for _, key := range slices.Compact(slices.Sorted(slices.Values(defined[i].keys(values[defined[i].Name])))) {
			rows = append(rows, []any{kind, defined[i].Name, []byte(key), id})
		}
	}
	return insertFieldValues(ctx, tx, rows)
}

// A FieldFilter chooses records whose defined fields have these values, by name.
type FieldFilter map[string]string

// restrict adds the filter to a query of somebody over records of a type.
func (f FieldFilter) restrict(w *where, a *Access, kind string) error {
	if len(f) == 0 {
		return nil
	}
	if err := a.mayAskBy(kind, append(slices.Collect(maps.Keys(f)), "fields")...); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		w.add("id IN (SELECT record_id FROM field_values WHERE record_type = ? AND name = ? AND value_key = ?)", kind, name, []byte(foldKey(cut(f[name], maxName))))
	}
	return nil
}

// ownColumn reads a record's own fields; nil: there are none.
type ownColumn struct{ values *map[string]any }

func (c ownColumn) Scan(src any) error {
	err := jsonColumn{c.values}.Scan(src)
	if len(*c.values) == 0 {
		*c.values = nil
	}
	return err
}

// fieldsText is a record's own fields as they are kept.
func fieldsText(values map[string]any) string {
	if len(values) == 0 {
		return "{}"
	}
	data, err := json.Marshal(values)
	if err != nil {
		panic(fmt.Sprintf("keep fields: %v", err)) // they came as JSON
	}
	return string(data)
}
