package crm

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// CheckFields says which field of a record cannot be kept. A value that was there before stays,
// whatever is defined now: a definition is asked when somebody changes it. Without any definition
// fields are free.
func CheckFields(defined []Field, before, after map[string]any) error {
	if len(after) > maxFields {
		return invalid("fields", "has %d entries: at most %d", len(after), maxFields)
	}
	if len(defined) == 0 || reflect.DeepEqual(before, after) && len(after) > 0 {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if old, ok := before[name]; ok && reflect.DeepEqual(old, after[name]) {
			continue
		}
		i := slices.IndexFunc(defined, func(f Field) bool { return f.Name == name })
		switch {
		case i < 0:
			return invalid("fields."+name, "is not defined for a %s: define it first (POST /fields), or leave it out", defined[0].RecordType)
		case defined[i].Archived:
			return invalid("fields."+name, "is archived: it keeps what it has and takes nothing new")
		}
		value, err := defined[i].value(after[name])
		if err != nil {
			return err
		}
		if after[name] = value; value == nil {
			delete(after, name)
		}
	}
	for i := range defined {
		if f := &defined[i]; f.Required && !f.Archived && after[f.Name] == nil {
			return invalid("fields."+f.Name, "is empty: a %s needs it", f.RecordType)
		}
	}
	return nil
}

// value is a value as it is kept; nil stands for none.
func (f *Field) value(v any) (any, error) {
	wrong := func(format string, args ...any) (any, error) { return nil, invalid("fields."+f.Name, format, args...) }
	if v == nil || v == "" {
		return nil, nil
	}
	switch f.Kind {
	case FieldNumber:
		n, ok := v.(float64)
		if !ok {
			return wrong("is a %s: want a number", jsonKind(v))
		}
		return n, f.within(n)
	case FieldBoolean:
		if b, ok := v.(bool); ok {
			return b, nil
		}
		return wrong("is a %s: want true or false", jsonKind(v))
	case FieldMoney:
		return f.money(v)
	case FieldMultiChoice:
		return f.several(v)
	}
	s, ok := v.(string)
	if !ok {
		return wrong("is a %s: want a text", jsonKind(v))
	}
	if s = tidy(s); s == "" {
		return nil, nil
	}
	switch f.Kind {
	case FieldChoiceOf:
		if !f.offers(s) {
			return wrong("%q is not one of %s", s, f.offered())
		}
	case FieldURL:
		return webURL("fields."+f.Name, s)
	case FieldDate:
		return s, f.date(s)
	case FieldText:
		return s, f.text(s)
	}
	return s, checkText("fields."+f.Name, s, maxID)
}

func (f *Field) text(s string) error {
	if err := checkText("fields."+f.Name, s, maxFieldText); err != nil {
		return err
	}
	if f.Pattern != "" && !regexp.MustCompile(`^(?:`+f.Pattern+`)$`).MatchString(s) {
		return invalid("fields."+f.Name, "%q does not match %s", cut(s, 50), f.Pattern)
	}
	return f.within(float64(utf8.RuneCountInString(s)))
}

func (f *Field) within(n float64) error {
	what := map[string]string{FieldText: " characters", FieldMoney: " minor units"}[f.Kind]
	if low, err := strconv.ParseFloat(f.Min, 64); err == nil && n < low {
		return invalid("fields."+f.Name, "is %v%s: want at least %s", n, what, f.Min)
	}
	if high, err := strconv.ParseFloat(f.Max, 64); err == nil && n > high {
		return invalid("fields."+f.Name, "is %v%s: want at most %s", n, what, f.Max)
	}
	return nil
}

func (f *Field) date(s string) error {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return invalid("fields."+f.Name, "%q is no date: want one like 2026-01-31", s)
	}
	if f.Min != "" && s < f.Min {
		return invalid("fields."+f.Name, "is %s: want %s or later", s, f.Min)
	}
	if f.Max != "" && s > f.Max {
		return invalid("fields."+f.Name, "is %s: want %s or earlier", s, f.Max)
	}
	return nil
}

func (f *Field) money(v any) (any, error) {
	m, _ := v.(map[string]any)
	amount, ok := m["amount"].(float64)
	currency, ok2 := m["currency"].(string)
	if !ok || !ok2 || len(m) != 2 || amount != float64(int64(amount)) {
		return nil, invalid("fields."+f.Name, `want {"amount": minor units, "currency": "EUR"}`)
	}
	money := Money{int64(amount), currency}
	if err := money.check("fields." + f.Name); err != nil {
		return nil, err
	}
	return map[string]any{"amount": amount, "currency": money.Currency}, f.within(amount)
}

func (f *Field) several(v any) (any, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, invalid("fields."+f.Name, "is a %s: want a list of texts", jsonKind(v))
	}
	var chosen []any
	for _, c := range list {
		s, _ := c.(string)
		if !f.offers(s) {
			return nil, invalid("fields."+f.Name, "%q is not one of %s", fmt.Sprint(c), f.offered())
		}
		if !slices.Contains(chosen, c) {
			chosen = append(chosen, c)
		}
	}
	if chosen == nil {
		return nil, nil
	}
	return chosen, nil
}

func (f *Field) offers(value string) bool {
	return slices.ContainsFunc(f.Choices, func(c FieldChoice) bool { return c.Value == value })
}

func (f *Field) offered() string {
	values := make([]string, len(f.Choices))
	for i, c := range f.Choices {
		values[i] = c.Value
	}
	return strings.Join(values, ", ")
}

func jsonKind(v any) string {
	switch v.(type) {
	case string:
		return "text"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "list"
	}
	return "object"
}

// typed are the values of a record as conditions see them: a date is a time, a money has a whole
// amount. What has no definition is as JSON has it.
func typed(defined []Field, fields map[string]any) map[string]any {
	out := maps.Clone(fields)
	for i := range defined {
		switch v := out[defined[i].Name].(type) {
		case string:
			if at, err := time.Parse(time.DateOnly, v); err == nil && defined[i].Kind == FieldDate {
				out[defined[i].Name] = at
			}
		case map[string]any:
			if amount, ok := v["amount"].(float64); ok && defined[i].Kind == FieldMoney {
				out[defined[i].Name] = map[string]any{"amount": int64(amount), "currency": v["currency"]}
			}
		}
	}
	return out
}

// fillFields takes over what the one lacks and the other has, and names it fields.NAME.
func fillFields(to, from map[string]any) (map[string]any, []string) {
	merged, filled := maps.Clone(to), []string{}
	for _, name := range slices.Sorted(maps.Keys(from)) {
		if _, has := merged[name]; has {
			continue
		}
		if merged == nil {
			merged = make(map[string]any)
		}
		merged[name] = from[name]
		filled = append(filled, "fields."+name)
	}
	return merged, filled
}

// emptyFields takes back what was filled, where it is unchanged.
func emptyFields(have, from map[string]any, filled []string) map[string]any {
	out := maps.Clone(have)
	for name, value := range from {
		if slices.Contains(filled, "fields."+name) && reflect.DeepEqual(out[name], value) {
			delete(out, name)
		}
	}
	return out
}

// keys are the values of a field as lists are filtered by them: each folded.
func (f *Field) keys(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{foldKey(cut(v, maxName))}
	case float64:
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case bool:
		return []string{strconv.FormatBool(v)}
	case []any:
		var keys []string
		for _, c := range v {
			keys = append(keys, foldKey(fmt.Sprint(c)))
		}
		return keys
	case map[string]any:
		amount, _ := v["amount"].(float64)
		return []string{fmt.Sprintf("%d %v", int64(amount), v["currency"])}
	}
	return nil
}
