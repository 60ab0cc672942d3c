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
// type that embeds one of them is masked in the part that it embeds. A field that tells of another, as a
// name does of an id, names that one by its tag masked.
var maskedTypes = map[reflect.Type]string{
	reflect.TypeFor[Account]():         crm.RecordAccount,
	reflect.TypeFor[Contact]():         crm.RecordContact,
	reflect.TypeFor[Lead]():            crm.RecordLead,
	reflect.TypeFor[crm.Opportunity](): crm.RecordOpportunity,
	reflect.TypeFor[OpportunityItem](): crm.RecordOpportunity,
	reflect.TypeFor[crm.Activity]():    crm.RecordActivity,
	reflect.TypeFor[ActivityItem]():    crm.RecordActivity,
	reflect.TypeFor[crm.Campaign]():    crm.RecordCampaign,
	reflect.TypeFor[crm.Quote]():       crm.RecordQuote,
	reflect.TypeFor[crm.Order]():       crm.RecordOrder,
	reflect.TypeFor[crm.Invoice]():     crm.RecordInvoice,
	reflect.TypeFor[crm.Payment]():     crm.RecordPayment,
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
		m.fields(v, fields)
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
		return entries
	}
	return v.Interface()
}

// fields puts the fields of a struct, and of those that it embeds, where JSON has them.
func (m masker) fields(v reflect.Value, into map[string]any) {
	hidden := m.access.Hidden(maskedTypes[v.Type()])
	for i := range v.NumField() {
		field := v.Type().Field(i)
		tag, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous && tag == "" {
			if inner := reflect.Indirect(v.Field(i)); inner.IsValid() && inner.Kind() == reflect.Struct {
				m.fields(inner, into)
			}
			continue
		}
		name := tag
		if name == "" {
			name = field.Name
		}
		empty := strings.Contains(options, "omitempty") && isEmpty(v.Field(i)) || strings.Contains(options, "omitzero") && v.Field(i).IsZero()
		if !field.IsExported() || tag == "-" || empty || slices.Contains(hidden, name) || slices.Contains(hidden, field.Tag.Get("masked")) {
			continue
		}
		into[name] = m.plain(v.Field(i))
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
	for _, name := range a.Hidden(kind) {
		delete(fields, name)
	}
	return fields
}
