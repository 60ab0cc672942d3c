package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A QuoteTemplate is how quotes look on paper. Saving one makes a new version; a quote that was sent
// is printed by the version that was in force then.
type QuoteTemplate struct {
	ID        string    `json:"id"`
	Version   int64     `json:"version"`
	Name      string    `json:"name"`
	Language  string    `json:"language"` // de, en
	Sender    string    `json:"sender"`   // lines: who offers, with the address
	Intro     string    `json:"intro"`    // above the table
	Closing   string    `json:"closing"`  // below the sums
	Footer    string    `json:"footer"`   // of every page: register, bank, tax number
	Archived  bool      `json:"archived"` // it is offered no more, and still prints
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
}

// DefaultQuoteTemplates are there until somebody changes them.
func DefaultQuoteTemplates() []QuoteTemplate {
	return []QuoteTemplate{
		{ID: "de", Version: 1, Name: "Angebot", Language: "de", Intro: "Guten Tag {contact},\n\nvielen Dank für Ihr Interesse. Gern bieten wir Ihnen an:",
			Closing: "Wir freuen uns auf Ihren Auftrag.\n\n{owner}"},
		{ID: "en", Version: 1, Name: "Quote", Language: "en", Intro: "Dear {contact},\n\nthank you for your interest. We are pleased to offer:",
			Closing: "We look forward to your order.\n\n{owner}"},
	}
}

var placeholder = regexp.MustCompile(`\{[^{}\s]*\}`)

// placeholders are what the texts of a template may name.
var placeholders = []string{"{contact}", "{account}", "{number}", "{date}", "{valid_until}", "{owner}", "{opportunity}"}

const maxTemplateText = 4000

// Check says what of a template cannot be printed.
func (t *QuoteTemplate) Check() error {
	t.Name = tidy(t.Name)
	if t.Name == "" {
		return invalid("name", "is empty: a template needs one")
	}
	if err := checkText("name", t.Name, maxName); err != nil {
		return err
	}
	if t.Language != "de" && t.Language != "en" {
		return invalid("language", "%q: want de or en", t.Language)
	}
	for _, f := range []struct{ name, text string }{{"sender", t.Sender}, {"intro", t.Intro}, {"closing", t.Closing}, {"footer", t.Footer}} {
		if len(f.text) > maxTemplateText || strings.Count(f.text, "\n") > 60 {
			return invalid(f.name, "is longer than %d bytes or 60 lines", maxTemplateText)
		}
		for _, p := range placeholder.FindAllString(f.text, -1) {
			if !strings.Contains(strings.Join(placeholders, " "), p) {
				return invalid(f.name, "names %s: want one of %s", p, strings.Join(placeholders, " "))
			}
		}
	}
	return nil
}

// QuoteTemplates are the versions in force.
func QuoteTemplates(ctx context.Context, q sqldb.Querier) ([]QuoteTemplate, error) {
	all, err := queryTemplates(ctx, q, "WHERE version = (SELECT max(version) FROM quote_templates x WHERE x.id = quote_templates.id) ORDER BY id")
	if err != nil {
		return nil, err
	}
	for _, d := range DefaultQuoteTemplates() {
		changed := false
		for _, t := range all {
			changed = changed || t.ID == d.ID
		}
		if !changed {
			all = append(all, d)
		}
	}
	return all, nil
}

// QuoteTemplateAt loads the version of a template that was in force at a time; the zero time stands
// for now. Of one that is younger it is the first version.
func QuoteTemplateAt(ctx context.Context, q sqldb.Querier, id string, at time.Time) (QuoteTemplate, error) {
	all, err := queryTemplates(ctx, q, "WHERE id = $1 ORDER BY version DESC", id)
	if err != nil {
		return QuoteTemplate{}, err
	}
	for _, d := range DefaultQuoteTemplates() {
		if d.ID == id {
			all = append(all, d)
		}
	}
	for i, t := range all {
		if at.IsZero() || !t.CreatedAt.After(at) || i == len(all)-1 {
			return t, nil
		}
	}
	return QuoteTemplate{}, fmt.Errorf("load quote template %s: %w", id, ErrNotFound)
}

func queryTemplates(ctx context.Context, q sqldb.Querier, rest string, args ...any) ([]QuoteTemplate, error) {
	rows, err := q.Query(ctx, "SELECT id, version, definition, created_at, created_by FROM quote_templates "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("load quote templates: %w", err)
	}
	defer rows.Close()
	var all []QuoteTemplate
	for rows.Next() {
		var t QuoteTemplate
		var id string
		var version int64
		if err := rows.Scan(&id, &version, jsonColumn{&t}, atColumn{&t.CreatedAt}, &t.CreatedBy); err != nil {
			return nil, fmt.Errorf("load quote templates: %w", err)
		}
		t.ID, t.Version = id, version
		all = append(all, t)
	}
	return all, rows.Err()
}

// SaveQuoteTemplate checks a template and makes it the version in force. Its version is the one it
// was made from; a new one has no id.
func SaveQuoteTemplate(ctx context.Context, tx *sqldb.Tx, ch Change, t QuoteTemplate) (QuoteTemplate, error) {
	if err := t.Check(); err != nil {
		return QuoteTemplate{}, err
	}
	if t.ID == "" {
		t.ID = NewID(ch.At)
	} else {
		before, err := QuoteTemplateAt(ctx, tx, t.ID, time.Time{})
		if err != nil {
			return QuoteTemplate{}, err
		}
		if t.Version != 0 && before.Version != t.Version {
			return QuoteTemplate{}, fmt.Errorf("save quote template %s: %w", t.ID, ErrConflict)
		}
		t.Version = before.Version
	}
	t.Version, t.CreatedAt, t.CreatedBy = t.Version+1, ch.At, ch.By
	definition, err := json.Marshal(t)
	if err != nil {
		return QuoteTemplate{}, fmt.Errorf("save quote template %s: %w", t.ID, err)
	}
	fresh, err := tx.InsertNew(ctx, sqldb.Insert{Table: "quote_templates", Key: []string{"id", "version"}, Columns: []string{"id", "version", "definition", "created_at", "created_by"}},
		[][]any{{t.ID, t.Version, string(definition), sqldb.Millis(ch.At), ch.By}})
	if err != nil {
		return QuoteTemplate{}, err
	}
	if !fresh[0] {
		return QuoteTemplate{}, fmt.Errorf("save quote template %s: %w", t.ID, ErrConflict)
	}
	return t, record(ctx, tx, ch, changedRecord{action: "save", kind: RecordTemplate, id: t.ID, after: t})
}

// CurrentVersion is the version of the template.
func (t QuoteTemplate) CurrentVersion() int64 { return t.Version }

// paperShows are the fields that a printed quote shows: who is not shown all of them gets no paper.
var paperShows = []struct {
	kind   string
	fields []string
}{
	{RecordQuote, []string{"number", "revision", "state", "currency", "valid_until", "lines", "discount", "notes", "sums"}},
	{RecordOpportunity, []string{"name", "owner_id"}},
	{RecordAccount, []string{"name"}},
}

// PrintQuote makes the PDF of a quote by a template. A draft says that it is one.
func PrintQuote(ctx context.Context, q sqldb.Querier, a *Access, quoteID, templateID string, now time.Time) (file []byte, name string, err error) {
	quote, err := QuoteByID(ctx, q, a, quoteID)
	if err != nil {
		return nil, "", err
	}
	for _, shown := range paperShows {
		if err := a.mayAskBy(shown.kind, shown.fields...); err != nil {
			return nil, "", err
		}
	}
	p := Paper{Quote: quote, Date: now}
	if !quote.SentAt.IsZero() {
		p.Date = quote.SentAt
	}
	if p.Template, err = QuoteTemplateAt(ctx, q, templateID, quote.SentAt); err != nil {
		return nil, "", err
	}
	o, err := OpportunityByID(ctx, q, System(), quote.OpportunityID)
	if err != nil {
		return nil, "", err
	}
	f, err := factsOf(ctx, q, &o, o.ProcessID, now)
	if err != nil {
		return nil, "", err
	}
	p.Opportunity, p.Contact, p.Account = o.Name, Contact{DisplayName: f.Contact.NameWithout(a.Hidden(RecordContact))}, f.Account
	names, err := takerNames(ctx, q)
	if err != nil {
		return nil, "", err
	}
	p.Owner = names["user"+o.OwnerID]
	if p.Approvals, err = Approvals(ctx, q, o.ID); err != nil {
		return nil, "", err
	}
	terms := quote.Terms()
	p.Approvals = slices.DeleteFunc(p.Approvals, func(a Approval) bool { return a.Quotes != nil && !slices.Contains(a.Quotes, terms) })
	for i := range p.Approvals {
		if name := names["user"+p.Approvals[i].UserID]; name != "" {
			p.Approvals[i].UserID = name
		}
	}
	file, err = p.PDF()
	return file, fmt.Sprintf("%s-%d.pdf", quote.Number, quote.Revision), err
}
