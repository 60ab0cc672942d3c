package crm

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A ResponseImport says of which campaign a file of responses is, and what rows mean that do not say.
type ResponseImport struct {
	ImportOptions
	CampaignID string
	Response   string
	Channel    string
	At         time.Time
}

// A ResponseReport accounts for every row: those that made a response are created, those that were
// told before unchanged.
type ResponseReport struct {
	ImportReport
	Opened int `json:"opened"` // leads that the responses opened
}

// responseHeaders are the fields that a column of a file can fill, with what else it may be called, in
// English and German.
var responseHeaders = map[string][]string{
	"email": {"mail", "emailaddress", "recipient", "subscriber", "emailadresse", "empfaenger"}, "name": {"fullname", "contact", "kontakt", "ansprechpartner"},
	"first_name": {"givenname", "vorname"}, "last_name": {"surname", "familyname", "nachname"}, "phone": {"telephone", "mobile", "telefon", "handy"},
	"company": {"account", "organisation", "organization", "firma", "unternehmen"}, "job_title": {"position", "function", "funktion"}, "country": {"land"},
	"postal_code": {"zip", "zipcode", "plz", "postleitzahl"}, "city": {"town", "ort", "stadt"}, "network": {"netzwerk"}, "handle": {"profile", "socialhandle"},
	"product": {"produkt"}, "topic": {"interest", "thema", "interesse"}, "contact_id": {}, "lead_id": {},
	"response": {"status", "action", "event", "reaction", "antwort", "reaktion", "aktion"}, "channel": {"source", "kanal", "quelle"},
	"at": {"date", "time", "datetime", "timestamp", "respondedat", "datum", "zeit", "zeitpunkt"}, "subject": {"title", "betreff", "titel"},
	"text": {"message", "comment", "note", "nachricht", "kommentar", "notiz"}, "key": {"id", "responseid", "eventid", "externalid"},
}

// responseWords are what other systems call a response.
var responseWords = map[string]string{"send": ResponseSent, "delivered": ResponseSent, "invited": ResponseSent, "open": ResponseOpened, "click": ResponseClicked,
	"reply": ResponseReplied, "answered": ResponseReplied, "signedup": ResponseRegistered, "signup": ResponseRegistered, "subscribed": ResponseRegistered, "present": ResponseAttended,
	"visited": ResponseAttended, "request": ResponseRequested, "interested": ResponseRequested, "notinterested": ResponseDeclined, "optout": ResponseUnsubscribed, "unsubscribe": ResponseUnsubscribed,
	"gesendet": ResponseSent, "geoeffnet": ResponseOpened, "geklickt": ResponseClicked, "geantwortet": ResponseReplied, "angemeldet": ResponseRegistered, "teilgenommen": ResponseAttended,
	"angefragt": ResponseRequested, "interessiert": ResponseRequested, "abgelehnt": ResponseDeclined, "abgemeldet": ResponseUnsubscribed}

// responseLayouts are the ways in which files write times; without a zone they are UTC.
var responseLayouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly, "02.01.2006 15:04:05", "02.01.2006 15:04",
	"2.1.2006 15:04", "02.01.2006", "2.1.2006", "01/02/2006 15:04", "01/02/2006"}

// typeResponse is what an import of responses is called in messages; it is no type of records.
const typeResponse = "response"

// ImportResponses reads responses to a campaign from a CSV file with a header and takes them in as
// Respond does. A row that cannot be taken is refused with its line, and the others are taken;
// importing a file twice changes nothing. docs/campaigns.md
func ImportResponses(ctx context.Context, db *sqldb.DB, r io.Reader, opt ResponseImport) (ResponseReport, error) {
	opt.Type = typeResponse
	rows := &responseRows{opt: opt, planned: make(map[string]bool)}
	noun := importNoun{fields: responseHeaders, needs: "who responded", names: func(field string) bool {
		switch field {
		case "email", "phone", "handle", "contact_id", "lead_id", "name", "last_name":
			return true
		}
		return false
	}, begin: func(im *importing) importer {
		rows.importing = im
		return rows
	}}
	report, err := noun.importFile(ctx, db, r, opt.ImportOptions)
	return ResponseReport{report, rows.opened}, err
}

// responseRows makes responses of rows.
type responseRows struct {
	*importing
	opt     ResponseImport
	batch   []responseRow
	taking  int             // leads that the batch opened
	opened  int             // leads that were opened
	planned map[string]bool // what a dry run would have taken: keys of responses, and who would be a lead
}

type responseRow struct {
	line     int
	record   []string
	response Response
	taken    bool
}

func (im *responseRows) waiting() int { return len(im.batch) }

// read makes a response of a row.
func (im *responseRows) read(line int, record []string) error {
	r := Response{CampaignID: im.opt.CampaignID, Kind: im.opt.Response, Channel: im.opt.Channel, At: im.opt.At}
	p := &r.Person
	var first, last string
	texts := map[string]*string{"email": &p.Email, "name": &p.Name, "first_name": &first, "last_name": &last, "phone": &p.Phone, "company": &p.Company, "job_title": &p.JobTitle,
		"country": &p.Country, "postal_code": &p.PostalCode, "city": &p.City, "network": &p.Network, "handle": &p.Handle, "product": &p.Product, "topic": &p.Topic,
		"contact_id": &r.ContactID, "lead_id": &r.LeadID, "subject": &r.Subject, "text": &r.Text, "key": &r.Key}
	for i, field := range im.fields {
		value := tidy(meantCell(record[i]))
		switch text := texts[field]; {
		case field == "" || value == "":
		case text != nil:
			*text = value
		case field == "response":
			if r.Kind = strings.ToLower(value); responseWords[foldHeader(value)] != "" {
				r.Kind = responseWords[foldHeader(value)]
			}
		case field == "channel":
			if r.Channel = strings.ToLower(value); foldHeader(value) == "email" {
				r.Channel = "e-mail"
			}
		case field == "at":
			at, ok := readTime(value)
			if !ok {
				return &refusal{im.header[i], fmt.Sprintf("%q is no time: want one such as 2026-01-31 14:30", value)}
			}
			r.At = at
		}
	}
	if p.Name == "" {
		p.Name = tidy(first + " " + last)
	}
	im.batch = append(im.batch, responseRow{line: line, record: record, response: r})
	return nil
}

func readTime(value string) (time.Time, bool) {
	for _, layout := range responseLayouts {
		if at, err := time.Parse(layout, value); err == nil && at.Year() >= 1970 && at.Year() < 2200 {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

func (im *responseRows) save(ctx context.Context, tx *sqldb.Tx) (b importedRows, err error) {
	im.taking = 0
	for i := range im.batch {
		row := &im.batch[i]
		row.taken = false
		if im.planned[row.response.key()] {
			b.unchanged++
			continue
		}
		out, err := Respond(ctx, tx, im.change, row.response)
		why := refusalOf(err)
		switch {
		case why != nil:
			column := im.columnOf(why.column)
			if column == "" {
				column = why.column
			}
			b.refused = append(b.refused, refusedRow{line: row.line, record: row.record, column: column, reason: why.reason})
		case err != nil:
			return b, err
		case out.Known:
			b.unchanged++
		default:
			b.created++
			row.taken = true
			if who := foldKey(row.response.Person.Email); out.Opened && (who == "" || !im.planned[who]) {
				im.taking++
			}
		}
	}
	return b, nil
}

func (im *responseRows) kept() {
	im.opened += im.taking
	for i := range im.batch {
		if r := &im.batch[i].response; im.importing.opt.DryRun && im.batch[i].taken {
			im.planned[r.key()] = true
			if who := foldKey(r.Person.Email); who != "" {
				im.planned[who] = true
			}
		}
	}
	im.batch = im.batch[:0]
}
