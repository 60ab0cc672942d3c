package crm

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// leadHeaders are the fields that a column of a file of leads can fill, with the headers that mean it
// in the exports of common systems, folded; the best first.
var leadHeaders = map[string][]string{
	"external_id": {"externalid", "leadid", "recordid", "id", "leadnummer", "interessentennummer", "donotmodifylead", "nr"},
	"topic":       {"topic", "subject", "thema", "betreff", "titel", "interest", "interesse", "leadname"},
	"need":        {"need", "needs", "description", "beschreibung", "message", "nachricht", "bedarf", "notes", "notizen", "comments", "kommentar", "bemerkung"},
	"time_frame":  {"timeframe", "purchasetimeframe", "zeitrahmen", "zeitraum", "kaufzeitraum"},
	"product":     {"product", "productinterest", "produkt", "produktinteresse"},
	"name":        {"name", "fullname", "vollstaendigername", "ansprechpartner", "contact", "contactname", "kontakt", "contactperson"},
	"first_name":  contactHeaders["first_name"],
	"last_name":   contactHeaders["last_name"],
	"email":       contactHeaders["email"],
	"phone":       contactHeaders["phone"],
	"job_title":   {"jobtitle", "position", "funktion", "berufsbezeichnung", "title", "role", "rolle"},
	"profile":     contactHeaders["profile"],
	"company":     contactHeaders["company"],
	"industry":    {"industry", "branche", "industrycode", "sector"},
	"country":     contactHeaders["country"],
	"postal_code": contactHeaders["postal_code"],
	"city":        contactHeaders["city"],
	"employees":   {"employees", "numberofemployees", "noofemployees", "mitarbeiter", "mitarbeiterzahl", "anzahlmitarbeiter", "companysize"},
	"contact_id":  {"contactid", "kontaktid"},
	"account_id":  {"accountid", "firmenid"},
	"owner":       {"owner", "ownername", "besitzer", "zustaendig", "leadowner", "verantwortlich", "assignedto"},
	"source":      {"source", "leadsource", "quelle", "leadquelle", "herkunft"},
	"campaign":    {"campaign", "campaignname", "sourcecampaign", "kampagne", "utmcampaign"},

	"duplicate_reason": {"duplicatereason", "keindublettenfall", "keinedublette"},
}

var leadNoun = importNoun{
	fields: leadHeaders,
	names: func(field string) bool {
		return slices.Contains([]string{"name", "first_name", "last_name", "email", "phone", "profile", "contact_id"}, field)
	},
	needs: "a name, an e-mail address, a phone number or a social profile",
	begin: func(im *importing) importer { return &leadImport{importing: im, once: newOnceRows()} },
}

// sourceWords are what files call the sources, folded.
var sourceWords = map[string]string{"mention": SourceMention, "erwaehnung": SourceMention, "socialmedia": SourceMention, "campaign": SourceCampaign, "kampagne": SourceCampaign,
	"import": SourceImport, "form": SourceForm, "web": SourceForm, "website": SourceForm, "webseite": SourceForm, "formular": SourceForm, "webformular": SourceForm,
	"hand": SourceHand, "manual": SourceHand, "manuell": SourceHand}

// A leadRow is one lead of a file, and where it stood.
type leadRow struct {
	line   int
	record []string
	lead   Lead
	owner  string // the name of a user
	why    string // it is none of those on file
	sum    uint64 // of all it says
}

// readLead makes a lead of a record.
func (im *importing) readLead(line int, record []string) (*leadRow, error) {
	r := &leadRow{line: line, record: record, sum: sumOf(record), lead: Lead{Source: SourceImport}}
	l := &r.lead
	var first, last string
	for i, field := range im.fields {
		value := tidy(meantCell(record[i]))
		if field == "" || value == "" {
			continue
		}
		err := error(nil)
		switch field {
		case "first_name":
			first = value
		case "last_name":
			last = value
		case "owner":
			r.owner = value
		case "duplicate_reason":
			r.why, err = value, checkText(field, value, maxReason)
		case "employees":
			l.Employees, err = readCount(field, value)
		case "source":
			l.Source = cmp.Or(sourceWords[foldHeader(value)], SourceImport)
			if sourceWords[foldHeader(value)] == "" {
				l.Detail = value // in the words of the file
			}
		case "profile":
			err = l.readProfile(value)
		case "need":
			l.Need = strings.TrimSpace(meantCell(record[i])) // its lines stay
		default:
			*l.text(field) = value
		}
		if err != nil {
			return r, &refusal{im.header[i], reasonOf(err)}
		}
	}
	l.Name = cmp.Or(l.Name, join(first, last))
	return r, im.checkLead(r)
}

func (im *importing) checkLead(r *leadRow) error {
	err := r.lead.check()
	var bad *Invalid
	if !errors.As(err, &bad) {
		return err
	}
	if i := slices.Index(im.fields, bad.Field); i >= 0 && tidy(r.record[i]) != "" {
		return &refusal{im.header[i], bad.Reason}
	}
	return &refusal{"", bad.Reason}
}

// readProfile takes the first profile of a cell.
func (l *Lead) readProfile(value string) error {
	all, err := readProfiles("profile", value)
	if err == nil && len(all) > 0 {
		l.Network, l.Handle = all[0].Network, cmp.Or(all[0].Handle, all[0].NativeID)
	}
	return err
}

// readCount reads a whole number, with or without marks between thousands.
func readCount(field, value string) (int64, error) {
	n, err := strconv.ParseInt(strings.NewReplacer(".", "", ",", "", " ", "", "'", "").Replace(value), 10, 64)
	if err != nil {
		return 0, invalid(field, "%q is no whole number", value)
	}
	return n, nil
}

// text is where a text of a lead is kept.
func (l *Lead) text(field string) *string {
	return map[string]*string{"external_id": &l.ExternalID, "topic": &l.Topic, "need": &l.Need, "time_frame": &l.TimeFrame, "product": &l.Product, "name": &l.Name, "email": &l.Email,
		"phone": &l.Phone, "job_title": &l.JobTitle, "network": &l.Network, "handle": &l.Handle, "company": &l.Company, "industry": &l.Industry,
		"country": &l.Country, "postal_code": &l.PostalCode, "city": &l.City, "contact_id": &l.ContactID, "account_id": &l.AccountID, "campaign": &l.Campaign}[field]
}

// leadTexts are the texts of a lead that a file can say again, and say otherwise.
var leadTexts = []string{"external_id", "topic", "need", "time_frame", "product", "name", "email", "phone", "job_title", "network", "handle", "company", "industry",
	"country", "postal_code", "city", "campaign", "contact_id", "account_id"}

// over says whether a row says anything that a lead does not, and writes it there.
func (r *leadRow) over(to *Lead) (changed bool) {
	for _, field := range leadTexts {
		said, have := *r.lead.text(field), to.text(field)
		if said != "" && *have != said {
			*have, changed = said, true
		}
	}
	if r.lead.Employees != 0 && to.Employees != r.lead.Employees {
		to.Employees, changed = r.lead.Employees, true
	}
	if r.lead.OwnerID != "" && to.OwnerID != r.lead.OwnerID {
		to.OwnerID, changed = r.lead.OwnerID, true
	}
	if merged := overFields(to.Fields, r.lead.Fields); auditText(merged) != auditText(overFields(to.Fields, nil)) {
		to.Fields, changed = merged, true
	}
	return changed
}
