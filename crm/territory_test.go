package crm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// region is a dimension from continents down to ranges of postal codes.
func region() crm.Dimension {
	d := crm.Dimension{Name: "Region", Fields: []crm.DimensionField{
		{Name: "country", From: []string{"account.country", "contact.country"}},
		{Name: "postal_code", From: []string{"account.postal_code", "contact.postal_code"}}},
		Values: []crm.DimensionValue{
			{ID: "eu", Label: "Europe"},
			{ID: "de", Parent: "eu", Label: "Germany", Match: []crm.ValueMatch{{Field: "country", Equal: []string{"DE", "Germany", "Deutschland"}}}},
			{ID: "de-by", Parent: "de", Label: "Bavaria", Match: []crm.ValueMatch{{Field: "postal_code", From: "80000", To: "87999"}, {Field: "postal_code", From: "90000", To: "97999"}}},
			{ID: "de-muc", Parent: "de-by", Label: "Munich", Match: []crm.ValueMatch{{Field: "postal_code", From: "80000", To: "81999"}}},
			{ID: "de-sn", Parent: "de", Label: "Saxony", Match: []crm.ValueMatch{{Field: "postal_code", From: "01000", To: "09999"}}},
			{ID: "at", Parent: "eu", Label: "Austria", Match: []crm.ValueMatch{{Field: "country", Equal: []string{"AT", "Österreich"}}}},
			{ID: "uk-sw", Parent: "eu", Label: "South-west London", Match: []crm.ValueMatch{{Field: "postal_code", From: "SW1", To: "SW9"}}},
		}}
	d.ID = "region"
	return d
}

func industry() crm.Dimension {
	d := crm.Dimension{Name: "Industry", Fields: []crm.DimensionField{{Name: "industry", From: []string{"account.industry"}}},
		Values: []crm.DimensionValue{{ID: "hotels", Label: "Hotels", Match: []crm.ValueMatch{{Field: "industry", Prefix: []string{"hotel"}}}}, {ID: "retail", Label: "Retail", Match: []crm.ValueMatch{{Field: "industry", Equal: []string{"retail"}}}}}}
	d.ID = "industry"
	return d
}

func territory(id string, criteria ...crm.Criterion) crm.Territory {
	t := crm.Territory{Name: strings.ToUpper(id), Enabled: true, Criteria: criteria}
	t.ID = id
	return t
}

func asks(dimension string, values ...string) crm.Criterion {
	return crm.Criterion{DimensionID: dimension, Values: values}
}

func bavarianHotel() crm.Traits {
	return crm.Traits{"account.country": {"Deutschland"}, "account.postal_code": {"D-80331"}, "account.industry": {"Hotels and resorts"}}
}

func TestClaims(t *testing.T) {
	except := crm.Criterion{DimensionID: "region", Values: []string{"de"}, Except: []string{"de-muc"}}
	high := territory("high", asks("region", "de"))
	high.Priority = 5
	for name, test := range map[string]struct {
		territories []crm.Territory
		traits      crm.Traits
		want        []string // territory and specificity, in order
		nearest     string
	}{
		"OKDeeperWins": {[]crm.Territory{territory("de", asks("region", "de")), territory("muc", asks("region", "de-muc")), territory("eu", asks("region", "eu"))},
			bavarianHotel(), []string{"muc 100", "de 50", "eu 25"}, ""},
		"OKMoreDimensionsWin": {[]crm.Territory{territory("muc", asks("region", "de-muc")), territory("hotels-de", asks("region", "de"), asks("industry", "hotels"))},
			bavarianHotel(), []string{"hotels-de 150", "muc 100"}, ""},
		"OKPriority":         {[]crm.Territory{territory("de", asks("region", "de")), high}, bavarianHotel(), []string{"high 50", "de 50"}, ""},
		"OKDeepestOfSeveral": {[]crm.Territory{territory("any", asks("region", "at", "de", "de-muc"))}, bavarianHotel(), []string{"any 100"}, ""},
		"OKExcept":           {[]crm.Territory{territory("rest", except)}, bavarianHotel(), nil, `REST misses Germany: country is "Deutschland", postal_code is "D-80331"`},
		"OKTextRange":        {[]crm.Territory{territory("sw", asks("region", "uk-sw"))}, crm.Traits{"contact.postal_code": {"SW9 8HQ"}}, []string{"sw 50"}, ""},
		"OKLeadingZero":      {[]crm.Territory{territory("sn", asks("region", "de-sn"))}, crm.Traits{"account.country": {"DE"}, "account.postal_code": {"01067"}}, []string{"sn 75"}, ""},
		"OKAboveHasToHold":   {[]crm.Territory{territory("muc", asks("region", "de-muc"))}, crm.Traits{"account.country": {"AT"}, "account.postal_code": {"80331"}}, nil, `MUC misses Munich: country is "AT", postal_code is "80331"`},
		"OKFoldedText":       {[]crm.Territory{territory("at", asks("region", "at"))}, crm.Traits{"account.country": {"oesterreich"}}, []string{"at 50"}, ""},
		"OKNothingFilledIn":  {[]crm.Territory{territory("at", asks("region", "at"))}, nil, nil, "AT misses Austria: country is not filled in, postal_code is not filled in"},
		"OKEverything":       {[]crm.Territory{territory("all")}, nil, []string{"all 0"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := crm.NewTerritoryPlan([]crm.Dimension{region(), industry()}, test.territories)
			if err != nil {
				t.Fatal(err)
			}
			claims, nearest := p.Claims(test.traits)
			var got []string
			for _, c := range claims {
				got = append(got, fmt.Sprintf("%s %d", c.TerritoryID, c.Specificity))
			}
			if diff := cmp.Diff(test.want, got); diff != "" || nearest != test.nearest {
				t.Errorf("claims (-want +got):\n%s\nnearest %q, want %q", diff, nearest, test.nearest)
			}
		})
	}
}

func TestTerritoryPlanRefuses(t *testing.T) {
	child := territory("child", asks("region", "at"))
	child.ParentID = "parent"
	circle := territory("a")
	circle.ParentID = "a"
	empty := industry()
	empty.Values = append(empty.Values, crm.DimensionValue{ID: "none", Label: "None"})
	for name, test := range map[string]struct {
		territories []crm.Territory
		field       string
	}{
		"ErrDimension":      {[]crm.Territory{territory("x", asks("size", "big"))}, "criteria[0].dimension_id"},
		"ErrValue":          {[]crm.Territory{territory("x", asks("region", "fr"))}, "criteria[0].values[0]"},
		"ErrNoValue":        {[]crm.Territory{territory("x", asks("region"))}, "criteria[0].values"},
		"ErrMatchesNothing": {[]crm.Territory{territory("x", asks("industry", "none"))}, "criteria[0].values"},
		"ErrAllExcepted":    {[]crm.Territory{territory("x", crm.Criterion{DimensionID: "region", Values: []string{"de-by"}, Except: []string{"de"}})}, "criteria[0].values"},
		"ErrContradiction":  {[]crm.Territory{territory("x", asks("region", "de-sn"), asks("region", "at", "de-muc"))}, "criteria"},
		"ErrParent":         {[]crm.Territory{territory("parent", asks("region", "de")), child}, "criteria"},
		"ErrParentGone":     {[]crm.Territory{child}, "parent_id"},
		"ErrCircle":         {[]crm.Territory{circle}, "parent_id"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := crm.NewTerritoryPlan([]crm.Dimension{region(), empty}, test.territories)
			wantInvalid(t, err, test.field)
		})
	}
}

func TestAssign(t *testing.T) {
	claims := []crm.Claim{{TerritoryID: "a", Name: "A", Specificity: 100}, {TerritoryID: "b", Name: "B", Specificity: 100}, {TerritoryID: "c", Name: "C", Specificity: 50}}
	for name, test := range map[string]struct {
		claims   []crm.Claim
		standing crm.Standing
		want     []string
	}{
		"OKLoad":   {claims, crm.Standing{Load: map[string]float64{"a": 3, "b": 1.5}}, []string{"b", "a", "c"}},
		"OKStays":  {claims, crm.Standing{Primary: "a", Load: map[string]float64{"a": 3, "b": 1.5}}, []string{"a", "b", "c"}},
		"OKOnly":   {claims[2:], crm.Standing{Primary: "a"}, []string{"c"}},
		"OKPin":    {claims, crm.Standing{Pin: &crm.Pin{TerritoryID: "c", Reason: "they asked"}}, []string{"c", "a", "b"}},
		"OKPinned": {nil, crm.Standing{Pin: &crm.Pin{TerritoryID: "z", Reason: "they asked"}}, []string{"z"}},
		"OKNone":   {nil, crm.Standing{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for i, a := range crm.Assign(test.claims, test.standing) {
				got = append(got, a.TerritoryID)
				if a.Rank != int64(i+1) || a.Reason == "" {
					t.Errorf("got %+v: want rank %d and a reason", a, i+1)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSaveDimensionRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*crm.Dimension)
		field  string
	}{
		"ErrName":      {func(d *crm.Dimension) { d.Name = " " }, "name"},
		"ErrPath":      {func(d *crm.Dimension) { d.Fields[0].From[0] = "account.colour" }, "fields[0].from[0]"},
		"ErrParent":    {func(d *crm.Dimension) { d.Values[0].Parent = "de-by" }, "values[0].parent"},
		"ErrTwice":     {func(d *crm.Dimension) { d.Values[1].ID = "eu" }, "values[1].id"},
		"ErrField":     {func(d *crm.Dimension) { d.Values[1].Match[0].Field = "zip" }, "values[1].match[0].field"},
		"ErrTwoKinds":  {func(d *crm.Dimension) { d.Values[1].Match[0].From = "1" }, "values[1].match[0]"},
		"ErrEmpty":     {func(d *crm.Dimension) { d.Values[2].Match[0].To = "79999" }, "values[2].match[0]"},
		"ErrOneEnd":    {func(d *crm.Dimension) { d.Values[2].Match[0].To = "" }, "values[2].match[0]"},
		"ErrEmptyText": {func(d *crm.Dimension) { d.Values[1].Match[0].Equal[0] = " " }, "values[1].match[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				d := region()
				d.ID = ""
				test.change(&d)
				wantInvalid(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
					_, err := crm.SaveDimension(t.Context(), tx, by(noon), d)
					return err
				}), test.field)
			})
		})
	}
}

// market saves a region dimension and territories over it, and returns their ids by name.
func market(t *testing.T, db *sqldb.DB, values map[string]string) (dimension string, ids map[string]string) {
	t.Helper()
	ids = make(map[string]string)
	update(t, db, func(tx *sqldb.Tx) error {
		d := region()
		d.ID = ""
		d, err := crm.SaveDimension(t.Context(), tx, by(noon), d)
		dimension = d.ID
		for name, value := range values {
			if err != nil {
				return err
			}
			var saved crm.Territory
			saved, err = crm.SaveTerritory(t.Context(), tx, by(noon), crm.Territory{Name: name, Enabled: true, Criteria: []crm.Criterion{asks(d.ID, value)}})
			ids[name] = saved.ID
		}
		return err
	})
	return dimension, ids
}

// primary is the territory a record has, and whether it waits in the queue.
func primary(t *testing.T, db *sqldb.DB, kind, id string) (territory string, queued bool) {
	t.Helper()
	all, err := crm.RecordTerritories(t.Context(), db, kind, []string{id})
	if err != nil {
		t.Fatal(err)
	}
	queue, _, err := crm.TerritoryQueue(t.Context(), db, crm.System(), kind, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range queue {
		queued = queued || r.RecordID == id && r.Reason != "" && r.Name != ""
	}
	if len(all[id]) > 0 {
		territory = all[id][0].TerritoryID
	}
	return territory, queued
}

func TestRecordsGetTheirTerritories(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, ids := market(t, db, map[string]string{"Germany": "de", "Munich": "de-muc"})
		a := crm.Account{Name: "Hotel Seeblick", Country: "DE", PostalCode: "80331"}
		var c crm.Contact
		var o crm.Opportunity
		update(t, db, func(tx *sqldb.Tx) (err error) {
			if a, err = crm.CreateAccount(t.Context(), tx, a, by(noon)); err != nil {
				return err
			}
			if c, err = crm.CreateContact(t.Context(), tx, crm.Contact{LastName: "Wegener", AccountID: a.ID}, by(noon)); err != nil {
				return err
			}
			leads := []crm.Lead{{Milestone: crm.Unqualified, Name: "Petra", Topic: "Grills", ContactID: c.ID, Meta: crm.Meta{CreatedAt: noon}}}
			if _, err = crm.OpenLeads(t.Context(), tx, leads, by(noon)); err != nil {
				return err
			}
			o, err = crm.CreateOpportunity(t.Context(), tx, by(noon), crm.Opportunity{Name: "Grills", ContactID: c.ID, LeadID: leads[0].ID})
			return err
		})
		wants := func(want string, queued bool) {
			t.Helper()
			for kind, id := range map[string]string{crm.RecordAccount: a.ID, crm.RecordContact: c.ID, crm.RecordLead: o.LeadID, crm.RecordOpportunity: o.ID} {
				if got, waits := primary(t, db, kind, id); got != want || waits != queued {
					t.Errorf("%s: got territory %q, queued %v; want %q, %v", kind, got, waits, want, queued)
				}
			}
		}
		wants(ids["Munich"], false)
		a.PostalCode = "10115"
		update(t, db, func(tx *sqldb.Tx) (err error) { a, err = crm.UpdateAccount(t.Context(), tx, a, by(noon)); return err })
		wants(ids["Germany"], false)
		a.Country = "Switzerland"
		update(t, db, func(tx *sqldb.Tx) (err error) { a, err = crm.UpdateAccount(t.Context(), tx, a, by(noon)); return err })
		wants("", true)
		wantInvalid(t, pin(t, db, crm.RecordOpportunity, o.ID, ids["Munich"], ""), "reason")
		if err := pin(t, db, crm.RecordOpportunity, o.ID, ids["Munich"], "they asked for Anna"); err != nil {
			t.Fatal(err)
		}
		if got, waits := primary(t, db, crm.RecordOpportunity, o.ID); got != ids["Munich"] || waits {
			t.Errorf("got %q, queued %v, after it was pinned", got, waits)
		}
		if err := pin(t, db, crm.RecordOpportunity, o.ID, "", ""); err != nil {
			t.Fatal(err)
		}
		wants("", true)
	})
}

func pin(t *testing.T, db *sqldb.DB, kind, id, territory, why string) error {
	return db.Update(t.Context(), func(tx *sqldb.Tx) error {
		ch := by(noon)
		ch.Why = why
		return crm.PinTerritory(t.Context(), tx, ch, kind, id, territory)
	})
}

func TestOverlapGoesToTheLeastLoaded(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		_, ids := market(t, db, map[string]string{"One": "de", "Two": "de"})
		got := map[string]int{}
		for i := range 6 {
			update(t, db, func(tx *sqldb.Tx) error {
				a, err := crm.CreateAccount(t.Context(), tx, crm.Account{Name: fmt.Sprint("Hotel ", i), Country: "DE"}, by(noon))
				if err != nil {
					return err
				}
				_, err = crm.CreateOpportunity(t.Context(), tx, by(noon), crm.Opportunity{Name: fmt.Sprint(i), AccountID: a.ID})
				return err
			})
		}
		open, _, err := crm.FindOpportunities(t.Context(), db, crm.System(), crm.OpportunityFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range open {
			id, _ := primary(t, db, crm.RecordOpportunity, o.ID)
			got[id]++
		}
		if got[ids["One"]] != 3 || got[ids["Two"]] != 3 {
			t.Errorf("got %v: want three each", got)
		}
	})
}

func TestDraftSaysWhatMoves(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		dimension, ids := market(t, db, map[string]string{"Germany": "de"})
		const n = 1203 // more than two batches
		update(t, db, func(tx *sqldb.Tx) error {
			for i := range n {
				code := "80331"
				if i%3 == 0 {
					code = "10115"
				}
				if _, err := crm.CreateAccount(t.Context(), tx, crm.Account{Name: fmt.Sprint("Hotel ", i), Country: "DE", PostalCode: code}, by(noon)); err != nil {
					return err
				}
			}
			return nil
		})
		munich := crm.Territory{Name: "Munich", Enabled: true, Criteria: []crm.Criterion{asks(dimension, "de-muc")}}
		var d, stale crm.TerritoryDraft
		var j crm.TerritoryJob
		update(t, db, func(tx *sqldb.Tx) (err error) {
			if stale, _, err = crm.DraftTerritory(t.Context(), tx, by(noon), munich); err != nil {
				return err
			}
			d, j, err = crm.DraftTerritory(t.Context(), tx, by(noon), munich)
			return err
		})
		j, err := crm.WorkTerritoryJob(t.Context(), db, j.ID, noon, noon, 1)
		if err != nil || j.State != crm.JobRunning || j.Done != 500 || j.Total != n {
			t.Fatalf("got %+v, %v: want 500 of %d done", j, err, n)
		}
		if j, err = crm.WorkTerritoryJob(t.Context(), db, j.ID, noon, noon, 100); err != nil || j.State != crm.JobDone || j.Done != n {
			t.Fatalf("got %+v, %v", j, err)
		}
		if len(j.Moves.Ways) != 1 || j.Moves.Primary[crm.RecordAccount] != 802 {
			t.Fatalf("got %+v", j.Moves)
		}
		if r := j.Moves.Ways[0]; r.From != ids["Germany"] || r.To != d.ID || r.Records != 802 || len(r.Samples) != 5 || r.Samples[0].Was == "" || r.Samples[0].Becomes == "" {
			t.Errorf("got %+v", r)
		}
		var made crm.Territory
		update(t, db, func(tx *sqldb.Tx) (err error) {
			made, err = crm.ApplyTerritoryDraft(t.Context(), tx, by(noon), d.ID)
			return err
		})
		wantErr(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.ApplyTerritoryDraft(t.Context(), tx, by(noon), stale.ID)
			return err
		}), crm.ErrConflict)
		for more := true; more; {
			if more, err = crm.WorkTerritories(t.Context(), db, noon, noon, 1); err != nil {
				t.Fatal(err)
			}
		}
		sizes, err := crm.TerritorySizes(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		if got := sizes[made.ID].Primary[crm.RecordAccount]; got != 802 {
			t.Errorf("Munich has %d accounts: want what the draft said, 802", got)
		}
		if got := sizes[ids["Germany"]]; got.Primary[crm.RecordAccount] != 401 || got.Shared[crm.RecordAccount] != 802 {
			t.Errorf("Germany has %+v: want 401 and a share in 802", got)
		}
	})
}
