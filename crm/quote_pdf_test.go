package crm_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

// printed is what a PDF shows: the text of its pages, which its fonts hold as UTF-16.
func printed(t *testing.T, file []byte) string {
	t.Helper()
	if !bytes.HasPrefix(file, []byte("%PDF-")) {
		t.Fatalf("no PDF: %.20q", file)
	}
	var all strings.Builder
	for _, m := range regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`).FindAllSubmatch(file, -1) {
		r, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue
		}
		content, err := io.ReadAll(r)
		if err != nil || !bytes.Contains(content, []byte("BT ")) {
			continue
		}
		for _, shown := range regexp.MustCompile(`(?s)\(((?:\\.|[^\\)])*)\)\s*Tj`).FindAllSubmatch(content, -1) {
			raw := regexp.MustCompile(`(?s)\\(.)`).ReplaceAll(shown[1], []byte("$1"))
			for i := 0; i+1 < len(raw); i += 2 {
				all.WriteRune(rune(raw[i])<<8 | rune(raw[i+1]))
			}
			all.WriteByte('\n')
		}
	}
	return all.String()
}

func paper(language string) crm.Paper {
	lines := []crm.Line{{Text: "Grill Größe „XL“ – 3 Brenner", Quantity: 6000, Unit: "Stk", Price: 129_900, Tax: 1900}, {Text: "Kochbuch", Quantity: 2500, Unit: "kg", Price: 1_999, Discount: 1000, Tax: 700}}
	return crm.Paper{Quote: crm.Quote{Number: "Q-2026-0001", Revision: 2, State: crm.QuoteSent, Currency: "EUR", Lines: lines, Discount: 250, ValidUntil: noon.AddDate(0, 0, 30)},
		Template: crm.QuoteTemplate{Language: language, Sender: "Brennwald GmbH\nMünchen", Intro: "{contact} 🙂, {account}:", Footer: "HRB 1"}, Date: noon,
		Contact: crm.Contact{FirstName: "Petra", LastName: "Müßig"}, Account: crm.Account{Name: "Hotel Seeblick", City: "Köln"},
		Approvals: []crm.Approval{{UserID: "maria", Role: "sales-manager", GivenAt: noon}}}
}

func TestQuotePDF(t *testing.T) {
	for language, want := range map[string][]string{
		"de": {"Angebot Q-2026-0001, Fassung 2", "Datum: 02.03.2026", "Gültig bis: 01.04.2026", "Grill Größe „XL“ – 3 Brenner", "6 Stk", "2,5 kg", "1.299,00", "10 %", "7.794,00",
			"Rabatt von 2,5 %", "19 % USt. auf 7.599,15", "7 % USt. auf", "Gesamt", "Freigegeben von maria (sales-manager), 02.03.2026", "Petra Müßig , Hotel Seeblick:", "HRB 1", "Seite 1 / "},
		"en": {"Quote Q-2026-0001, revision 2", "Date: 2 March 2026", "Valid until: 1 April 2026", "1,299.00", "2.5 kg", "19 % tax on 7,599.15", "Approved by maria"},
	} {
		t.Run(language, func(t *testing.T) {
			p := paper(language)
			file, err := p.PDF()
			if err != nil {
				t.Fatal(err)
			}
			text := printed(t, file)
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("does not say %q:\n%s", w, text)
				}
			}
			if strings.Contains(text, "DRAFT") || strings.Contains(text, "ENTWURF") {
				t.Error("a quote that was sent is called a draft")
			}
			if again, err := p.PDF(); err != nil || !bytes.Equal(file, again) {
				t.Errorf("the same paper gives another file, %v", err)
			}
		})
	}
}

func TestQuotePDFOfManyPages(t *testing.T) {
	p := paper("en")
	p.Quote.State, p.Quote.Lines = crm.QuoteDraft, nil
	for i := range 200 {
		p.Quote.Lines = append(p.Quote.Lines, crm.Line{Text: fmt.Sprintf("Item %d. %s", i, strings.Repeat("long text ", i%20)), Quantity: 1000, Price: 100})
	}
	file, err := p.PDF()
	if err != nil {
		t.Fatal(err)
	}
	text := printed(t, file)
	if !strings.Contains(text, "DRAFT") || !strings.Contains(text, "Item 199.") || strings.Count(text, "Quantity\n") < 5 {
		t.Error("want a draft with all items and the head of the table on every page")
	}
}

func TestQuoteTemplates(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		o, _ := invoiced(t, db, noon)
		offers, _, err := crm.FindQuotes(t.Context(), db, crm.System(), crm.DealFilter{OpportunityID: o.ID})
		if err != nil {
			t.Fatal(err)
		}
		save := func(at time.Time, change func(*crm.QuoteTemplate)) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				all, err := crm.QuoteTemplates(t.Context(), tx)
				if err != nil {
					return err
				}
				template := all[0]
				change(&template)
				_, err = crm.SaveQuoteTemplate(t.Context(), tx, as("anna", at), template)
				return err
			})
		}
		wantInvalid(t, save(noon, func(t *crm.QuoteTemplate) { t.Intro = "Dear {customer}" }), "intro")
		wantInvalid(t, save(noon, func(t *crm.QuoteTemplate) { t.Language = "fr" }), "language")
		wantErr(t, save(noon, func(t *crm.QuoteTemplate) { t.Version = 7 }), crm.ErrConflict)
		if err := save(noon.Add(time.Hour), func(t *crm.QuoteTemplate) { t.ID, t.Intro, t.Archived = "en", "Hello again", true }); err != nil {
			t.Fatal(err)
		}
		file, name, err := crm.PrintQuote(t.Context(), db, crm.System(), offers[0].ID, "en", noon.Add(2*time.Hour))
		if err != nil || name != "Q-2026-0001-1.pdf" || strings.Contains(printed(t, file), "Hello again") {
			t.Errorf("%s, %v: want what was sent, as it was sent", name, err)
		}
		now, err := crm.QuoteTemplateAt(t.Context(), db, "en", time.Time{})
		if err != nil || now.Version != 2 || !now.Archived || now.Intro != "Hello again" {
			t.Errorf("got %+v, %v", now, err)
		}
		_, _, err = crm.PrintQuote(t.Context(), db, crm.System(), offers[0].ID, "xx", noon)
		wantErr(t, err, crm.ErrNotFound)
	})
}
