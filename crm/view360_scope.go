package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// manyContacts is how many contacts of an account are looked at for what they said and did.
const manyContacts = 2000

// A scope is whose records a view gathers: the conditions on a contact's and on an account's id.
type scope struct {
	contacts, accounts string // such as "contact_id = ?", with the column as %s; empty: none
	contactArgs        []any
	accountArgs        []any
	records            []string // the records that the view is of
}

// people restricts a query to the contacts of the scope.
func (s *scope) people() *where {
	w := &where{}
	w.add(fmt.Sprintf(s.contacts, "contact_id"), s.contactArgs...)
	return w
}

// either restricts a query to the contacts or the accounts of the scope, by a union that lets each
// half use its index.
func (s *scope) either(table string) *where {
	w := &where{}
	condition := "id IN (SELECT id FROM " + table + " WHERE contact_id <> '' AND " + fmt.Sprintf(s.contacts, "contact_id")
	args := slices.Clone(s.contactArgs)
	if s.accounts != "" {
		condition += " UNION SELECT id FROM " + table + " WHERE account_id <> '' AND " + fmt.Sprintf(s.accounts, "account_id")
		args = append(args, s.accountArgs...)
	}
	w.add(condition+")", args...)
	return w
}

// members restricts a query of contacts to those of the scope.
func (s *scope) members() *where {
	w := &where{}
	w.add(fmt.Sprintf(s.contacts, "id"), s.contactArgs...)
	return w
}

// deals restricts a query to what belongs to the opportunities of the scope.
func (s *scope) deals() *where {
	inner := s.either("opportunities")
	return &where{conditions: []string{"opportunity_id IN (SELECT id FROM opportunities" + inner.sql() + ")"}, args: inner.args}
}

// paid restricts a query of payments to those of the opportunities of the scope.
func (s *scope) paid() *where {
	of := s.deals()
	return &where{conditions: []string{"invoice_id IN (SELECT id FROM invoices" + of.sql() + ")"}, args: of.args}
}

// about restricts a query of activities to those about the records that a view shows.
func (s *scope) about() *where {
	w := &where{}
	w.add("record_id IN (?"+strings.Repeat(",?", len(s.records)-1)+")", sqldb.Anys(s.records)...)
	return w
}

// aboutAny restricts a query of activities to those about any record of the scope.
func (s *scope) aboutAny() *where {
	all := &where{}
	of := []string{"SELECT id FROM contacts" + all.within(s.members()), "SELECT id FROM leads" + all.within(s.either("leads")),
		"SELECT id FROM opportunities" + all.within(s.either("opportunities"))}
	if s.accounts != "" {
		of = append(of, "SELECT id FROM accounts WHERE "+all.number(fmt.Sprintf(s.accounts, "id"), s.accountArgs...))
	}
	all.conditions = []string{"record_id IN (" + strings.Join(of, " UNION ") + ")"}
	return all
}

// within is the WHERE clause of another query, to stand in one of this.
func (w *where) within(inner *where) string {
	return w.number(numberedValue.ReplaceAllString(inner.sql(), "?"), inner.args...) // they stand in the order of their numbers
}

func contactScope(id string) *scope {
	return &scope{contacts: "%s = ?", contactArgs: []any{id}, records: []string{id}}
}

// accountScope is an account with those below it, and the contacts of all of them that somebody may see.
func accountScope(a *Access, id string, below []Account) *scope {
	ids := []any{id}
	for i := range below {
		ids = append(ids, below[i].ID)
	}
	list := "%s IN (?" + strings.Repeat(",?", len(ids)-1) + ")"
	seen, values := a.marked(ToRead, RecordContact, "contacts")
	return &scope{accounts: list, accountArgs: ids, contactArgs: append(append(slices.Clone(ids), values...), manyContacts), records: []string{id},
		contacts: "%s IN (SELECT id FROM contacts WHERE account_id <> '' AND " + fmt.Sprintf(list, "account_id") + seen + " LIMIT ?)"}
}

// A ViewOf names a contact or an account: a list of what its 360-degree view shows the beginning of.
// The zero value restricts nothing.
type ViewOf struct{ Kind, ID string }

// scope is what the view gathers, for who may read the record.
func (o ViewOf) scope(ctx context.Context, q sqldb.Querier, a *Access) (*scope, error) {
	if o.Kind == RecordContact {
		_, err := ContactByID(ctx, q, a, o.ID)
		return contactScope(o.ID), err
	}
	account, err := AccountByID(ctx, q, a, o.ID)
	if err != nil {
		return nil, err
	}
	_, below, err := accountsAround(ctx, q, a, &account)
	return accountScope(a, o.ID, below), err
}

// restrict adds to a query what a view restricts it to.
func (o ViewOf) restrict(ctx context.Context, q sqldb.Querier, a *Access, w *where, by func(*scope) *where) error {
	if o.ID == "" {
		return nil
	}
	s, err := o.scope(ctx, q, a)
	if err != nil {
		return err
	}
	if of := w.within(by(s)); of != "" {
		w.conditions = append(w.conditions, strings.TrimPrefix(of, " WHERE "))
	}
	return nil
}

func either(table string) func(*scope) *where {
	return func(s *scope) *where { return s.either(table) }
}
