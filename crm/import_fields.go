package crm

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// ownColumns says which columns fill a field of the company's own: those that no other field takes and
// whose header is its name, with or without "fields.", or one of its labels.
func ownColumns(header, taken []string, defined []Field) map[int]*Field {
	own := make(map[int]*Field)
	for i, h := range header {
		if taken[i] != "" {
			continue
		}
		for k := range defined {
			f := &defined[k]
			names := []string{foldHeader(f.Name), foldHeader("fields." + f.Name)}
			for _, label := range f.Labels {
				names = append(names, foldHeader(label))
			}
			if !f.Archived && foldHeader(h) != "" && slices.Contains(names, foldHeader(h)) {
				own[i] = f
				break
			}
		}
	}
	return own
}

// parse reads a cell as a value of the field in JSON, which value then checks.
func (f *Field) parse(cell string) any {
	switch f.Kind {
	case FieldNumber:
		if n, err := strconv.ParseFloat(strings.Replace(cell, ",", ".", 1), 64); err == nil {
			return n
		}
	case FieldBoolean:
		switch foldKey(cell) {
		case "true", "yes", "ja", "1", "x", "wahr":
			return true
		case "false", "no", "nein", "0", "falsch":
			return false
		}
	case FieldDate:
		for _, layout := range []string{time.DateOnly, "02.01.2006", "2.1.2006", "02/01/2006"} {
			if at, err := time.Parse(layout, cell); err == nil {
				return at.Format(time.DateOnly)
			}
		}
	case FieldMoney:
		amount, currency, _ := strings.Cut(cell, " ")
		whole, cents, _ := strings.Cut(strings.Replace(amount, ",", ".", 1), ".")
		if n, err := strconv.ParseFloat(whole+(cents + "00")[:2], 64); err == nil && len(cents) <= 2 {
			return map[string]any{"amount": n, "currency": currency}
		}
	case FieldMultiChoice:
		var list []any
		for one := range strings.FieldsFuncSeq(cell, func(r rune) bool { return r == ';' || r == '|' }) {
			list = append(list, tidy(one))
		}
		return list
	}
	return cell
}

// readOwn reads the cells of the company's own fields; nil where there are none.
func (im *importing) readOwn(record []string) (said map[string]any, err error) {
	for i, f := range im.own {
		cell := tidy(meantCell(record[i]))
		if cell == "" {
			continue
		}
		value, err := f.value(f.parse(cell))
		if err != nil {
			return nil, &refusal{im.header[i], reasonOf(err)}
		}
		if value == nil {
			continue
		}
		if said == nil {
			said = make(map[string]any)
		}
		said[f.Name] = value
	}
	return said, nil
}

// ownValues are what a row says of the company's own fields, and the record it is about.
type ownValues struct {
	line         int
	record       []string
	id           string // empty: a new one
	about        string // what tells that a later row is about the same new one; empty: none is
	before, said map[string]any
}

// refuseOwn says why the fields of a record cannot be kept as the row would leave them; nil: they can.
func (im *importing) refuseOwn(ctx context.Context, tx *sqldb.Tx, o ownValues) (*refusedRow, error) {
	if len(im.defined) == 0 {
		return nil, nil
	}
	c := fieldChange{im.opt.Type, o.id, o.before, overFields(o.before, o.said)}
	if o.id != "" && reflect.DeepEqual(c.before, c.after) {
		return nil, nil
	}
	err := c.check(ctx, tx, im.defined)
	for _, f := range im.own {
		if value := o.said[f.Name]; err == nil && f.Unique && value != nil {
			key := f.Name + "\x00" + f.keys(value)[0]
			if earlier, taken := im.unique.before([]string{key}); taken && (o.about == "" || earlier.sum != sumOf([]string{o.about})) {
				err = invalid("fields."+f.Name, "line %d has this value already, and no two may have the same", earlier.line)
			} else {
				im.unique.note([]string{key}, seenRow{o.line, sumOf([]string{o.about})})
			}
		}
	}
	var bad *Invalid
	if !errors.As(err, &bad) {
		return nil, err
	}
	column := ""
	for i, f := range im.own {
		if "fields."+f.Name == bad.Field {
			column = im.header[i]
		}
	}
	return &refusedRow{line: o.line, record: o.record, column: column, reason: fmt.Sprintf("%s: %s", bad.Field, bad.Reason)}, nil
}

// overFields are fields with what a row says over them.
func overFields(have, said map[string]any) map[string]any {
	out := make(map[string]any, len(have)+len(said))
	for _, from := range []map[string]any{have, said} {
		for name, value := range from {
			out[name] = value
		}
	}
	return out
}
