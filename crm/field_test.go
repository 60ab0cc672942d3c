package crm_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func TestCheckFields(t *testing.T) {
	field := func(kind string, change func(*crm.Field)) crm.Field {
		f := crm.Field{RecordType: "contact", Name: "f", Kind: kind}
		if change != nil {
			change(&f)
		}
		return f
	}
	tiers := func(f *crm.Field) { f.Choices = []crm.FieldChoice{{Value: "A"}, {Value: "B"}} }
	bounds := func(low, high string) func(*crm.Field) { return func(f *crm.Field) { f.Min, f.Max = low, high } }
	for name, c := range map[string]struct {
		field crm.Field
		value any
		want  any // nil: refused
	}{
		"OK/Text":            {field("text", nil), " a  b ", "a b"},
		"OK/Pattern":         {field("text", func(f *crm.Field) { f.Pattern = "[A-Z]{2}" }), "AB", "AB"},
		"ErrPattern":         {field("text", func(f *crm.Field) { f.Pattern = "[A-Z]{2}" }), "ABC", nil},
		"ErrTextLength":      {field("text", bounds("", "3")), "Köln", nil},
		"OK/Number":          {field("number", bounds("0", "5")), 4.5, 4.5},
		"ErrNumberMax":       {field("number", bounds("0", "5")), 5.5, nil},
		"ErrNumberText":      {field("number", nil), "5", nil},
		"OK/Money":           {field("money", nil), map[string]any{"amount": 100.0, "currency": "eur"}, map[string]any{"amount": 100.0, "currency": "EUR"}},
		"ErrMoneyFraction":   {field("money", nil), map[string]any{"amount": 100.5, "currency": "EUR"}, nil},
		"ErrMoneyCurrency":   {field("money", nil), map[string]any{"amount": 100.0, "currency": "XXQ"}, nil},
		"OK/Date":            {field("date", bounds("2026-01-01", "")), "2026-02-28", "2026-02-28"},
		"ErrDate":            {field("date", nil), "2026-02-30", nil},
		"ErrDateEarly":       {field("date", bounds("2026-01-01", "")), "2025-12-31", nil},
		"OK/Boolean":         {field("boolean", nil), false, false},
		"ErrBoolean":         {field("boolean", nil), "yes", nil},
		"OK/Choice":          {field("choice", tiers), "B", "B"},
		"ErrChoice":          {field("choice", tiers), "C", nil},
		"OK/MultiChoice":     {field("multi-choice", tiers), []any{"B", "A", "B"}, []any{"B", "A"}},
		"ErrMultiChoice":     {field("multi-choice", tiers), []any{"B", "X"}, nil},
		"ErrMultiChoiceText": {field("multi-choice", tiers), "A", nil},
		"OK/URL":             {field("url", nil), "example.com/a", "https://example.com/a"},
		"ErrURL":             {field("url", nil), "javascript:alert(1)", nil},
		"ErrArchived":        {field("text", func(f *crm.Field) { f.Archived = true }), "x", nil},
		"ErrUndefined":       {crm.Field{RecordType: "contact", Name: "other", Kind: "text"}, "x", nil},
	} {
		t.Run(name, func(t *testing.T) {
			after := map[string]any{"f": c.value}
			err := crm.CheckFields([]crm.Field{c.field}, nil, after)
			if c.want == nil {
				wantInvalid(t, err, "fields.f")
				if err := crm.CheckFields([]crm.Field{c.field}, map[string]any{"f": c.value}, map[string]any{"f": c.value}); err != nil {
					t.Errorf("what was there before is refused: %v", err)
				}
				return
			}
			if diff := cmp.Diff(c.want, after["f"]); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
	required := field("text", func(f *crm.Field) { f.Required = true })
	wantInvalid(t, crm.CheckFields([]crm.Field{required}, nil, map[string]any{}), "fields.f")
	wantInvalid(t, crm.CheckFields([]crm.Field{required}, map[string]any{"f": "x"}, map[string]any{"f": ""}), "fields.f")
	if err := crm.CheckFields(nil, nil, map[string]any{"anything": 1.0}); err != nil {
		t.Errorf("without definitions fields are free: %v", err)
	}
}

func FuzzCheckFields(f *testing.F) {
	f.Add("text", "x", "^a+$")
	f.Add("date", "2026-01-01", "")
	f.Fuzz(func(t *testing.T, kind, value, pattern string) {
		after := map[string]any{"f": value}
		definition := crm.Field{RecordType: "contact", Name: "f", Kind: kind, Pattern: pattern}
		if crm.CheckField(&definition) != nil {
			return
		}
		err := crm.CheckFields([]crm.Field{definition}, nil, after)
		var invalid *crm.Invalid
		if err != nil && !errors.As(err, &invalid) {
			t.Errorf("got %v", err)
		}
	})
}

// Definitions are asked by every way in, and values are found by them.
func TestFieldsOfRecords(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		before := createOpportunity(t, db, crm.Opportunity{Name: "Old", Fields: map[string]any{"tier": "A", "wild": 1.0}})
		define := func(f crm.Field) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := crm.SaveField(t.Context(), tx, by(noon), f)
				return err
			})
		}
		for _, f := range []crm.Field{
			{RecordType: "opportunity", Name: "tier", Kind: "choice", Choices: []crm.FieldChoice{{Value: "A"}, {Value: "B"}}},
			{RecordType: "opportunity", Name: "starts", Kind: "date"},
			{RecordType: "contact", Name: "code", Kind: "text", Unique: true},
			{RecordType: "contact", Name: "boss", Kind: "reference", References: "contact"},
		} {
			if err := define(f); err != nil {
				t.Fatal(err)
			}
		}
		wantErr(t, define(crm.Field{RecordType: "contact", Name: "code", Kind: "text"}), sqldb.ErrConflict)
		wantInvalid(t, define(crm.Field{RecordType: "contact", Name: "Code", Kind: "text"}), "name")
		wantInvalid(t, define(crm.Field{RecordType: "contact", Name: "re", Kind: "text", Pattern: "("}), "pattern")

		found, _, err := crm.FindOpportunities(t.Context(), db, crm.System(), crm.OpportunityFilter{Fields: crm.FieldFilter{"tier": "a"}})
		if err != nil || len(found) != 1 || found[0].ID != before.ID {
			t.Errorf("what was there before is not found: %v, %v", found, err)
		}
		change := func(fields map[string]any) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := crm.ChangeOpportunity(t.Context(), tx, by(noon), before.ID, 0, "update", func(o *crm.Opportunity, _ *crm.Process, _ crm.Facts) error {
					o.Fields = fields
					return nil
				})
				return err
			})
		}
		wantInvalid(t, change(map[string]any{"tier": "C", "wild": 1.0}), "fields.tier")
		wantInvalid(t, change(map[string]any{"wild": 2.0}), "fields.wild")
		if err := change(map[string]any{"tier": "B", "wild": 1.0, "starts": "2026-05-01"}); err != nil {
			t.Errorf("what is not defined, and unchanged, is refused: %v", err)
		}

		anna := createContact(t, db, crm.Contact{LastName: "Anna", Fields: map[string]any{"code": "K-7"}})
		create := func(fields map[string]any) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := crm.CreateContact(t.Context(), tx, crm.Contact{LastName: "Bert", Fields: fields}, by(noon))
				return err
			})
		}
		wantInvalid(t, create(map[string]any{"code": "k-7"}), "fields.code")
		wantInvalid(t, create(map[string]any{"boss": "nobody"}), "fields.boss")
		wantInvalid(t, create(map[string]any{"hobby": "chess"}), "fields.hobby")
		if err := create(map[string]any{"code": "K-8", "boss": anna.ID}); err != nil {
			t.Error(err)
		}
		contacts, _, err := crm.FindContacts(t.Context(), db, crm.System(), crm.ContactFilter{Fields: crm.FieldFilter{"boss": anna.ID}})
		if err != nil || len(contacts) != 1 || contacts[0].LastName != "Bert" {
			t.Errorf("got %v, %v", contacts, err)
		}
	})
}

// Conditions see a date as a time.
func TestConditionsSeeTypedFields(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.SaveField(t.Context(), tx, by(noon), crm.Field{RecordType: "opportunity", Name: "starts", Kind: "date"})
			return err
		})
		saveProcess(t, db, process(func(p *crm.Process) { p.Stages[0].Gate = crm.Gate{Expression: `fields.starts > now`} }))
		o := createOpportunity(t, db, crm.Opportunity{Name: "Chairs", Fields: map[string]any{"starts": noon.AddDate(0, 1, 0).Format(time.DateOnly)}})
		w, err := crm.WhereaboutsOf(t.Context(), db, &o, noon)
		if err != nil || len(w.Missing) != 0 {
			t.Errorf("got %v, %v", w.Missing, err)
		}
		if w, err = crm.WhereaboutsOf(t.Context(), db, &o, noon.AddDate(0, 2, 0)); err != nil || len(w.Missing) != 1 {
			t.Errorf("two months later: got %v, %v", w.Missing, err)
		}
	})
}
