package crm

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// maskable are the types whose fields roles can mask: the record, whose fields are called as in JSON,
// and what answers tell of it besides.
var maskable = map[string]struct {
	record any
	also   []string
}{
	RecordAccount:     {record: Account{}},
	RecordContact:     {Contact{}, []string{"touches", "last_touch_at"}},
	RecordLead:        {record: Lead{}},
	RecordOpportunity: {record: Opportunity{}},
	RecordActivity:    {record: Activity{}},
	RecordCampaign:    {record: Campaign{}},
	RecordIdea:        {record: Idea{}},
	RecordQuote:       {Quote{}, []string{"sums"}},
	RecordOrder:       {Order{}, []string{"sums"}},
	RecordInvoice:     {Invoice{}, []string{"sums", "due", "payments"}},
	RecordPayment:     {record: Payment{}},
	RecordLink:        {record: Link{}},
}

// unmasked are fields without which nothing can be done with a record, and one that no answer has.
var unmasked = []string{"id", "version", "open_key"}

// MaskableFields lists the fields of a type that a role can mask, besides the company's own; nil:
// the type has none.
func MaskableFields(kind string) []string {
	m, ok := maskable[kind]
	if !ok {
		return nil
	}
	names := slices.Clone(m.also)
	for _, f := range reflect.VisibleFields(reflect.TypeOf(m.record)) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && !slices.Contains(unmasked, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// checkMasks refuses masks of what no record of the type has: it would be shown all the same.
func checkMasks(ctx context.Context, q sqldb.Querier, masks []Mask) error {
	if len(masks) == 0 {
		return nil
	}
	own, err := Fields(ctx, q, "")
	if err != nil {
		return err
	}
	for _, m := range masks {
		names := MaskableFields(m.Type)
		if names == nil {
			return invalid("masks", "records of type %q have no fields that can be masked", m.Type)
		}
		if slices.Contains(names, m.Field) || slices.ContainsFunc(own, func(f Field) bool { return f.RecordType == m.Type && f.Name == m.Field }) {
			continue
		}
		return invalid("masks", "%q is no field of type %s: want %s, or the name of a field of your own (GET /fields)", m.Field, m.Type, strings.Join(names, ", "))
	}
	return nil
}

// hides says whether any of some fields is hidden from somebody.
func (a *Access) hides(kind string, fields ...string) bool {
	hidden := a.Hidden(kind)
	return slices.ContainsFunc(fields, func(f string) bool { return slices.Contains(hidden, f) })
}

// shown is a value of a field, or nothing where it is hidden from somebody.
func (a *Access) shown(kind, field, value string) string {
	if a.hides(kind, field) {
		return ""
	}
	return value
}

// HidesAmounts says whether somebody is not shown what opportunities are worth. Then they are told no
// sums of it either: a sum of few tells it.
func (a *Access) HidesAmounts() bool { return a.hides(RecordOpportunity, "amount") }

// hidesRevenue says whether somebody is not shown what invoices come to, or what was paid.
func (a *Access) hidesRevenue() bool {
	return a.hides(RecordInvoice, "lines", "sums", "paid", "due", "payments") || a.hides(RecordPayment, "amount")
}

// seesInvoiced says whether somebody is told what was invoiced and paid of opportunities: what one was
// worth stands there, too.
func (a *Access) seesInvoiced() bool {
	return a.Can(ToRead, RecordOpportunity) && a.Can(ToRead, RecordInvoice) && !a.HidesAmounts() && !a.hidesRevenue()
}

// mayAskBy refuses to narrow or to order a list by a field that is hidden from somebody: what comes
// would tell it.
func (a *Access) mayAskBy(kind string, fields ...string) error {
	hidden := a.Hidden(kind)
	for _, f := range fields {
		if slices.Contains(hidden, f) {
			return &Forbidden{Action: ToRead, Type: kind, Field: f}
		}
	}
	return nil
}

// A narrowing is a column that is to have a value; an empty one does not narrow.
type narrowing struct{ column, value string }

// narrow restricts a list of records of a type to those whose columns have these values.
func (w *where) narrow(a *Access, kind string, by ...narrowing) error {
	for _, n := range by {
		if n.value == "" {
			continue
		}
		if err := a.mayAskBy(kind, n.column); err != nil {
			return err
		}
		w.add(n.column+" = ?", n.value)
	}
	return nil
}

// keepOwn is keepMasked for the fields of the company's own, where a record has such.
func keepOwn(kind string, frozen []string, before, after any) error {
	at := reflect.ValueOf(after).Elem().FieldByName("Fields")
	if !at.IsValid() {
		return nil
	}
	is, _ := at.Interface().(map[string]any)
	was, _ := reflect.ValueOf(before).Elem().FieldByName("Fields").Interface().(map[string]any)
	is = maps.Clone(is)
	for _, field := range frozen {
		old, had := was[field]
		switch {
		case reflect.DeepEqual(old, is[field]):
		case !isZero(is[field]):
			return &Forbidden{Action: ToUpdate, Type: kind, Field: field}
		case !had:
			delete(is, field)
		case is == nil:
			is = map[string]any{field: old}
		default:
			is[field] = old
		}
	}
	at.Set(reflect.ValueOf(is))
	return nil
}
