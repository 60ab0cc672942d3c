package crm

import (
	"context"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// An Acceptance is how sales takes a lead over.
type Acceptance struct {
	OwnerID string // who works on it from now on; empty: who accepts
	Name    string // of the opportunity; empty: the lead's topic
	Account bool   // with an account: the one of the company's name, or a new one
}

// AcceptLead moves a lead to sales-accepted and opens its opportunity, with the contact it belongs
// to or a new one, and with or without an account. version is the one the caller loaded, or 0.
func AcceptLead(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64, a Acceptance) (Opportunity, error) {
	ch = ch.Begin()
	l, err := moveLead(ctx, tx, id, version, SalesAccepted, ch)
	if err != nil {
		return Opportunity{}, err
	}
	contact, err := contactOfLead(ctx, tx, ch, &l)
	if err != nil {
		return Opportunity{}, err
	}
	o := Opportunity{Name: a.Name, Need: l.Topic, LeadID: l.ID, ContactID: contact.ID, AccountID: contact.AccountID, OwnerID: a.OwnerID}
	if o.Name == "" {
		o.Name = cut(strings.Trim(l.Name+": "+l.Topic, ": "), maxName)
	}
	if o.OwnerID == "" {
		o.OwnerID = ch.By
	}
	if a.Account && o.AccountID == "" {
		if o.AccountID, err = accountNamed(ctx, tx, ch, l.Company); err != nil {
			return Opportunity{}, err
		}
	}
	return CreateOpportunity(ctx, tx, ch, o)
}

// contactOfLead is whose lead it is: the contact it names, the one with its e-mail address, or a
// new one, which the lead then names.
func contactOfLead(ctx context.Context, tx *sqldb.Tx, ch Change, l *Lead) (Contact, error) {
	if l.ContactID != "" {
		return ContactByID(ctx, tx, l.ContactID)
	}
	var contact Contact
	if l.Email != "" {
		same, err := stringsOf(ctx, tx, "SELECT id FROM contacts WHERE email_key = $1 ORDER BY id LIMIT 1", []byte(foldKey(l.Email)))
		if err != nil {
			return Contact{}, err
		}
		if len(same) > 0 {
			if contact, err = ContactByID(ctx, tx, same[0]); err != nil {
				return Contact{}, err
			}
		}
	}
	if contact.ID == "" {
		first, last := "", l.Name
		if i := strings.LastIndexByte(l.Name, ' '); i > 0 {
			first, last = l.Name[:i], l.Name[i+1:]
		}
		var err error
		if contact, err = CreateContact(ctx, tx, Contact{FirstName: first, LastName: last, Email: l.Email, Company: l.Company}, ch); err != nil {
			return Contact{}, err
		}
	}
	l.ContactID = contact.ID
	if _, err := tx.Exec(ctx, "UPDATE leads SET contact_id = $1 WHERE id = $2", contact.ID, l.ID); err != nil {
		return Contact{}, err
	}
	if err := assignTerritories(ctx, tx, ch, RecordLead, l.ID); err != nil {
		return Contact{}, err
	}
	return contact, record(ctx, tx, ch, changedRecord{action: "link-contact", kind: RecordLead, id: l.ID, about: contact.ID, after: map[string]any{"contact_id": contact.ID}})
}

// accountNamed finds the account of a name, or makes it.
func accountNamed(ctx context.Context, tx *sqldb.Tx, ch Change, name string) (string, error) {
	if tidy(name) == "" {
		return "", invalid("account", "the lead names no company: accept it without an account, or enter the company first")
	}
	same, err := stringsOf(ctx, tx, "SELECT id FROM accounts WHERE name_key = $1 ORDER BY id LIMIT 1", []byte(foldKey(name)))
	if err != nil || len(same) > 0 {
		return strings.Join(same, ""), err
	}
	a, err := CreateAccount(ctx, tx, Account{Name: name}, ch)
	return a.ID, err
}
