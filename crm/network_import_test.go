package crm_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// rep makes a user who may bring contacts in that are their own.
func rep(t *testing.T, db *sqldb.DB, name string, level crm.Level) crm.Change {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(t.Context(), "INSERT INTO users (id, name, password_hash, created_at, disabled) VALUES ($1, $1, '', 0, false)", name); err != nil {
			return err
		}
		role := crm.Role{Name: name, Label: name, Grants: []crm.Grant{{Type: crm.RecordContact, Action: crm.ToCreate, Level: crm.LevelOwn},
			{Type: crm.RecordContact, Action: crm.ToRead, Level: level}, {Type: crm.RecordContact, Action: crm.ToUpdate, Level: crm.LevelOwn}}}
		if _, err := crm.SaveRole(t.Context(), tx, by(noon), role); err != nil {
			return err
		}
		return crm.SetRoles(t.Context(), tx, by(noon), name, []string{name})
	})
	access, err := crm.AccessOf(t.Context(), db, name)
	if err != nil {
		t.Fatal(err)
	}
	return crm.Change{By: name, At: noon, Access: access}
}

func importNetwork(t *testing.T, db *sqldb.DB, text string, opt crm.NetworkImport) crm.ImportReport {
	t.Helper()
	if opt.UserID == "" {
		opt.UserID = "rita"
	}
	if opt.Basis == "" {
		opt.Basis, opt.Evidence = crm.BasisInterest, "met at fairs"
	}
	if opt.Now.IsZero() {
		opt.Now = noon
	}
	report, err := crm.ImportNetwork(t.Context(), db, strings.NewReader(text), opt)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// acquainted lists who knows a contact: user, kind, day, whether by it they came on file.
func acquainted(t *testing.T, db *sqldb.DB, id string) (got []string) {
	t.Helper()
	v, err := crm.ContactView360(t.Context(), db, id, crm.Viewer{Access: crm.System(), UserID: "x", Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range v.Acquaintances {
		day := ""
		if !a.ConnectedOn.IsZero() {
			day = a.ConnectedOn.Format(time.DateOnly)
		}
		got = append(got, fmt.Sprintf("%s %s %s %v %s", a.UserID, a.FileKind, day, a.Created == id, a.Basis))
	}
	return got
}

const connections = "Notes:\n\"Some are missing.\"\n\nFirst Name,Last Name,URL,Email Address,Company,Position,Connected On\n" +
	"Anna,Vogt,https://www.linkedin.com/in/anna-v,,Acme,CTO,02 Jan 2024\n,,,,,,\nBert,Kohl,https://www.linkedin.com/in/bert-k,bert@kohl.example,Kohl AG,,15 Mär 2023\n"

func TestImportNetwork(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		rep(t, db, "rita", crm.LevelAll)
		dry := importNetwork(t, db, connections, crm.NetworkImport{ImportOptions: crm.ImportOptions{DryRun: true}})
		if got := stored(t, db); got != nil {
			t.Errorf("a dry run stored %q", got)
		}
		report := importNetwork(t, db, connections, crm.NetworkImport{ImportOptions: crm.ImportOptions{File: "Connections.csv"}})
		if countsOf(&report) != (counts{2, 2, 0, 0, 0}) || countsOf(&dry) != countsOf(&report) {
			t.Fatalf("got %+v, dry %+v", report, dry)
		}
		if diff := cmp.Diff([]string{"Bert|Kohl|bert@kohl.example|Kohl AG|linkedin:bert-k", "Anna|Vogt|Acme|CTO|linkedin:anna-v"}, stored(t, db)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		list, _, err := crm.Network(t.Context(), db, "rita", "", 0)
		if err != nil || len(list) != 2 {
			t.Fatalf("got %+v, %v", list, err)
		}
		anna := list[1].ContactID
		if diff := cmp.Diff([]string{"rita linkedin 2024-01-02 true legitimate-interest"}, acquainted(t, db, anna)); diff != "" {
			t.Error(diff)
		}
		consents, err := crm.ConsentsOf(t.Context(), db, crm.System(), anna)
		if err != nil || len(consents) != 1 || consents[0].Purpose != crm.PurposeRecord || consents[0].Basis != crm.BasisInterest || consents[0].RecordedBy != "rita" ||
			consents[0].Evidence != "met at fairs, from the LinkedIn connections of rita (Connections.csv)" {
			t.Errorf("got %+v, %v", consents, err)
		}
		if c, err := crm.ContactByID(t.Context(), db, crm.System(), anna); err != nil || c.OwnerID != "rita" || c.AccountID != "" {
			t.Errorf("got %+v, %v", c, err)
		}
		again := importNetwork(t, db, connections, crm.NetworkImport{})
		if countsOf(&again) != (counts{2, 0, 0, 2, 0}) {
			t.Errorf("the second time: %+v", again)
		}
		cards := importNetwork(t, db, card("N:Kohl;Bert", "EMAIL:BERT@kohl.example", "X-SOCIALPROFILE;TYPE=twitter:https://x.com/bertk"), crm.NetworkImport{Basis: crm.BasisGiven, Evidence: "his card"})
		if countsOf(&cards) != (counts{1, 0, 1, 0, 0}) {
			t.Errorf("got %+v", cards)
		}
		if diff := cmp.Diff([]string{"rita linkedin 2023-03-15 true legitimate-interest", "rita vcard  false given"}, acquainted(t, db, list[0].ContactID)); diff != "" {
			t.Error(diff)
		}
		if got := stored(t, db); !slices.Contains(got, "Bert|Kohl|bert@kohl.example|Kohl AG|linkedin:bert-k|x:bertk") {
			t.Errorf("got %q", got)
		}
	})
}

// Who is on file is known again, or asked about, and never made twice.
func TestImportNetworkKnown(t *testing.T) {
	for name, c := range map[string]struct {
		row     string // under First Name,Last Name,URL,Email,Company,Contact ID,Duplicate Reason
		want    counts
		refused string
	}{
		"OKProfile":       {"Anne,Vogt-Kurz,https://www.linkedin.com/in/anna-v,,Other,,", counts{1, 0, 1, 0, 0}, ""},
		"OKEmail":         {"Anna,Vogt,,ANNA@acme.example,,,", counts{1, 0, 1, 0, 0}, ""},
		"OKNameAtCompany": {"anna,VOGT,,anna@home.example,ACME,,", counts{1, 0, 1, 0, 0}, ""},
		"OKShownName":     {"Otto,Maier,,,Maier KG,,", counts{1, 0, 1, 0, 0}, ""},
		"OKNamesake":      {"Anna,Vogt,https://www.linkedin.com/in/another,,Beta,,", counts{1, 1, 0, 0, 0}, ""},
		"OKToldApart":     {"Anna,Vogt,https://www.linkedin.com/in/another,,,,", counts{1, 1, 0, 0, 0}, ""},
		"OKNamed":         {"Anni,V,,,,ANNA,", counts{1, 0, 1, 0, 0}, ""},
		"OKAnother":       {"Anna,Vogt,,,,,another one", counts{1, 1, 0, 0, 0}, ""},
		"ErrSharedEmail":  {"Carla,Reh,,anna@acme.example,,,", counts{1, 0, 0, 0, 1}, "the same e-mail address"},
		"ErrColleague":    {"Anna,Vogt,,anna.vogt2@acme.example,Acme,,", counts{1, 0, 0, 0, 1}, "the same name and company"},
		"ErrOtherAccount": {"Anna,Vogt,https://www.linkedin.com/in/another,,Acme,,", counts{1, 0, 0, 0, 1}, "the same name and company"},
		"ErrName":         {"Anna,Vogt,,,,,", counts{1, 0, 0, 0, 1}, "name it in a column contact_id"},
		"ErrNobody":       {"Anna,Vogt,,,,x,", counts{1, 0, 0, 0, 1}, `there is no contact "x"`},
		"ErrHidden":       {"Hidde,N,,hidden@acme.example,,,", counts{1, 0, 0, 0, 1}, "ask whose it is"},
		"OKHiddenName":    {"Hidde,N,,,,,", counts{1, 1, 0, 0, 0}, ""},
		"ErrHiddenNamed":  {"Hidde,N,,,,HIDDEN,", counts{1, 0, 0, 0, 1}, "there is no contact"},
		"ErrWithdrawn":    {"Wanda,Weg,,wanda@acme.example,,,", counts{1, 0, 0, 0, 1}, "took the consent to being on file back on 2026-03-02"},
		"ErrBlocked":      {"Greta,Z,,greta@zwick.example,,,", counts{1, 0, 0, 0, 1}, "was erased"},
		"ErrProfile":      {"Anna,Neu,https://x.com/home,not an address,,,", counts{1, 0, 0, 0, 1}, "is no e-mail address"},
	} {
		t.Run(name, func(t *testing.T) {
			sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
				rep(t, db, "rita", crm.LevelOwn)
				anna := createContact(t, db, crm.Contact{FirstName: "Anna", LastName: "Vogt", Email: "anna@acme.example", Company: "Acme", OwnerID: "rita"})
				createContact(t, db, crm.Contact{DisplayName: "Otto Maier", Company: "Maier KG", OwnerID: "rita"})
				hidden := createContact(t, db, crm.Contact{FirstName: "Hidde", LastName: "N", Email: "hidden@acme.example", OwnerID: "other"})
				wanda := createContact(t, db, crm.Contact{FirstName: "Wanda", LastName: "Weg", Email: "wanda@acme.example", OwnerID: "rita"})
				update(t, db, func(tx *sqldb.Tx) error {
					given, err := crm.GiveConsent(t.Context(), tx, crm.Consent{ContactID: wanda.ID, Purpose: crm.PurposeRecord, Source: "form", Evidence: "x"}, by(noon))
					if err != nil {
						return err
					}
					_, _, err = crm.WithdrawConsent(t.Context(), tx, given.ID, by(noon))
					_, errProfile := crm.AddProfile(t.Context(), tx, anna.ID, "https://www.linkedin.com/in/anna-v", by(noon))
					_, errBlock := crm.Block(t.Context(), tx, crm.Barred{Emails: []string{"greta@zwick.example"}}, "erasure", noon)
					return errors.Join(err, errProfile, errBlock)
				})
				row := strings.NewReplacer("ANNA,", anna.ID+",", "HIDDEN,", hidden.ID+",").Replace(c.row)
				report := importNetwork(t, db, "First Name,Last Name,URL,Email,Company,Contact ID,Duplicate Reason\n"+row+"\n", crm.NetworkImport{})
				if countsOf(&report) != c.want {
					t.Errorf("got %+v, want %v", report, c.want)
				}
				if c.refused != "" && (len(report.Refusals) != 1 || !strings.Contains(report.Refusals[0].Reason, c.refused)) {
					t.Errorf("got %+v, want %q", report.Refusals, c.refused)
				}
				after, err := crm.ContactByID(t.Context(), db, crm.System(), anna.ID)
				if err != nil || after.FirstName != "Anna" || after.Email != "anna@acme.example" || after.Company != "Acme" {
					t.Errorf("the contact on file was changed: %+v, %v", after, err)
				}
			})
		})
	}
}

// A profile is added to who is on file only where the contact may be changed and wants to be recognised.
func TestImportNetworkProfiles(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		rep(t, db, "rita", crm.LevelAll) // reads all, and changes what is hers
		others := createContact(t, db, crm.Contact{FirstName: "Otto", LastName: "Other", Email: "o@x.example", OwnerID: "someone"})
		shy := createContact(t, db, crm.Contact{FirstName: "Sina", LastName: "Shy", Email: "s@x.example", OwnerID: "rita"})
		update(t, db, func(tx *sqldb.Tx) error {
			given, err := crm.GiveConsent(t.Context(), tx, crm.Consent{ContactID: shy.ID, Purpose: crm.PurposeLink, Source: "form", Evidence: "x"}, by(noon))
			if err != nil {
				return err
			}
			_, _, err = crm.WithdrawConsent(t.Context(), tx, given.ID, by(noon))
			return err
		})
		report := importNetwork(t, db, "First Name,Last Name,Email,Mastodon\nOtto,Other,o@x.example,@o@x.example\nSina,Shy,s@x.example,@s@x.example\n", crm.NetworkImport{})
		if countsOf(&report) != (counts{2, 0, 2, 0, 0}) {
			t.Errorf("got %+v", report)
		}
		for _, id := range []string{others.ID, shy.ID} {
			if got := acquainted(t, db, id); len(got) != 1 {
				t.Errorf("got %v, want that rita knows them", got)
			}
		}
		if profiles, err := crm.ProfilesOf(t.Context(), db, []string{others.ID, shy.ID}); err != nil || len(profiles) != 0 {
			t.Errorf("got %v, %v", profiles, err)
		}
	})
}

// The refused rows make a file that is corrected and imported again, cards as well.
func TestImportNetworkRefused(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		rep(t, db, "rita", crm.LevelAll)
		var refused bytes.Buffer
		report := importNetwork(t, db, card("FN:=Anna", "EMAIL:nonsense")+card("FN:Bert Kohl"), crm.NetworkImport{ImportOptions: crm.ImportOptions{Errors: &refused}})
		if countsOf(&report) != (counts{2, 1, 0, 0, 1}) {
			t.Fatalf("got %+v", report)
		}
		want := strings.Join([]string{"First Name,Last Name,Display Name,Email Address,Phone,Company,Job Title,City,Postal Code,Country,URL,Profiles,File Kind,line,column,reason,row",
			",,'=Anna,nonsense,,,,,,,,,vcard,1,Email Address,"}, "\n")
		if !strings.HasPrefix(refused.String(), want) {
			t.Errorf("got %q, want it to begin %q", refused.String(), want)
		}
		report = importNetwork(t, db, strings.Replace(refused.String(), "nonsense,", "anna@x.example,", 1), crm.NetworkImport{})
		if countsOf(&report) != (counts{1, 1, 0, 0, 0}) {
			t.Errorf("got %+v", report)
		}
		list, _, err := crm.Network(t.Context(), db, "rita", "", 0)
		if err != nil || len(list) != 2 || list[0].FileKind != crm.FileCards {
			t.Errorf("got %+v, %v", list, err)
		}
	})
}

func TestImportNetworkErrors(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		rep(t, db, "rita", crm.LevelAll)
		for name, c := range map[string]struct {
			file io.Reader
			opt  crm.NetworkImport
			want string
		}{
			"ErrUser":     {strings.NewReader(connections), crm.NetworkImport{UserID: "nobody", Basis: crm.BasisConsent, Evidence: "x"}, "there is no user"},
			"ErrBasis":    {strings.NewReader(connections), crm.NetworkImport{UserID: "rita", Basis: crm.BasisContract, Evidence: "x"}, "legitimate-interest"},
			"ErrEvidence": {strings.NewReader(connections), crm.NetworkImport{UserID: "rita", Basis: crm.BasisConsent}, "evidence: is empty"},
			"ErrHeader":   {strings.NewReader("a,b\n1,2\n"), crm.NetworkImport{UserID: "rita", Basis: crm.BasisConsent, Evidence: "x"}, "no column means a name"},
			"ErrBinary":   {strings.NewReader("PK\x03\x00"), crm.NetworkImport{UserID: "rita", Basis: crm.BasisConsent, Evidence: "x"}, "zero bytes"},
			"ErrEmpty":    {strings.NewReader(""), crm.NetworkImport{UserID: "rita", Basis: crm.BasisConsent, Evidence: "x"}, "is empty"},
			"ErrTooMany":  {endless("BEGIN:VCARD\nKIND:org\nEND:VCARD\n", 2_000_000*30), crm.NetworkImport{UserID: "rita", Basis: crm.BasisConsent, Evidence: "x"}, "more than 100000 people"},
		} {
			c.opt.Now = noon
			if _, err := crm.ImportNetwork(t.Context(), db, c.file, c.opt); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: got %v, want %q", name, err, c.want)
			}
		}
		days := importNetwork(t, db, "Name,Connected On\nA A,31 Feb 2024\nB B,soon\nC C,01 Jan 2999\nD D,3 déc. 2021\nE E,2020-12-31\n", crm.NetworkImport{})
		if countsOf(&days) != (counts{5, 2, 0, 0, 3}) || days.Refusals[0].Column != "Connected On" {
			t.Errorf("got %+v", days)
		}
		twice := importNetwork(t, db, "Name,Company,Mastodon\nF F,Acme,@f@x.example\nF F,Acme,@f@x.example\nFritz F,Beta,@f@x.example\n", crm.NetworkImport{})
		if countsOf(&twice) != (counts{3, 1, 0, 1, 1}) || !strings.Contains(twice.Refusals[0].Reason, "line 2 is about the same person") {
			t.Errorf("got %+v", twice)
		}
	})
}

// Who was brought in is taken out again; where the company has to do with them, they stay.
func TestTakeOut(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		rita, otto := rep(t, db, "rita", crm.LevelAll), rep(t, db, "otto", crm.LevelAll)
		before := createContact(t, db, crm.Contact{FirstName: "Bea", LastName: "Before", Email: "bea@x.example", OwnerID: "rita"})
		importNetwork(t, db, "First Name,Last Name,Email,Mastodon\nAnna,Vogt,anna@x.example,\nCarl,Case,carl@x.example,\nBea,Before,bea@x.example,@bea@x.example\n", crm.NetworkImport{})
		importNetwork(t, db, "First Name,Last Name,Email\nCarl,Case,carl@x.example\n", crm.NetworkImport{UserID: "otto"})
		list, _, err := crm.Network(t.Context(), db, "rita", "", 0)
		if err != nil || len(list) != 3 {
			t.Fatalf("got %+v, %v", list, err)
		}
		takeOut := func(ch crm.Change, a *crm.Acquaintance) (out crm.TakenOut, err error) {
			err = db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
				out, err = crm.TakeOut(t.Context(), tx, a.ID, ch)
				return err
			})
			return out, err
		}
		var no *crm.Forbidden
		if _, err := takeOut(otto, &list[0]); !errors.As(err, &no) {
			t.Errorf("somebody else took out: %v", err)
		}
		for i := range list {
			a := &list[i]
			want := crm.TakenOut{Acquaintance: *a, Contact: true}
			switch c, err := crm.ContactByID(t.Context(), db, crm.System(), a.ContactID); {
			case err != nil:
				t.Fatal(err)
			case c.ID == before.ID:
				want.Contact, want.Stays = false, "they were on file before"
			case c.LastName == "Case":
				want.Contact, want.Stays = false, "somebody else knows them too"
			}
			got, err := takeOut(rita, a)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if _, err := takeOut(rita, a); !errors.Is(err, crm.ErrNotFound) {
				t.Errorf("taken out twice: %v", err)
			}
		}
		if diff := cmp.Diff([]string{"Bea|Before|bea@x.example", "Carl|Case|carl@x.example"}, stored(t, db)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

// A merge takes over who knows the loser, and an unmerge gives it back.
func TestMergeAcquaintances(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		rita := rep(t, db, "rita", crm.LevelAll)
		rep(t, db, "otto", crm.LevelAll)
		winner := createContact(t, db, crm.Contact{FirstName: "Anna", LastName: "Vogt", Email: "anna@x.example"})
		importNetwork(t, db, "Name,Email\nA Vogt,a.vogt@y.example\n", crm.NetworkImport{})
		importNetwork(t, db, "First Name,Last Name,Email\nAnna,Vogt,anna@x.example\n", crm.NetworkImport{UserID: "otto"})
		list, _, err := crm.Network(t.Context(), db, "rita", "", 0)
		if err != nil || len(list) != 1 {
			t.Fatalf("got %+v, %v", list, err)
		}
		var m crm.Merge
		update(t, db, func(tx *sqldb.Tx) (err error) {
			m, err = crm.MergeContacts(t.Context(), tx, crm.MergeOrder{WinnerID: winner.ID, LoserID: list[0].ContactID}, by(noon))
			return err
		})
		if diff := cmp.Diff([]string{"rita csv  false legitimate-interest", "otto csv  false legitimate-interest"}, acquainted(t, db, winner.ID)); diff != "" {
			t.Error(diff)
		}
		undone := errors.New("undone")
		err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
			out, err := crm.TakeOut(t.Context(), tx, list[0].ID, rita)
			if err != nil || out.Contact {
				t.Errorf("got %+v, %v; want that the contact stays", out, err)
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.UnmergeContacts(t.Context(), tx, m.ID, by(noon))
			return err
		})
		if diff := cmp.Diff([]string{"otto csv  false legitimate-interest"}, acquainted(t, db, winner.ID)); diff != "" {
			t.Error(diff)
		}
	})
}
