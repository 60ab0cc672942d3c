package crm_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// alike is a crm.Near that takes equal fingerprints for the same text.
func alike(a, b uint64) bool { return a != 0 && a == b }

func saveCampaign(t testing.TB, db *sqldb.DB, c crm.Campaign) crm.Campaign {
	t.Helper()
	if c.Status == "" {
		c.Status = crm.CampaignActive
	}
	update(t, db, func(tx *sqldb.Tx) (err error) {
		c, err = crm.SaveCampaign(t.Context(), tx, by(noon), c, alike)
		return err
	})
	return c
}

func TestCampaignChecks(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		spring := saveCampaign(t, db, crm.Campaign{Name: "  Spring   fair ", Kind: crm.CampaignClassic, Budget: crm.Money{Amount: 5000_00, Currency: "eur"}})
		if spring.Name != "Spring fair" || spring.Cost.Currency != "EUR" || spring.Version != 1 || spring.Seeks != crm.IdeaOther {
			t.Errorf("got %+v", spring)
		}
		part := saveCampaign(t, db, crm.Campaign{Name: "Stand", Kind: crm.CampaignClassic, ParentID: spring.ID})
		for name, c := range map[string]struct {
			campaign crm.Campaign
			field    string
		}{
			"ErrName":     {crm.Campaign{Name: " ", Kind: crm.CampaignClassic}, "name"},
			"ErrTwice":    {crm.Campaign{Name: "SPRING FAIR", Kind: crm.CampaignClassic}, "name"},
			"ErrKind":     {crm.Campaign{Name: "a", Kind: "viral"}, "kind"},
			"ErrStatus":   {crm.Campaign{Name: "a", Kind: crm.CampaignClassic, Status: "asleep"}, "status"},
			"ErrPeriod":   {crm.Campaign{Name: "a", Kind: crm.CampaignClassic, StartsAt: noon, EndsAt: noon.Add(-time.Hour)}, "ends_at"},
			"ErrHashtag":  {crm.Campaign{Name: "a", Kind: crm.CampaignIdea}, "hashtag"},
			"ErrTwoWords": {crm.Campaign{Name: "a", Kind: crm.CampaignIdea, Hashtag: "#two words"}, "hashtag"},
			"ErrMonitor":  {crm.Campaign{Name: "a", Kind: crm.CampaignSocial, MonitorIDs: []string{"m"}}, "monitor_ids"},
			"ErrParent":   {crm.Campaign{Name: "a", Kind: crm.CampaignClassic, ParentID: "nobody"}, "parent_id"},
			"ErrSeeks":    {crm.Campaign{Name: "a", Kind: crm.CampaignClassic, Seeks: "gold"}, "seeks"},
			"ErrBudget":   {crm.Campaign{Name: "a", Kind: crm.CampaignClassic, Budget: crm.Money{Amount: -1, Currency: "EUR"}}, "budget"},
			"ErrCurrencies": {crm.Campaign{Name: "a", Kind: crm.CampaignClassic, Budget: crm.Money{Amount: 1, Currency: "EUR"}, Cost: crm.Money{Amount: 1, Currency: "CHF"}},
				"cost.currency"},
			"ErrRing":      {crm.Campaign{Meta: crm.Meta{ID: spring.ID, Version: 1}, Name: "Spring fair", Kind: crm.CampaignClassic, ParentID: part.ID}, "parent_id"},
			"ErrOtherKind": {crm.Campaign{Meta: crm.Meta{ID: spring.ID, Version: 1}, Name: "Spring fair", Kind: crm.CampaignSocial}, "kind"},
		} {
			t.Run(name, func(t *testing.T) {
				if c.campaign.Status == "" {
					c.campaign.Status = crm.CampaignActive
				}
				wantInvalid(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
					_, err := crm.SaveCampaign(t.Context(), tx, by(noon), c.campaign, alike)
					return err
				}), c.field)
			})
		}
		spring.Notes = "in hall 5"
		again := saveCampaign(t, db, spring)
		if again.Version != 2 || again.Notes != "in hall 5" {
			t.Errorf("got %+v", again)
		}
		wantErr(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := crm.SaveCampaign(t.Context(), tx, by(noon), spring, alike)
			return err
		}), crm.ErrConflict)
		list, _, err := crm.FindCampaigns(t.Context(), db, crm.System(), crm.CampaignFilter{ParentID: spring.ID})
		if err != nil || len(list) != 1 || list[0].ID != part.ID {
			t.Errorf("got %v, %v", list, err)
		}
	})
}

// A lead that names a campaign before it is there becomes its own, keeps it under a new name, and
// hands it on to its opportunity.
func TestLeadsReferToTheirCampaign(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		lead := func(name, campaign, id string) (l crm.Lead) {
			update(t, db, func(tx *sqldb.Tx) (err error) {
				l, err = crm.CreateLead(ctx, tx, by(noon), crm.NewLead{Lead: crm.Lead{Name: name, Email: name + "@seeblick.example", Source: crm.SourceCampaign, Campaign: campaign, CampaignID: id}})
				return err
			})
			return l
		}
		early := lead("petra", "spring fair", "")
		if early.CampaignID != "" || early.Campaign != "spring fair" {
			t.Fatalf("got %q %q: no campaign has the name yet", early.CampaignID, early.Campaign)
		}
		c := saveCampaign(t, db, crm.Campaign{Name: "Spring Fair", Kind: crm.CampaignClassic})
		for _, l := range []crm.Lead{early, lead("paul", "SPRING fair", ""), lead("pia", "", c.ID)} {
			got, err := crm.LeadByID(ctx, db, crm.System(), l.ID)
			if err != nil || got.CampaignID != c.ID || got.Campaign != "Spring Fair" {
				t.Errorf("%s: got %q %q (%v)", l.Name, got.CampaignID, got.Campaign, err)
			}
		}
		wantInvalid(t, db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := crm.CreateLead(ctx, tx, by(noon), crm.NewLead{Lead: crm.Lead{Name: "x", Source: crm.SourceHand, CampaignID: "nobody"}})
			return err
		}), "campaign_id")
		c.Name = "Fair in spring"
		c = saveCampaign(t, db, c)
		var o crm.Opportunity
		update(t, db, func(tx *sqldb.Tx) error {
			if _, err := crm.UpdateLead(ctx, tx, by(noon), early.ID, 0, func(l *crm.Lead) { l.Campaign = "" }); err != nil { // the id stays, and brings its name along
				return err
			}
			var err error
			for _, m := range []crm.Milestone{crm.MarketingQualified, crm.SalesQualified} {
				if _, err = crm.MoveLead(ctx, tx, by(noon), crm.LeadMove{ID: early.ID, To: m}); err != nil {
					var gate *crm.GateClosed
					if !errors.As(err, &gate) {
						return err
					}
				}
			}
			return nil
		})
		found, _, err := crm.FindLeads(ctx, db, crm.System(), crm.LeadFilter{Campaign: "Fair in spring"})
		if err != nil || len(found) != 3 {
			t.Errorf("found %d by name (%v)", len(found), err)
		}
		if found, _, err = crm.FindLeads(ctx, db, crm.System(), crm.LeadFilter{Campaign: c.ID}); err != nil || len(found) != 3 {
			t.Errorf("found %d by id (%v)", len(found), err)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			if _, err := tx.Exec(ctx, "UPDATE leads SET milestone = 'sales-qualified' WHERE id = $1", early.ID); err != nil {
				return err
			}
			var err error
			o, err = crm.AcceptLead(ctx, tx, by(noon), early.ID, 0, crm.Acceptance{})
			return err
		})
		if o.CampaignID != c.ID {
			t.Errorf("the opportunity came from %q", o.CampaignID)
		}
		rows, err := crm.FeedbackOf(ctx, db, crm.System(), "campaign", noon.Add(-time.Hour), noon.Add(time.Hour))
		if err != nil || len(rows) != 1 || rows[0].Key != "Fair in spring" || rows[0].Leads != 3 {
			t.Errorf("report %+v (%v)", rows, err)
		}
		file := "name,email,campaign,topic\nIda,ida@x.example,FAIR in spring,six grills\n"
		for _, created := range []int{1, 0} { // imported again, it changes nothing
			report, err := crm.Import(ctx, db, strings.NewReader(file), crm.ImportOptions{Type: crm.RecordLead, Now: noon})
			if err != nil || report.Created != created || report.Unchanged != 1-created {
				t.Errorf("imported %+v, %v", report, err)
			}
		}
		if found, _, err = crm.FindLeads(ctx, db, crm.System(), crm.LeadFilter{Campaign: c.ID}); err != nil || len(found) != 4 {
			t.Errorf("found %d with the one of the file (%v)", len(found), err)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			l, err := crm.UpdateLead(ctx, tx, by(noon), found[0].ID, 0, func(l *crm.Lead) { l.Campaign = "Autumn" })
			if l.CampaignID != "" || l.Campaign != "Autumn" {
				t.Errorf("got %q %q: another name is another campaign", l.CampaignID, l.Campaign)
			}
			return err
		})
	})
}

func respond(t testing.TB, db *sqldb.DB, r crm.Response) (out crm.Responded, err error) {
	t.Helper()
	err = db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
		out, err = crm.Respond(t.Context(), tx, by(noon), r)
		return err
	})
	return out, err
}

func TestResponds(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		c := saveCampaign(t, db, crm.Campaign{Name: "Spring", Kind: crm.CampaignClassic})
		anna := createContact(t, db, crm.Contact{FirstName: "Anna", LastName: "Vogt", Email: "Anna@Vogt.example", Company: "Vogt AG"})
		createContact(t, db, crm.Contact{FirstName: "Bea", LastName: "Kern", Email: "info@kern.example"})
		createContact(t, db, crm.Contact{FirstName: "Udo", LastName: "Kern", Email: "info@kern.example"})
		person := func(name, email string) crm.Lead { return crm.Lead{Name: name, Email: email} }
		out, err := respond(t, db, crm.Response{CampaignID: c.ID, Kind: crm.ResponseOpened, Channel: "e-mail", At: noon.Add(-time.Hour), Person: person("", "anna@vogt.example")})
		if err != nil || out.Activity.RecordID != anna.ID || out.Activity.RecordType != crm.RecordContact || out.Activity.Subject != "Opened by e-mail" ||
			!out.Activity.DoneAt.Equal(noon.Add(-time.Hour)) || out.Activity.CampaignID != c.ID || out.Opened {
			t.Errorf("got %+v, %v", out, err)
		}
		if out, err = respond(t, db, crm.Response{CampaignID: c.ID, Kind: crm.ResponseOpened, Channel: "e-mail", At: noon.Add(-time.Hour), Person: person("", "anna@vogt.example")}); err != nil || !out.Known {
			t.Errorf("told again: %+v, %v", out, err)
		}
		out, err = respond(t, db, crm.Response{CampaignID: c.ID, Kind: crm.ResponseRegistered, Channel: "portal", Key: "4711", Person: person("Petra Wegener", "petra@seeblick.example")})
		if err != nil || !out.Opened {
			t.Fatalf("got %+v, %v", out, err)
		}
		l, err := crm.LeadByID(t.Context(), db, crm.System(), out.Activity.RecordID)
		if err != nil || l.Source != crm.SourceCampaign || l.CampaignID != c.ID || l.Detail != "portal" || l.Rating.Score == 0 {
			t.Errorf("lead %+v, %v", l, err)
		}
		if n := len(l.Rating.Interest); n != 1 {
			t.Errorf("the response counts %d times as interest", n)
		}
		again, err := respond(t, db, crm.Response{CampaignID: c.ID, Kind: crm.ResponseAttended, Channel: "event", Person: person("", "petra@seeblick.example")})
		if err != nil || again.Opened || again.Activity.RecordID != l.ID {
			t.Errorf("got %+v, %v: want it with the open lead", again, err)
		}
		_, err = respond(t, db, crm.Response{CampaignID: c.ID, Person: person("", "info@kern.example")})
		var double *crm.MaybeDuplicate
		if !errors.As(err, &double) || len(double.Candidates) != 2 {
			t.Errorf("got %v: want both who share the address", err)
		}
		for field, r := range map[string]crm.Response{
			"email":       {Kind: crm.ResponseSent, Person: person("", "nobody@x.example")},
			"response":    {Kind: "liked", Person: person("x", "")},
			"channel":     {Channel: "pigeon", Person: person("x", "")},
			"at":          {At: noon.AddDate(0, 0, 3), Person: person("x", "")},
			"contact_id":  {ContactID: "nobody"},
			"lead_id":     {ContactID: anna.ID, LeadID: l.ID},
			"campaign_id": {CampaignID: "nobody", Person: person("x", "")},
		} {
			if r.CampaignID == "" {
				r.CampaignID = c.ID
			}
			_, err := respond(t, db, r)
			wantInvalid(t, err, field)
		}
		_, err = respond(t, db, crm.Response{CampaignID: c.ID})
		wantInvalid(t, err, "email")
	})
}

func TestImportResponses(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		c := saveCampaign(t, db, crm.Campaign{Name: "Spring", Kind: crm.CampaignClassic})
		createContact(t, db, crm.Contact{FirstName: "Anna", LastName: "Vogt", Email: "anna@vogt.example"})
		file := "E-Mail;Vorname;Nachname;Aktion;Datum;Kanal;Notiz;Shoe size\n" +
			"anna@vogt.example;;;geöffnet;02.03.2026 10:00;E-Mail;;40\n" +
			"petra@seeblick.example;Petra;Wegener;angemeldet;2026-03-01 09:30;Portal;\"'=1+1\";\n" +
			"petra@seeblick.example;Petra;Wegener;teilgenommen;2026-03-02;Event;;\n" +
			"nobody@x.example;;;gesendet;2026-03-01;E-Mail;;\n" +
			"anna@vogt.example;;;opened;yesterday;E-Mail;;\n" +
			"anna@vogt.example;;;geöffnet;02.03.2026 10:00;E-Mail;;40\n" +
			"=cmd|'/C calc'!A0;;;opened;2026-03-01;E-Mail;;\n" +
			"too;few\n"
		run := func(dry bool, file string) (crm.ResponseReport, string) {
			var wrong bytes.Buffer
			report, err := crm.ImportResponses(t.Context(), db, strings.NewReader(file), crm.ResponseImport{CampaignID: c.ID, ImportOptions: crm.ImportOptions{Now: noon, DryRun: dry, Errors: &wrong}})
			if err != nil {
				t.Fatal(err)
			}
			return report, wrong.String()
		}
		want := crm.ResponseReport{ImportReport: crm.ImportReport{Read: 8, Created: 3, Unchanged: 1, Refused: 4}, Opened: 1}
		tally := func(r crm.ResponseReport) crm.ResponseReport {
			return crm.ResponseReport{ImportReport: crm.ImportReport{Read: r.Read, Created: r.Created, Unchanged: r.Unchanged, Refused: r.Refused}, Opened: r.Opened}
		}
		dry, _ := run(true, file)
		if diff := cmp.Diff(want, tally(dry)); diff != "" {
			t.Errorf("dry run (-want +got):\n%s", diff)
		}
		if list, _, err := crm.FindActivities(t.Context(), db, crm.System(), crm.ActivityFilter{Campaign: c.ID}); err != nil || len(list) != 0 {
			t.Errorf("the dry run left %d responses (%v)", len(list), err)
		}
		report, wrong := run(false, file)
		if diff := cmp.Diff(want, tally(report)); diff != "" {
			t.Errorf("-want +got:\n%s\n%v", diff, report.Refusals)
		}
		if diff := cmp.Diff([]string{"Shoe size"}, report.Ignored); diff != "" || report.Columns["Aktion"] != "response" {
			t.Errorf("columns %v, left out %s", report.Columns, diff)
		}
		for _, part := range []string{"line,column,reason,row\n", "5,E-Mail,", `6,Datum,"""yesterday"" is no time`, "'=cmd|'/C calc'!A0", "9,,", `"too,few"`} {
			if !strings.Contains(wrong, part) {
				t.Errorf("the file of what was refused lacks %q:\n%s", part, wrong)
			}
		}
		if again, _ := run(false, file); again.Created != 0 || again.Unchanged != 4 {
			t.Errorf("imported again: %+v", again)
		}
		corrected, _ := run(false, strings.ReplaceAll(wrong, "yesterday", "2026-03-02 11:00"))
		if corrected.Created != 1 {
			t.Errorf("what was refused, corrected: %+v", corrected)
		}
		list, _, err := crm.FindActivities(t.Context(), db, crm.System(), crm.ActivityFilter{Campaign: c.ID})
		if err != nil || len(list) != 4 || list[2].Text != "=1+1" {
			t.Errorf("got %d responses %+v (%v)", len(list), list, err)
		}
		_, err = crm.ImportResponses(t.Context(), db, strings.NewReader("a,b\n1,2\n"), crm.ResponseImport{CampaignID: c.ID, ImportOptions: crm.ImportOptions{Now: noon}})
		wantInvalid(t, err, "header")
	})
}

// Whatever the file holds, every row is accounted for, and nothing is taken of a dry run.
func FuzzImportResponses(f *testing.F) {
	f.Add("email,response,at\nanna@vogt.example,opened,2026-03-01\n")
	f.Add("\xff\xfee\x00m\x00a\x00i\x00l\x00\n\x00")
	f.Add("name;company\n\"Petra;\n\"\"x\";y\n=1+1;2\n")
	db, err := sqldb.Open(f.Context(), "sqlite:"+f.TempDir()+"/fuzz.db")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = db.Close() })
	c := saveCampaign(f, db, crm.Campaign{Name: "Spring", Kind: crm.CampaignClassic})
	f.Fuzz(func(t *testing.T, file string) {
		r, err := crm.ImportResponses(t.Context(), db, strings.NewReader(file), crm.ResponseImport{CampaignID: c.ID, ImportOptions: crm.ImportOptions{Now: noon, DryRun: true, Errors: &bytes.Buffer{}}})
		if err == nil && r.Read != r.Created+r.Unchanged+r.Refused {
			t.Fatalf("%+v does not add up", r)
		}
		if list, _, err := crm.FindActivities(t.Context(), db, crm.System(), crm.ActivityFilter{Campaign: c.ID}); err != nil || len(list) > 0 {
			t.Fatalf("a dry run left %v (%v)", list, err)
		}
	})
}

// What a campaign brought, over its parts: to the cent.
func TestCampaignResults(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		top := saveCampaign(t, db, crm.Campaign{Name: "Spring", Kind: crm.CampaignClassic, Budget: crm.Money{Amount: 900_00, Currency: "EUR"}, Cost: crm.Money{Amount: 1000_00, Currency: "EUR"}})
		part := saveCampaign(t, db, crm.Campaign{Name: "Mailing", Kind: crm.CampaignClassic, ParentID: top.ID, Budget: crm.Money{Amount: 300_00, Currency: "EUR"}})
		for n := range 3 {
			if _, err := respond(t, db, crm.Response{CampaignID: part.ID, Kind: crm.ResponseRequested, Channel: "e-mail", Person: crm.Lead{Name: fmt.Sprint("P", n), Email: fmt.Sprintf("p%d@x%d.example", n, n)}}); err != nil {
				t.Fatal(err)
			}
		}
		anna := createContact(t, db, crm.Contact{LastName: "Vogt", Email: "anna@vogt.example"})
		if _, err := respond(t, db, crm.Response{CampaignID: top.ID, Kind: crm.ResponseSent, Channel: "letter", ContactID: anna.ID}); err != nil {
			t.Fatal(err)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			o, err := crm.CreateOpportunity(ctx, tx, by(noon), crm.Opportunity{Name: "A sale", ContactID: anna.ID, CampaignID: top.ID, Amount: crm.Money{Amount: 1500_00, Currency: "EUR"}})
			if err != nil {
				return err
			}
			for _, s := range []string{`INSERT INTO invoices (id, version, created_at, updated_at, number, order_id, opportunity_id, state, currency, lines, discount, due_at, paid, paid_at, reason, sums)
				VALUES ('i1', 1, 0, 0, 'I-1', 'o', $1, 'paid', 'EUR', '[{"text":"x","quantity":1000,"price":125000,"tax":1900}]', 0, 0, 148750, 0, '', 'null')`,
				`UPDATE opportunities SET state = 'won' WHERE id = $1`} {
				if _, err := tx.Exec(ctx, s, o.ID); err != nil {
					return err
				}
			}
			return nil
		})
		r, err := crm.ResultsOf(ctx, db, crm.System(), top.ID)
		if err != nil {
			t.Fatal(err)
		}
		if r.Members != 4 || r.Responded != 3 || r.Leads.Leads != 3 || r.Leads.Milestones[0].Reached != 3 || len(r.Parts) != 1 {
			t.Errorf("got %+v", r)
		}
		if diff := cmp.Diff([]crm.CampaignSales{{State: "won", Currency: "EUR", Count: 1, Amount: 1500_00}}, r.Opportunities); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]crm.Revenue{{Currency: "EUR", Invoiced: 1250_00, Paid: 1487_50}}, r.Revenue); diff != "" {
			t.Error(diff)
		}
		if r.Spent.Amount != 1000_00 || r.CostPerLead.Amount != 333_33 || r.CostPerWon.Amount != 1000_00 || *r.Return != 0.25 {
			t.Errorf("spent %v, a lead %v, a sale %v, return %v", r.Spent, r.CostPerLead, r.CostPerWon, *r.Return)
		}
		mailing, err := crm.ResultsOf(ctx, db, crm.System(), part.ID)
		if err != nil || mailing.Spent.Amount != 300_00 || mailing.CostPerLead.Amount != 100_00 || mailing.CostPerWon != nil || *mailing.Return != -1 {
			t.Errorf("the part: %+v (%v)", mailing, err)
		}
		v, err := crm.ContactView360(ctx, db, anna.ID, crm.Viewer{Access: crm.System(), UserID: "u", Now: noon})
		if err != nil || len(v.Campaigns) != 1 || v.Campaigns[0].Name != "Spring" || v.Campaigns[0].Responses != 1 || v.Campaigns[0].Opportunities != 1 {
			t.Errorf("her view: %+v (%v)", v.Campaigns, err)
		}
	})
}
