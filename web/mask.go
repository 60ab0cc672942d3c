package web

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
)

// maskedTypes are the types of Go in which answers tell of records whose fields a role can mask. A
// type that embeds one of them tells of the same record, and so does one that is embedded. A field that
// tells of another, as a name does of an id, names that one by its tag masked; lead.name is one of a
// lead, wherever it stands.
var maskedTypes = map[reflect.Type]string{
	reflect.TypeFor[Account]():           crm.RecordAccount,
	reflect.TypeFor[AccountRef]():        crm.RecordAccount,
	reflect.TypeFor[Contact]():           crm.RecordContact,
	reflect.TypeFor[map[string]Filled](): crm.RecordContact,
	reflect.TypeFor[Lead]():              crm.RecordLead,
	reflect.TypeFor[Link]():              crm.RecordLink,
	reflect.TypeFor[crm.Opportunity]():   crm.RecordOpportunity,
	reflect.TypeFor[crm.Activity]():      crm.RecordActivity,
	reflect.TypeFor[crm.Campaign]():      crm.RecordCampaign,
	reflect.TypeFor[crm.Idea]():          crm.RecordIdea,
	reflect.TypeFor[crm.Quote]():         crm.RecordQuote,
	reflect.TypeFor[crm.Order]():         crm.RecordOrder,
	reflect.TypeFor[crm.Invoice]():       crm.RecordInvoice,
	reflect.TypeFor[crm.Payment]():       crm.RecordPayment,
}

// mask takes the fields out of an answer that are hidden from who asked. It costs those alone who
// have a role that hides something.
func mask(ctx huma.Context, _ string, v any) (any, error) {
	a := accessFrom(ctx.Context())
	if !a.Masked() {
		return v, nil
	}
	return masker{a}.plain(reflect.ValueOf(v)), nil
}

type masker struct{ access *crm.Access }

// plain is a value as JSON would have it, without what is hidden.
func (m masker) plain(v reflect.Value) any {
	switch {
	case !v.IsValid():
		return nil
	case v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface:
		if v.IsNil() {
			return nil
		}
		if v.Kind() == reflect.Interface || !marshals(v) {
			return m.plain(v.Elem())
		}
		return v.Interface()
	case marshals(v):
		return v.Interface()
	}
	switch v.Kind() {
	case reflect.Struct:
		fields := make(map[string]any)
		m.fields(v, nil, fields)
		return fields
	case reflect.Slice:
		if v.IsNil() || v.Type().Elem().Kind() == reflect.Uint8 {
			return v.Interface()
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = m.plain(v.Index(i))
		}
		return list
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String || v.IsNil() {
			return v.Interface()
		}
		entries := make(map[string]any, v.Len())
		for _, key := range v.MapKeys() {
			entries[key.String()] = m.plain(v.MapIndex(key))
		}
		forget(entries, m.access.Hidden(maskedTypes[v.Type()]))
		return entries
	}
	return v.Interface()
}

// recordOf is the type of record that a type of Go tells of; empty: of none, or of none with masks.
func recordOf(t reflect.Type) string {
	if kind := maskedTypes[t]; kind != "" || t.Kind() != reflect.Struct {
		return kind
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous && f.Tag.Get("json") == "" {
			if kind := recordOf(f.Type); kind != "" {
				return kind
			}
		}
	}
	return ""
}

// fields puts the fields of a struct, and of those that it embeds, where JSON has them. hidden are
// those of the record that embeds it.
func (m masker) fields(v reflect.Value, hidden []string, into map[string]any) {
	hidden = slices.Concat(hidden, m.access.Hidden(recordOf(v.Type())))
	for i := range v.NumField() {
		field := v.Type().Field(i)
		tag, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous && tag == "" {
			if inner := reflect.Indirect(v.Field(i)); inner.IsValid() && inner.Kind() == reflect.Struct {
				m.fields(inner, hidden, into)
			}
			continue
		}
		name := tag
		if name == "" {
			name = field.Name
		}
		empty := strings.Contains(options, "omitempty") && isEmpty(v.Field(i)) || strings.Contains(options, "omitzero") && v.Field(i).IsZero()
		if !field.IsExported() || tag == "-" || empty || slices.Contains(hidden, name) || m.hides(hidden, field.Tag.Get("masked")) {
			continue
		}
		into[name] = m.plain(v.Field(i))
		if own, ok := into[name].(map[string]any); ok && name == "fields" {
			forget(own, hidden)
		}
	}
	if c, ok := v.Interface().(Contact); ok && slices.ContainsFunc(hidden, func(name string) bool { return slices.Contains(crm.NameFields, name) }) {
		into["name"] = c.nameWithout(hidden)
	}
}

// hides says whether what a tag names is hidden: one of the record's own fields, or TYPE.FIELD.
func (m masker) hides(hidden []string, tag string) bool {
	if kind, field, ok := strings.Cut(tag, "."); ok {
		return slices.Contains(m.access.Hidden(kind), field)
	}
	return tag != "" && slices.Contains(hidden, tag)
}

// forget takes out what is hidden.
func forget(fields map[string]any, hidden []string) {
	for _, name := range hidden {
		delete(fields, name)
	}
}

// isEmpty is what encoding/json takes for empty.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String, reflect.Array:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// marshals says whether a type writes its own JSON.
func marshals(v reflect.Value) bool {
	if !v.CanInterface() {
		return false
	}
	switch v.Interface().(type) {
	case json.Marshaler, encoding.TextMarshaler:
		return true
	}
	return false
}

// withoutHidden takes hidden fields out of what the audit log keeps of a record.
func withoutHidden(a *crm.Access, kind string, v any) any {
	fields, ok := v.(map[string]any)
	if !ok {
		return v
	}
	if kind == crm.RecordMerge {
		kind = crm.RecordContact // the log keeps the one that was merged
	}
	hidden := a.Hidden(kind)
	forget(fields, hidden)
	if own, ok := fields["fields"].(map[string]any); ok {
		forget(own, hidden)
	}
	return fields
}
