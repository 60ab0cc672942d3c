package crm

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Dimension is a tree of values by which territories cut the market, such as regions down to
// ranges of postal codes, industries, groups of products or the size of a customer.
type Dimension struct {
	Meta
	Name   string           `json:"name"`
	Fields []DimensionField `json:"fields"`
	Values []DimensionValue `json:"values"`
}

// A DimensionField is what a dimension reads of a record.
type DimensionField struct {
	Name string   `json:"name"` // what matches call it, such as postal_code
	From []string `json:"from"` // TYPE.FIELD, such as account.postal_code; the first that is filled in counts
}

// A DimensionValue is a node of the tree. It holds of a record when one of its matches does, and
// everything above it holds, too; one without matches holds when a value below it does.
type DimensionValue struct {
	ID     string       `json:"id"` // within the dimension, such as de-by
	Parent string       `json:"parent,omitempty"`
	Label  string       `json:"label"`
	Match  []ValueMatch `json:"match,omitempty"`
}

// A ValueMatch says what a field has to be: one of some texts, of some beginnings, or within a range.
// Texts are compared folded. A range of numbers compares the digits a field begins with ("1011 AB"
// lies in 1000 to 1099, "D-80331" in 80000 to 81999); any other compares text, its end as a beginning.
type ValueMatch struct {
	Field  string   `json:"field"`
	Equal  []string `json:"equal,omitempty"`
	Prefix []string `json:"prefix,omitempty"`
	From   string   `json:"from,omitempty"`
	To     string   `json:"to,omitempty"` // included
}

const (
	maxDimensionFields = 20
	maxDimensionValues = 20_000
	maxDimensionDepth  = 12
	maxMatches         = 5000 // of one value
)

var valueID = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,100}$`)

func (d *Dimension) check() error {
	d.Name = tidy(d.Name)
	if err := checkText("name", d.Name, maxName); err != nil {
		return err
	}
	switch {
	case d.Name == "":
		return invalid("name", "is empty: a dimension needs one")
	case len(d.Fields) == 0 || len(d.Fields) > maxDimensionFields:
		return invalid("fields", "has %d: want 1 to %d that say what of a record is looked at", len(d.Fields), maxDimensionFields)
	case len(d.Values) > maxDimensionValues:
		return invalid("values", "has %d: at most %d", len(d.Values), maxDimensionValues)
	}
	fields := make(map[string]bool)
	for i, f := range d.Fields {
		at := fmt.Sprintf("fields[%d]", i)
		if f.Name == "" || fields[f.Name] || len(f.From) == 0 || len(f.From) > maxDimensionFields {
			return invalid(at, "needs a name of its own and 1 to %d places it is taken from", maxDimensionFields)
		}
		for j, path := range f.From {
			if !hasTrait(path) {
				return invalid(fmt.Sprintf("%s.from[%d]", at, j), "%q is no field of an account, contact, lead, opportunity or product: want one like account.country", path)
			}
		}
		fields[f.Name] = true
	}
	return d.checkValues(fields)
}

func (d *Dimension) checkValues(fields map[string]bool) error {
	seen := make(map[string]int, len(d.Values)) // depth
	for i := range d.Values {
		v, at := &d.Values[i], fmt.Sprintf("values[%d]", i)
		if v.Label = tidy(v.Label); v.Label == "" {
			v.Label = v.ID
		}
		if err := checkText(at+".label", v.Label, maxName); err != nil {
			return err
		}
		depth := 1
		if v.Parent != "" {
			above, ok := seen[v.Parent]
			if !ok {
				return invalid(at+".parent", "there is no value %q before it: what is above comes first", v.Parent)
			}
			depth = above + 1
		}
		switch {
		case !valueID.MatchString(v.ID):
			return invalid(at+".id", "%q: want 1 to 100 letters, digits, dots, dashes and underscores", v.ID)
		case seen[v.ID] != 0:
			return invalid(at+".id", "%q is taken by an earlier value", v.ID)
		case depth > maxDimensionDepth:
			return invalid(at+".parent", "lies %d levels deep: at most %d", depth, maxDimensionDepth)
		case len(v.Match) > maxMatches:
			return invalid(at+".match", "has %d: at most %d", len(v.Match), maxMatches)
		}
		seen[v.ID] = depth
		for j := range v.Match {
			if err := v.Match[j].check(fmt.Sprintf("%s.match[%d]", at, j), fields); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *ValueMatch) check(at string, fields map[string]bool) error {
	kinds := 0
	for _, used := range []bool{len(m.Equal) > 0, len(m.Prefix) > 0, m.From != "" || m.To != ""} {
		if used {
			kinds++
		}
	}
	switch {
	case !fields[m.Field]:
		return invalid(at+".field", "%q is no field of this dimension", m.Field)
	case kinds != 1:
		return invalid(at, "wants exactly one of equal, prefix, and from with to")
	case len(m.Equal)+len(m.Prefix) > maxMatches:
		return invalid(at, "has more than %d texts", maxMatches)
	case len(m.Equal)+len(m.Prefix) > 0:
		for _, s := range append(m.Equal, m.Prefix...) {
			if foldKey(s) == "" {
				return invalid(at, "holds an empty text: nothing can be it")
			}
		}
		return nil
	case m.From == "" || m.To == "":
		return invalid(at, "wants both ends of the range")
	}
	if r := newTextRange(m.From, m.To); r.empty() {
		return invalid(at, "runs from %s to %s, and nothing lies between them", m.From, m.To)
	}
	return nil
}

// depths are how deep each value lies, from 1, and how deep the tree is.
func (d *Dimension) depths() (of map[string]int, deepest int) {
	of = make(map[string]int, len(d.Values))
	for _, v := range d.Values {
		of[v.ID] = of[v.Parent] + 1
		deepest = max(deepest, of[v.ID])
	}
	return of, deepest
}

// Traits are what is known of a record, by TYPE.FIELD.
type Traits map[string][]string

// recordKinds are the records whose fields a dimension may read.
var recordKinds = map[string]reflect.Type{RecordAccount: reflect.TypeFor[Account](), RecordContact: reflect.TypeFor[Contact](),
	RecordLead: reflect.TypeFor[Lead](), RecordOpportunity: reflect.TypeFor[Opportunity](), RecordProduct: reflect.TypeFor[Product]()}

// hasTrait says that a record of the type may have the field, custom ones by TYPE.fields.NAME.
func hasTrait(path string) bool {
	kind, field, _ := strings.Cut(path, ".")
	t, ok := recordKinds[kind]
	if !ok {
		return false
	}
	v := reflect.New(t).Elem()
	if custom, ok := strings.CutPrefix(field, "fields."); ok {
		_, has := fieldByJSON(v, "fields")
		return has && custom != ""
	}
	f, ok := fieldByJSON(v, field)
	if !ok {
		return false
	}
	switch f.Kind() {
	case reflect.String, reflect.Int, reflect.Int64, reflect.Bool:
		return true
	}
	return f.Type() == reflect.TypeFor[[]string]()
}

// trait reads a field of a record; nothing where it is empty.
func trait(record any, field string) []string {
	v := reflect.ValueOf(record)
	if custom, ok := strings.CutPrefix(field, "fields."); ok {
		fields, _ := fieldByJSON(v, "fields")
		if v = fields.MapIndex(reflect.ValueOf(custom)); !v.IsValid() || v.IsNil() {
			return nil
		}
		v = v.Elem()
	} else if v, ok = fieldByJSON(v, field); !ok {
		return nil
	}
	if v.IsZero() {
		return nil
	}
	if v.Kind() == reflect.Slice {
		all := make([]string, 0, v.Len())
		for i := range v.Len() {
			all = append(all, fmt.Sprint(v.Index(i).Interface()))
		}
		return all
	}
	return []string{fmt.Sprint(v.Interface())}
}

var dimensions = table[Dimension, *Dimension]{kind: RecordDimension, name: "dimensions", columns: []string{"name", "fields", "tree"},
	bind: func(d *Dimension) []any { return []any{&d.Name, jsonColumn{&d.Fields}, jsonColumn{&d.Values}} }}

// Dimensions lists them by name. There are few.
func Dimensions(ctx context.Context, q sqldb.Querier) ([]Dimension, error) {
	return dimensions.find(ctx, q, "ORDER BY name")
}

// DimensionByID loads a dimension.
func DimensionByID(ctx context.Context, q sqldb.Querier, id string) (Dimension, error) {
	return dimensions.byID(ctx, q, System(), id, 0)
}

// SaveDimension saves a new or a changed dimension. A value that a territory asks for stays. Records
// are assigned anew in the background.
func SaveDimension(ctx context.Context, tx *sqldb.Tx, ch Change, d Dimension) (Dimension, error) {
	if err := errors.Join(d.check(), holdDrafts(ctx, tx)); err != nil {
		return Dimension{}, err
	}
	all, err := Territories(ctx, tx)
	if err != nil {
		return Dimension{}, err
	}
	depths, _ := d.depths()
	for _, t := range all {
		for _, c := range t.Criteria {
			if c.DimensionID != d.ID || d.ID == "" {
				continue
			}
			for _, v := range append(c.Values, c.Except...) {
				if depths[v] == 0 {
					return Dimension{}, invalid("values", "lack %q, which territory %s asks for", v, t.Name)
				}
			}
		}
	}
	if d.ID != "" {
		if err := mayTake(ctx, tx, ch.Access, "values", all); err != nil {
			return Dimension{}, err
		}
	}
	if err := dimensions.put(ctx, tx, ch, &d); err != nil {
		return Dimension{}, err
	}
	return d, requestAssignment(ctx, tx, ch)
}

// DeleteDimension removes a dimension that no territory asks about.
func DeleteDimension(ctx context.Context, tx *sqldb.Tx, ch Change, id string) error {
	if err := ch.Access.Demand(ToDelete, RecordDimension); err != nil {
		return err
	}
	if err := holdDrafts(ctx, tx); err != nil {
		return err
	}
	d, err := dimensions.byID(ctx, tx, System(), id, 0)
	if err != nil {
		return err
	}
	all, err := Territories(ctx, tx)
	if err != nil {
		return err
	}
	for _, t := range all {
		for _, c := range t.Criteria {
			if c.DimensionID == id {
				return fmt.Errorf("delete dimension %s: territory %s asks about it: %w", d.Name, t.Name, ErrConflict)
			}
		}
	}
	if _, err := tx.Exec(ctx, "DELETE FROM dimensions WHERE id = $1", id); err != nil {
		return fmt.Errorf("delete dimension %s: %w", id, err)
	}
	return record(ctx, tx, ch, changedRecord{action: "delete", kind: RecordDimension, id: id, before: d})
}
