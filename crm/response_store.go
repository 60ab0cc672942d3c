package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// maxAhead is how far in the future a response may lie: clocks differ.
const maxAhead = 24 * time.Hour

// Respond takes a response to a campaign in: as an activity of the contact or the lead that it is
// from, or of a lead that it opens where nobody is on file and somebody speaks up. One that was told
// before changes nothing. Where several on file could be who it is, it is a MaybeDuplicate.
func Respond(ctx context.Context, tx *sqldb.Tx, ch Change, r Response) (Responded, error) {
	c, err := optional(r.CampaignID, func(id string) (Campaign, error) { return CampaignByID(ctx, tx, ch.Access, id) }, "campaign_id")
	if err != nil {
		return Responded{}, err
	}
	if err := r.check(); err != nil {
		return Responded{}, err
	}
	if r.At.After(ch.At.Add(maxAhead)) {
		return Responded{}, invalid("at", "is in the future")
	}
	told, err := activities.find(ctx, tx, "WHERE campaign_id = $1 AND response_key = $2", c.ID, r.key())
	if err != nil {
		return Responded{}, err
	}
	if len(told) > 0 {
		return Responded{Activity: told[0], Known: true}, nil
	}
	kind, id, err := r.from(ctx, tx, ch.Access)
	if err != nil {
		return Responded{}, err
	}
	if err := r.maySend(ctx, tx, kind, id); err != nil {
		return Responded{}, err
	}
	var out Responded
	if id == "" {
		l, err := r.openLead(ctx, tx, ch, &c)
		if err != nil {
			return Responded{}, err
		}
		kind, id, out.Opened = RecordLead, l.ID, true
	}
	out.Activity = r.activity(kind, id, ch.At)
	if err := activities.create(ctx, tx, ch, &out.Activity); err != nil {
		return out, err
	}
	return out, rateAfter(ctx, tx, &out.Activity, ch.At)
}

// maySend refuses to note as sent what nobody may send: something to a contact, or the lead of one, who
// took the consent to marketing back before. What they do themselves is noted whatever they said.
func (r *Response) maySend(ctx context.Context, q sqldb.Querier, kind, id string) error {
	if r.Kind != ResponseSent || id == "" {
		return nil
	}
	if kind == RecordLead {
		l, err := LeadByID(ctx, q, System(), id)
		if err != nil || l.ContactID == "" {
			return err
		}
		id = l.ContactID
	}
	err := mayUse(ctx, q, PurposeMarketing, id)
	var no *NoConsent
	if errors.As(err, &no) && !r.At.IsZero() && r.At.Before(no.At) {
		return nil // it was sent before
	}
	return err
}

// from is who responds: the record that is named, or else the one that the e-mail address, the phone
// number or the profile belongs to, contacts before leads and open leads before closed ones. It is
// empty when nobody on file looks like it.
func (r *Response) from(ctx context.Context, q sqldb.Querier, a *Access) (kind, id string, err error) {
	switch {
	case r.ContactID != "":
		_, err = optional(r.ContactID, func(id string) (Contact, error) { return ContactByID(ctx, q, a, id) }, "contact_id")
		return RecordContact, r.ContactID, err
	case r.LeadID != "":
		_, err = optional(r.LeadID, func(id string) (Lead, error) { return LeadByID(ctx, q, a, id) }, "lead_id")
		return RecordLead, r.LeadID, err
	}
	found, err := Candidates(ctx, q, a, &r.Person)
	if err != nil {
		return "", "", err
	}
	people := slices.DeleteFunc(slices.Clone(found), func(c Candidate) bool { return c.RecordType == RecordAccount })
	for _, reason := range []string{sameEmail, samePhone, sameHandle} {
		for _, kind := range []string{RecordContact, RecordLead} {
			same := slices.DeleteFunc(slices.Clone(people), func(c Candidate) bool { return c.Hidden || c.RecordType != kind || !slices.Contains(c.Reasons, reason) })
			if kind == RecordLead && len(same) > 1 {
				if same, err = openOf(ctx, q, same); err != nil {
					return "", "", err
				}
			}
			if len(same) == 1 {
				return kind, same[0].RecordID, nil
			}
			if len(same) > 1 && !r.AllowDuplicate {
				return "", "", &MaybeDuplicate{Candidates: same, Remedy: responseRemedy}
			}
		}
	}
	if len(people) > 0 && !r.AllowDuplicate {
		return "", "", &MaybeDuplicate{Candidates: people, Remedy: responseRemedy}
	}
	return "", "", nil
}

const responseRemedy = "name the contact_id or lead_id that it is, or say allow_duplicate with a duplicate_reason"

// openOf keeps the open ones of several leads, or the newest where all are closed.
func openOf(ctx context.Context, q sqldb.Querier, same []Candidate) ([]Candidate, error) {
	ids := make([]string, len(same))
	for i, c := range same {
		ids[i] = c.RecordID
	}
	open, err := sqldb.Strings(ctx, q, "SELECT id FROM leads WHERE state = 'open' AND "+sqldb.In("id", 1, len(ids)), sqldb.Anys(ids)...)
	if err != nil {
		return nil, fmt.Errorf("load leads: %w", err)
	}
	if len(open) == 0 {
		open = []string{slices.Max(ids)} // ids ascend with time
	}
	return slices.DeleteFunc(same, func(c Candidate) bool { return !slices.Contains(open, c.RecordID) }), nil
}

// openLead makes a lead of who responds and is not on file. It stands for the account that is called
// as their company, or has its domain, where there is one only.
func (r *Response) openLead(ctx context.Context, tx *sqldb.Tx, ch Change, c *Campaign) (Lead, error) {
	if !speaksUp(r.Kind) {
		return Lead{}, invalid("email", "nobody on file has it, and %s opens no lead: import the person as a contact before", r.Kind)
	}
	n := NewLead{Lead: r.Person, AllowDuplicate: r.AllowDuplicate, DuplicateReason: r.DuplicateReason}
	n.Source, n.Detail, n.CampaignID, n.Campaign = SourceCampaign, r.Channel, c.ID, c.Name
	if n.Topic == "" {
		n.Topic = cut(c.Name+": "+r.Subject, maxName)
	}
	if n.OwnerID == "" && len(r.Text) <= maxNeed && n.Need == "" {
		n.Need = r.Text
	}
	if n.AllowDuplicate || n.AccountID != "" {
		return CreateLead(ctx, tx, ch, n)
	}
	found, err := Candidates(ctx, tx, ch.Access, &n.Lead)
	if err != nil {
		return Lead{}, err
	}
	accounts := slices.DeleteFunc(found, func(c Candidate) bool { return c.RecordType != RecordAccount })
	switch {
	case len(accounts) == 0:
	case len(accounts) == 1 && !accounts[0].Hidden:
		n.AccountID = accounts[0].RecordID
	default: // which of them it is, whoever works on the lead will know
		n.AllowDuplicate, n.DuplicateReason = true, fmt.Sprintf("responded to %s, and %d accounts look like the company", c.Name, len(accounts))
	}
	return CreateLead(ctx, tx, ch, n)
}

// refusalOf is why a response cannot be taken; nil for what went wrong here.
func refusalOf(err error) *refusal {
	var bad *Invalid
	var double *MaybeDuplicate
	var no *NoConsent
	switch {
	case errors.As(err, &bad):
		return &refusal{bad.Field, bad.Reason}
	case errors.As(err, &double):
		return &refusal{"", double.Error()}
	case errors.As(err, &no):
		return &refusal{"", no.Error()}
	}
	return nil
}

// A RespondedOne is what became of one of several responses.
type RespondedOne struct {
	Responded
	Refused string // why it cannot be taken; empty: it was
}

// RespondEach takes several responses in; one that is refused changes nothing, and stops no other.
func RespondEach(ctx context.Context, tx *sqldb.Tx, ch Change, all []Response) ([]RespondedOne, error) {
	ch = ch.Begin()
	out := make([]RespondedOne, len(all))
	for i := range all {
		one, err := Respond(ctx, tx, ch, all[i])
		out[i].Responded = one
		if why := refusalOf(err); why != nil {
			out[i].Refused, err = strings.TrimPrefix(why.Error(), ": "), nil
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
