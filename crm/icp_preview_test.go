package crm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func TestPreviewOfIdealProfile(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		set, rate := hotels(), as("anna", noon)
		update(t, db, func(tx *sqldb.Tx) (err error) {
			set, err = crm.SaveIdealProfile(t.Context(), tx, rate, set)
			return err
		})
		hotel := createLead(t, db, rate, crm.Lead{Name: "Hotel", Industry: "hotels", Employees: 30})
		bank := createLead(t, db, rate, crm.Lead{Name: "Bank", Industry: "banks", Employees: 30})
		createLead(t, db, rate, crm.Lead{Name: "Unknown"})
		criteria := []crm.IdealCriterion{{Field: "industry", Operator: crm.OperatorEquals, Values: []string{"banks"}, Weight: 1}}
		became := func(l crm.Lead, grade, profile string, outcome crm.CriterionResult) crm.RegradedLead {
			return crm.RegradedLead{ID: l.ID, Name: l.Name, Was: l.Rating.Grade, Becomes: grade, Profile: profile, Criteria: []crm.CriterionResult{outcome}}
		}
		yes := crm.CriterionResult{Label: "industry", Outcome: crm.CriterionMet, Weight: 1, Reason: "industry banks is banks"}
		no := crm.CriterionResult{Label: "industry", Outcome: crm.CriterionFailed, Weight: 1, Reason: "industry hotels is not banks"}
		for name, test := range map[string]struct {
			profile crm.IdealProfile
			changed []crm.RegradedLead // among the samples
			grades  string             // that leads would have, in the order of crm.Grades
		}{
			"OKInItsPlace": {crm.IdealProfile{Meta: set.Meta, Name: "Banks", Active: true, Criteria: criteria},
				[]crm.RegradedLead{became(bank, "A", "Banks", yes), became(hotel, "F", "Banks", no)}, "A F -"},
			"OKBesideIt": {crm.IdealProfile{Name: "Banks", Active: true, Criteria: criteria},
				[]crm.RegradedLead{became(bank, "A", "Banks", yes)}, "A B -"},
			"OKSwitchedOff": {crm.IdealProfile{Name: "Banks", Criteria: criteria}, nil, "B D -"},
		} {
			t.Run(name, func(t *testing.T) {
				got, err := crm.PreviewIdealProfile(t.Context(), db, crm.System(), test.profile, noon)
				if err != nil {
					t.Fatal(err)
				}
				var changed []crm.RegradedLead
				for _, l := range got.Samples {
					if l.Was != l.Becomes {
						changed = append(changed, l)
					}
				}
				grades := ""
				for _, g := range got.Grades {
					for range g.Becomes {
						grades += " " + map[bool]string{true: "-", false: g.Grade}[g.Grade == ""]
					}
				}
				if diff := cmp.Diff(test.changed, changed); diff != "" || grades != " "+test.grades || got.Leads != 3 || len(got.Samples) != 3 {
					t.Errorf("%d leads, grades%s, want %s\n%s", got.Leads, grades, test.grades, diff)
				}
			})
		}
		_, err := crm.PreviewIdealProfile(t.Context(), db, crm.System(), crm.IdealProfile{Name: "Empty"}, noon)
		wantInvalid(t, err, "criteria")
		if got, err := crm.PreviewIdealProfile(t.Context(), db, nil, set, noon); err != nil || got.Leads != 0 {
			t.Errorf("who may read no lead is shown %d, %v", got.Leads, err)
		}
		if l, err := crm.LeadByID(t.Context(), db, crm.System(), bank.ID); err != nil || l.Rating.Grade != bank.Rating.Grade {
			t.Errorf("%+v, %v: a preview changed the grade", l.Rating, err)
		}
	})
}
