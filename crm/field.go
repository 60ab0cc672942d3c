package crm

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Field defines a field of the company's own. Its values stand in the fields of a record.
type Field struct {
	Meta
	RecordType string            `json:"record_type"` // account, contact, lead, opportunity, campaign
	Name       string            `json:"name"`        // the key in fields: a–z, 0–9 and _
	Kind       string            `json:"kind"`        // one of FieldKinds
	Labels     map[string]string `json:"labels"`      // by language: en, de …
	Required   bool              `json:"required"`
	Unique     bool              `json:"unique"`         // no two records have the same value
	Pattern    string            `json:"pattern"`        // of a text: a regular expression that the whole of it matches
	Min        string            `json:"min"`            // a number (of a money: minor units), or a date; of a text: its length
	Max        string            `json:"max"`            //
	Choices    []FieldChoice     `json:"choices"`        // of a choice and a multi-choice
	References string            `json:"reference_type"` // of a reference: the type of record it names
	Position   int64             `json:"position"`       // in forms, the smallest first
	Archived   bool              `json:"archived"`       // it is kept and shown no more
}

// A FieldChoice is a value that a choice may have.
type FieldChoice struct {
	Value  string            `json:"value"`
	Labels map[string]string `json:"labels"`
}

// Kinds of fields, and how their values stand in JSON: text, choice, url and reference as a string,
// number as a number, money as {"amount": minor units, "currency": code}, date as "2026-01-31",
// boolean as true or false, multi-choice as a list of strings.
const (
	FieldText        = "text"
	FieldNumber      = "number"
	FieldMoney       = "money"
	FieldDate        = "date"
	FieldBoolean     = "boolean"
	FieldChoiceOf    = "choice"
	FieldMultiChoice = "multi-choice"
	FieldURL         = "url"
	FieldReference   = "reference"
)

// FieldKinds are all kinds.
var FieldKinds = []string{FieldText, FieldNumber, FieldMoney, FieldDate, FieldBoolean, FieldChoiceOf, FieldMultiChoice, FieldURL, FieldReference}

// FieldTypes are the types of records that have fields of the company's own.
var FieldTypes = []string{RecordAccount, RecordContact, RecordLead, RecordOpportunity, RecordCampaign}

const (
	maxChoices   = 200
	maxFieldText = 4000
	maxPattern   = 200
)

var (
	fieldName     = regexp.MustCompile(`^[a-z][a-z0-9_]{0,49}$`)
	fieldLanguage = regexp.MustCompile(`^[a-z]{2,3}$`)
)

func (f *Field) check() error {
	switch {
	case !slices.Contains(FieldTypes, f.RecordType):
		return invalid("record_type", "%q is not one of %s", f.RecordType, strings.Join(FieldTypes, ", "))
	case !fieldName.MatchString(f.Name):
		return invalid("name", "%q: want up to 50 of a–z, 0–9 and _, beginning with a letter", f.Name)
	case !slices.Contains(FieldKinds, f.Kind):
		return invalid("kind", "%q is not one of %s", f.Kind, strings.Join(FieldKinds, ", "))
	case f.Unique && (f.Kind == FieldBoolean || f.Kind == FieldMultiChoice):
		return invalid("unique", "makes no sense of a %s", f.Kind)
	case f.Pattern != "" && f.Kind != FieldText:
		return invalid("pattern", "is for texts: this is a %s", f.Kind)
	case len(f.Pattern) > maxPattern:
		return invalid("pattern", "has %d bytes: at most %d", len(f.Pattern), maxPattern)
	case (f.Kind == FieldReference) != (f.References != ""):
		return invalid("reference_type", "belongs to a reference, and a reference needs it")
	case f.References != "" && recordTables[f.References] == "":
		return invalid("reference_type", "%q is no type of record that can be named", f.References)
	}
	if _, err := regexp.Compile(f.Pattern); err != nil {
		return invalid("pattern", "is no regular expression (RE2): %s", err)
	}
	if err := checkLabels("labels", f.Labels); err != nil {
		return err
	}
	if err := f.checkBounds(); err != nil {
		return err
	}
	return f.checkChoices()
}

func checkLabels(at string, labels map[string]string) error {
	for language, label := range labels {
		if !fieldLanguage.MatchString(language) {
			return invalid(at, "%q is no language: want a code such as de", language)
		}
		if err := checkText(at+"."+language, label, maxName); err != nil {
			return err
		}
	}
	return nil
}

func (f *Field) checkBounds() error {
	for _, b := range []struct{ name, bound string }{{"min", f.Min}, {"max", f.Max}} {
		if b.bound == "" {
			continue
		}
		switch f.Kind {
		case FieldText, FieldNumber, FieldMoney:
			if _, err := strconv.ParseFloat(b.bound, 64); err != nil {
				return invalid(b.name, "%q is no number", b.bound)
			}
		case FieldDate:
			if _, err := time.Parse(time.DateOnly, b.bound); err != nil {
				return invalid(b.name, "%q is no date: want one like 2026-01-31", b.bound)
			}
		default:
			return invalid(b.name, "makes no sense of a %s", f.Kind)
		}
	}
	return nil
}

func (f *Field) checkChoices() error {
	chosen := f.Kind == FieldChoiceOf || f.Kind == FieldMultiChoice
	if chosen != (len(f.Choices) > 0) {
		return invalid("choices", "belong to a choice, and a choice needs some")
	}
	if len(f.Choices) > maxChoices {
		return invalid("choices", "has %d entries: at most %d", len(f.Choices), maxChoices)
	}
	seen := make(map[string]bool)
	for i, c := range f.Choices {
		at := fmt.Sprintf("choices[%d]", i)
		if err := checkText(at+".value", c.Value, maxName); err != nil {
			return err
		}
		if c.Value == "" || seen[c.Value] {
			return invalid(at+".value", "%q: want each value once, and none empty", c.Value)
		}
		seen[c.Value] = true
		if err := checkLabels(at+".labels", c.Labels); err != nil {
			return err
		}
	}
	return nil
}

func sortFields(fields []Field) {
	slices.SortFunc(fields, func(a, b Field) int { return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Name, b.Name)) })
}
