package crm

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

func (l *Lead) owner() string { return l.OwnerID }

// A Lead is a person who may buy.
type Lead struct {
	Meta
	Milestone  Milestone `json:"milestone"`
	State      string    `json:"state"`       // open, accepted, disqualified, recycled
	ExternalID string    `json:"external_id"` // the id in the system it was imported from; empty when there is none
	Topic      string    `json:"topic"`       // what they want, in a few words
	Need       string    `json:"need"`        // what they need, in their words
	TimeFrame  string    `json:"time_frame"`
	Product    string    `json:"product"` // that interests them

	Name     string `json:"name"`
	Email    string `json:"email"`
	Phone    string `json:"phone"`
	JobTitle string `json:"job_title"`
	Network  string `json:"network"` // of their social profile
	Handle   string `json:"handle"`

	Company    string `json:"company"`
	Industry   string `json:"industry"`
	Country    string `json:"country"`
	PostalCode string `json:"postal_code"`
	City       string `json:"city"`
	Employees  int64  `json:"employees"` // 0: not known

	ContactID string `json:"contact_id"` // empty when they are no contact
	AccountID string `json:"account_id"` // empty when the company is no account
	OwnerID   string `json:"owner_id"`   // who works on it; empty: nobody yet

	Source     string `json:"source"`      // mention, campaign, import, form, hand
	Detail     string `json:"detail"`      // of the source: the form, the file and its line
	CampaignID string `json:"campaign_id"` // that brought it; empty: none on file
	Campaign   string `json:"campaign"`    // its name, or that of one that is not on file
	PostID     string `json:"post_id"`     // the post it came from, for source mention
	AuthorID   string `json:"author_id"`
	MonitorID  string `json:"monitor_id"`
	OpenKey    string `json:"open_key"` // there is one open lead for it; empty: any number
	Rule       string `json:"rule"`     // that suggested it; empty: a person entered it

	Reason  string         `json:"reason"`  // code of why it was disqualified or recycled
	Comment string         `json:"comment"` // why, in words
	Fields  map[string]any `json:"fields"`  // custom ones
	Rating  Rating         `json:"rating"`
}

// Where leads come from.
const (
	SourceMention  = "mention"
	SourceCampaign = "campaign"
	SourceImport   = "import"
	SourceForm     = "form"
	SourceHand     = "hand"
)

// LeadSources are where leads come from.
var LeadSources = []string{SourceMention, SourceCampaign, SourceImport, SourceForm, SourceHand}

// check tidies the fields and says which cannot be kept. A lead needs something to be told by.
func (l *Lead) check() error {
	for _, f := range []struct {
		name  string
		value *string
		limit int
	}{
		{"external_id", &l.ExternalID, maxID}, {"topic", &l.Topic, maxName}, {"time_frame", &l.TimeFrame, maxName}, {"product", &l.Product, maxName},
		{"name", &l.Name, maxName}, {"email", &l.Email, maxEmail}, {"phone", &l.Phone, maxPhone}, {"job_title", &l.JobTitle, maxName},
		{"network", &l.Network, maxName}, {"handle", &l.Handle, maxName},
		{"company", &l.Company, maxName}, {"industry", &l.Industry, maxName}, {"country", &l.Country, maxName},
		{"postal_code", &l.PostalCode, maxPostalCode}, {"city", &l.City, maxName},
		{"contact_id", &l.ContactID, maxID}, {"account_id", &l.AccountID, maxID}, {"owner_id", &l.OwnerID, maxID},
		{"detail", &l.Detail, maxName}, {"campaign_id", &l.CampaignID, maxID}, {"campaign", &l.Campaign, maxName}, {"comment", &l.Comment, maxReason},
	} {
		*f.value = tidy(*f.value)
		if err := checkText(f.name, *f.value, f.limit); err != nil {
			return err
		}
	}
	switch {
	case len(l.Need) > maxNeed:
		return invalid("need", "has %d bytes: at most %d are kept", len(l.Need), maxNeed)
	case len(l.Fields) > maxFields:
		return invalid("fields", "has %d entries: at most %d", len(l.Fields), maxFields)
	case l.Employees < 0 || l.Employees > maxEmployees:
		return invalid("employees", "is %d: want 0 (not known) to %d", l.Employees, maxEmployees)
	case !slices.Contains(LeadSources, l.Source):
		return invalid("source", "%q: want one of %s", l.Source, strings.Join(LeadSources, ", "))
	case l.Source == SourceMention && l.AuthorID != "": // what it says may have been deleted since
	case l.Name+l.Email+l.Phone+l.Handle+l.ContactID == "":
		return invalid("name", "is empty, and so are e-mail, phone, profile and contact: a lead needs one of them")
	}
	return checkEmail(l.Email)
}

// called is what to tell a lead by.
func (l *Lead) called() string { return cmp.Or(l.Name, l.Topic, l.Company, l.Email) }

// move applies a milestone to a lead, and with it the key that the lead holds open from then on.
func (l *Lead) move(p *MilestonePlan, to Milestone) {
	l.Milestone, l.State, l.OpenKey = to, p.State(to), ""
	if l.State == LeadOpen && l.AuthorID != "" {
		l.OpenKey = "author:" + l.AuthorID
	}
}

// leadKeys are what a lead is looked up by before another is made of the same person.
type leadKeys struct{ email, phone, name, company string }

func (l *Lead) keys() leadKeys {
	return leadKeys{foldKey(l.Email), phoneKey(l.Phone), foldKey(l.Name), foldKey(l.Company)}
}

// phoneKey is what stays of a phone number however it is written: its last nine digits, which leave
// the prefix of the country out. Fewer than seven digits are no number.
func phoneKey(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r <= unicode.MaxASCII && unicode.IsDigit(r) {
			return r
		}
		return -1
	}, phone)
	if len(digits) < 7 {
		return ""
	}
	return digits[max(0, len(digits)-9):]
}
