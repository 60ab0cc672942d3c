package crm

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// How somebody responds to a campaign. Who was only written to has not responded yet.
const (
	ResponseSent         = "sent" // it was sent to them: they are a member, no more
	ResponseOpened       = "opened"
	ResponseClicked      = "clicked"
	ResponseReplied      = "replied"
	ResponseRegistered   = "registered"
	ResponseAttended     = "attended"
	ResponseRequested    = "requested" // an offer, a call, a sample
	ResponseDeclined     = "declined"
	ResponseUnsubscribed = "unsubscribed"
)

// ResponseKinds are all there are.
var ResponseKinds = []string{ResponseSent, ResponseOpened, ResponseClicked, ResponseReplied, ResponseRegistered, ResponseAttended, ResponseRequested, ResponseDeclined, ResponseUnsubscribed}

// ResponseChannels are the ways by which responses come.
var ResponseChannels = []string{"e-mail", "portal", "event", "phone", "letter", "advertisement", "social", ChannelForm, "other"}

// ChannelForm is a form on a page of the company.
const ChannelForm = "form"

// speaksUp says that a response shows that somebody wants something: it opens a lead where nobody is
// on file, as no opened mailing does.
func speaksUp(response string) bool {
	switch response {
	case ResponseReplied, ResponseRegistered, ResponseAttended, ResponseRequested, ResponseClicked:
		return true
	}
	return false
}

// noInterest leaves out of a query of activities what is no sign of interest.
const noInterest = " AND response NOT IN ('sent', 'declined', 'unsubscribed')"

// A Response is that somebody responded to a campaign, as a file, another system or a person tells it.
type Response struct {
	CampaignID string
	Kind       string    // one of ResponseKinds; empty: replied
	Channel    string    // one of ResponseChannels; empty: other
	At         time.Time // zero: now
	Key        string    // names it in the system that tells it; empty: made of who, how and when
	Subject    string    // empty: made of the kind
	Text       string
	ContactID  string // who it is, where that is known
	LeadID     string
	Person     Lead // what else is known of them: e-mail address, name, company …

	AllowDuplicate  bool // open a lead although others look like it
	DuplicateReason string
}

// A Responded is what became of a response.
type Responded struct {
	Activity Activity
	Opened   bool // it opened a lead
	Known    bool // it was told before, and changed nothing
}

func (r *Response) check() error {
	if r.Kind == "" {
		r.Kind = ResponseReplied
	}
	if r.Channel == "" {
		r.Channel = "other"
	}
	r.Key = tidy(r.Key)
	switch {
	case !slices.Contains(ResponseKinds, r.Kind):
		return invalid("response", "%q: want one of %s", r.Kind, strings.Join(ResponseKinds, ", "))
	case !slices.Contains(ResponseChannels, r.Channel):
		return invalid("channel", "%q: want one of %s", r.Channel, strings.Join(ResponseChannels, ", "))
	case r.ContactID+r.LeadID+r.Person.Email+r.Person.Phone+r.Person.Handle+r.Person.Name == "":
		return invalid("email", "is empty, and so are phone, handle, name, contact_id and lead_id: say who responded")
	case r.ContactID != "" && r.LeadID != "":
		return invalid("lead_id", "is named, and so is contact_id: want one of them")
	}
	if len(r.Text) > maxActivityText {
		return invalid("text", "has %d bytes: at most %d are kept", len(r.Text), maxActivityText)
	}
	if err := checkText("key", r.Key, maxName); err != nil {
		return err
	}
	if r.Subject = tidy(r.Subject); r.Subject == "" {
		r.Subject = strings.ToUpper(r.Kind[:1]) + r.Kind[1:] + " by " + r.Channel
	}
	return checkText("subject", r.Subject, maxName)
}

// key is what a campaign takes once: the one that the sender gave, or a hash of who responded, how and
// when. It holds nothing that could be read.
func (r *Response) key() string {
	parts := []string{"key", r.Key}
	if r.Key == "" {
		k := r.Person.keys()
		parts = []string{"made", r.ContactID, r.LeadID, k.email, k.phone, r.Person.Network, r.Person.Handle, k.name, k.company, r.Kind, r.Channel, r.Subject,
			fmt.Sprint(sqldb.Millis(r.At))}
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

// activity is the response as it stands on the timeline of a record.
func (r *Response) activity(kind, id string, now time.Time) Activity {
	at := r.At
	if at.IsZero() {
		at = now
	}
	return Activity{Kind: KindResponse, RecordType: kind, RecordID: id, Subject: r.Subject, Text: r.Text, DoneAt: at,
		CampaignID: r.CampaignID, Response: r.Kind, Channel: r.Channel, responseKey: r.key()}
}
