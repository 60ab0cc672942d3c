package crm

import (
	"context"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// An Acceptance is how sales takes a lead over.
type Acceptance struct {
	OwnerID         string // who works on it from now on; empty: the lead's owner, or who accepts
	Name            string // of the opportunity; empty: the lead's topic
	ContactID       string // whom it belongs to; empty: found by the e-mail address, or a new one
	AccountID       string // empty: that of the contact, or see Account
	Account         bool   // with an account: the one of the company's name, or a new one
	AllowDuplicate  bool   // make a new contact or account although others look like it
	DuplicateReason string
	Comment         string
}

// AcceptLead moves a lead to the last milestone and opens its opportunity, with the contact it
// belongs to or a new one, and with or without an account. version is the one the caller loaded, or 0.
func AcceptLead(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64, a Acceptance) (Opportunity, error) {
	if err := ch.Access.Demand(ToCreate, RecordOpportunity); err != nil {
		return Opportunity{}, err
	}
	ch = ch.Begin()
	plan, err := Milestones(ctx, tx)
	if err != nil {
		return Opportunity{}, err
	}
	l, err := moveLead(ctx, tx, ch, &plan, LeadMove{ID: id, Version: version, To: plan.Last(), Comment: a.Comment})
	if err != nil {
		return Opportunity{}, err
	}
	before := l
	if a.AllowDuplicate && tidy(a.DuplicateReason) == "" {
		return Opportunity{}, invalid("duplicate_reason", "is empty: say why it is none of those on file")
	}
	if err := a.checkNamed(ctx, tx, ch.Access); err != nil {
		return Opportunity{}, err
	}
	ch = ch.follows()
	contact, err := a.contactOf(ctx, tx, ch, &l)
	if err != nil {
		return Opportunity{}, err
	}
	if l.AccountID, err = a.accountOf(ctx, tx, ch, &l, &contact); err != nil {
		return Opportunity{}, err
	}
	l.ContactID = contact.ID
	if err := leads.save(ctx, tx, ch, "convert", &before, &l); err != nil {
		return Opportunity{}, err
	}
	if err := assignTerritories(ctx, tx, ch, RecordLead, l.ID); err != nil {
		return Opportunity{}, err
	}
	o := Opportunity{Name: a.Name, Need: l.Need, LeadID: l.ID, CampaignID: l.CampaignID, ContactID: contact.ID, AccountID: l.AccountID, OwnerID: a.OwnerID}
	if o.Need == "" {
		o.Need = l.Topic
	}
	if o.Name == "" {
		o.Name = cut(strings.Trim(l.Name+": "+l.Topic, ": "), maxName)
	}
	for _, owner := range []string{l.OwnerID, ch.By} {
		if o.OwnerID == "" {
			o.OwnerID = owner
		}
	}
	if o, err = CreateOpportunity(ctx, tx, ch, o); err != nil {
		return Opportunity{}, err
	}
	if err := takePart(ctx, tx, ch.At, RecordLead, l.ID, TookOwnership, o.OwnerID); err != nil {
		return Opportunity{}, err
	}
	return o, inheritParticipants(ctx, tx, RecordLead, l.ID, RecordOpportunity, o.ID, TookLead)
}

// checkNamed refuses names of records that lead nowhere, or to what one may not see.
func (a *Acceptance) checkNamed(ctx context.Context, q sqldb.Querier, access *Access) error {
	return checkLeadRecords(ctx, q, access, &Lead{ContactID: a.ContactID, AccountID: a.AccountID}, &Lead{})
}

const acceptRemedy = "name the contact_id or account_id that it is, or say allow_duplicate with a duplicate_reason"

// contactOf is whose lead it is: the contact that is named, the one with its e-mail address, or a
// new one, unless others look like it.
func (a *Acceptance) contactOf(ctx context.Context, tx *sqldb.Tx, ch Change, l *Lead) (Contact, error) {
	for _, id := range []string{a.ContactID, l.ContactID} {
		if id != "" {
			return optional(id, func(id string) (Contact, error) { return ContactByID(ctx, tx, System(), id) }, "contact_id")
		}
	}
	if l.Email != "" {
		same, err := sqldb.Strings(ctx, tx, "SELECT id FROM contacts WHERE length(email_key) > 0 AND email_key = $1 ORDER BY id LIMIT 2", []byte(foldKey(l.Email)))
		if err != nil {
			return Contact{}, err
		}
		if len(same) == 1 {
			return ContactByID(ctx, tx, System(), same[0])
		}
	}
	if !a.AllowDuplicate {
		if err := refuseDuplicate(ctx, tx, ch.Access, l, acceptRemedy, RecordContact); err != nil {
			return Contact{}, err
		}
	}
	ch.Why = tidy(a.DuplicateReason)
	first, last := "", l.Name
	if i := strings.LastIndexByte(l.Name, ' '); i > 0 {
		first, last = l.Name[:i], l.Name[i+1:]
	}
	return CreateContact(ctx, tx, Contact{FirstName: first, LastName: last, Email: l.Email, Phone: l.Phone, Company: l.Company,
		JobTitle: l.JobTitle, City: l.City, PostalCode: l.PostalCode, Country: l.Country, AccountID: l.AccountID}, ch)
}

// accountOf is the account of the opportunity: the one that is named, the contact's, or, where it is
// wanted, the one of the company's name or a new one.
func (a *Acceptance) accountOf(ctx context.Context, tx *sqldb.Tx, ch Change, l *Lead, contact *Contact) (string, error) {
	for _, id := range []string{a.AccountID, l.AccountID, contact.AccountID} {
		if id != "" {
			_, err := optional(id, func(id string) (Account, error) { return AccountByID(ctx, tx, System(), id) }, "account_id")
			return id, err
		}
	}
	if !a.Account {
		return "", nil
	}
	if tidy(l.Company) == "" {
		return "", invalid("account", "the lead names no company: accept it without an account, or enter the company first")
	}
	same, err := sqldb.Strings(ctx, tx, "SELECT id FROM accounts WHERE name_key = $1 ORDER BY id LIMIT 1", []byte(foldKey(l.Company)))
	if err != nil || len(same) > 0 {
		return strings.Join(same, ""), err
	}
	if !a.AllowDuplicate {
		if err := refuseDuplicate(ctx, tx, ch.Access, l, acceptRemedy, RecordAccount); err != nil {
			return "", err
		}
	}
	ch.Why = tidy(a.DuplicateReason)
	made, err := CreateAccount(ctx, tx, Account{Name: l.Company, Industry: l.Industry, City: l.City, PostalCode: l.PostalCode, Country: l.Country, Employees: l.Employees}, ch)
	return made.ID, err
}
