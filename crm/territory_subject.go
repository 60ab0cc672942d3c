package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A subject is a record with what dimensions look at.
type subject struct {
	id, name string
	open     bool // a lead or an opportunity that somebody works on
	traits   Traits
}

// byIDs loads records by their ids, in parts that a statement can hold.
func byIDs[T any](ids []string, load func(in string, args []any) ([]T, error), id func(*T) string) (map[string]*T, error) {
	all := make(map[string]*T, len(ids))
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "" })
	slices.Sort(ids)
	for part := range chunks(slices.Compact(ids)) {
		list, err := load(sqldb.In("id", 1, len(part)), sqldb.Anys(part))
		if err != nil {
			return nil, err
		}
		for i := range list {
			all[id(&list[i])] = &list[i]
		}
	}
	return all, nil
}

func accountsByID(ctx context.Context, q sqldb.Querier, ids []string) (map[string]*Account, error) {
	return byIDs(ids, func(in string, args []any) ([]Account, error) {
		rows, err := q.Query(ctx, "SELECT "+accountColumns+" FROM accounts WHERE "+in, args...)
		if err != nil {
			return nil, fmt.Errorf("load accounts: %w", err)
		}
		defer rows.Close()
		var all []Account
		for rows.Next() {
			a, err := scanAccount(rows)
			if err != nil {
				return nil, fmt.Errorf("load accounts: %w", err)
			}
			all = append(all, a)
		}
		return all, rows.Err()
	}, func(a *Account) string { return a.ID })
}

func contactsByID(ctx context.Context, q sqldb.Querier, ids []string) (map[string]*Contact, error) {
	return byIDs(ids, func(in string, args []any) ([]Contact, error) {
		return scanContacts(q.Query(ctx, "SELECT "+contactColumns+" FROM contacts WHERE "+in, args...))
	}, func(c *Contact) string { return c.ID })
}

func leadsByID(ctx context.Context, q sqldb.Querier, ids []string) (map[string]*Lead, error) {
	return byIDs(ids, func(in string, args []any) ([]Lead, error) { return leads.find(ctx, q, "WHERE "+in, args...) }, func(l *Lead) string { return l.ID })
}

func opportunitiesByID(ctx context.Context, q sqldb.Querier, ids []string) (map[string]*Opportunity, error) {
	return byIDs(ids, func(in string, args []any) ([]Opportunity, error) {
		return opportunities.find(ctx, q, "WHERE "+in, args...)
	},
		func(o *Opportunity) string { return o.ID })
}

// A gathering is records of one batch with what belongs to each.
type gathering struct {
	accounts      map[string]*Account
	contacts      map[string]*Contact
	leads         map[string]*Lead
	opportunities map[string]*Opportunity
	products      map[string][]*Product // by opportunity
}

// gather loads records of a type with the records whose fields count for them: an opportunity's
// lead, contact and account, a lead's contact and that one's account, a contact's account.
func gather(ctx context.Context, q sqldb.Querier, kind string, ids []string, products bool) (g gathering, err error) {
	var accounts, contacts, fromLeads []string
	switch kind {
	case RecordAccount:
		accounts = ids
	case RecordContact:
		contacts = ids
	case RecordLead:
		fromLeads = ids
	case RecordOpportunity:
		if g.opportunities, err = opportunitiesByID(ctx, q, ids); err != nil {
			return g, err
		}
		for _, o := range g.opportunities {
			accounts, contacts, fromLeads = append(accounts, o.AccountID), append(contacts, o.ContactID), append(fromLeads, o.LeadID)
		}
		if products {
			if g.products, err = quotedProducts(ctx, q, ids); err != nil {
				return g, err
			}
		}
	}
	if g.leads, err = leadsByID(ctx, q, fromLeads); err != nil {
		return g, err
	}
	for _, l := range g.leads {
		contacts, accounts = append(contacts, l.ContactID), append(accounts, l.AccountID)
	}
	if g.contacts, err = contactsByID(ctx, q, contacts); err != nil {
		return g, err
	}
	for _, c := range g.contacts {
		accounts = append(accounts, c.AccountID)
	}
	g.accounts, err = accountsByID(ctx, q, accounts)
	return g, err
}

// quotedProducts are the products of the quotes that stand, by opportunity.
func quotedProducts(ctx context.Context, q sqldb.Querier, opportunityIDs []string) (map[string][]*Product, error) {
	list, err := quotes.find(ctx, q, "WHERE state <> 'superseded' AND state <> 'declined' AND "+sqldb.In("opportunity_id", 1, len(opportunityIDs)), sqldb.Anys(opportunityIDs)...)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, quote := range list {
		for _, l := range quote.Lines {
			ids = append(ids, l.ProductID)
		}
	}
	known, err := byIDs(ids, func(in string, args []any) ([]Product, error) { return products.find(ctx, q, "WHERE "+in, args...) },
		func(p *Product) string { return p.ID })
	if err != nil {
		return nil, err
	}
	of := make(map[string][]*Product)
	for _, quote := range list {
		for _, l := range quote.Lines {
			if p := known[l.ProductID]; p != nil && !slices.Contains(of[quote.OpportunityID], p) {
				of[quote.OpportunityID] = append(of[quote.OpportunityID], p)
			}
		}
	}
	return of, nil
}

// subjects loads the records with their traits; those that are gone are left out.
func (p *TerritoryPlan) subjects(ctx context.Context, q sqldb.Querier, kind string, ids []string) ([]subject, error) {
	products := slices.ContainsFunc(p.paths, func(path string) bool { return strings.HasPrefix(path, RecordProduct+".") })
	g, err := gather(ctx, q, kind, ids, products)
	if err != nil {
		return nil, err
	}
	var all []subject
	for _, id := range ids {
		if records, name := g.around(kind, id); records != nil {
			all = append(all, subject{id, name, g.open(kind, id), traitsOf(p.paths, records)})
		}
	}
	return all, nil
}

// open says whether a record is a lead or an opportunity that is open.
func (g *gathering) open(kind, id string) bool {
	return kind == RecordLead && g.leads[id].State == LeadOpen || kind == RecordOpportunity && g.opportunities[id].State == StateOpen
}

// around are the records whose fields count for one, by their types, and what it is called; nil when
// it is not there.
func (g *gathering) around(kind, id string) (records map[string][]any, name string) {
	records = make(map[string][]any)
	var accountID, contactID, leadID string
	switch kind {
	case RecordAccount:
		accountID = id
		if a := g.accounts[id]; a != nil {
			name = a.Name
		}
	case RecordContact:
		contactID = id
		if c := g.contacts[id]; c != nil {
			name = c.Name()
		}
	case RecordLead:
		leadID = id
		if l := g.leads[id]; l != nil {
			name = strings.Trim(l.Name+": "+l.Topic, ": ")
		}
	case RecordOpportunity:
		if o := g.opportunities[id]; o != nil {
			accountID, contactID, leadID, name = o.AccountID, o.ContactID, o.LeadID, o.Name
			records[kind] = []any{*o}
			for _, product := range g.products[id] {
				records[RecordProduct] = append(records[RecordProduct], *product)
			}
		}
	}
	if l := g.leads[leadID]; l != nil {
		records[RecordLead] = []any{*l}
		if contactID == "" {
			contactID = l.ContactID
		}
		if accountID == "" {
			accountID = l.AccountID
		}
	}
	if c := g.contacts[contactID]; c != nil {
		records[RecordContact] = []any{*c}
		if accountID == "" {
			accountID = c.AccountID
		}
	}
	if a := g.accounts[accountID]; a != nil {
		records[RecordAccount] = []any{*a}
	}
	if len(records[kind]) == 0 {
		return nil, ""
	}
	return records, name
}

// traitsOf reads fields of records.
func traitsOf(paths []string, records map[string][]any) Traits {
	traits := make(Traits, len(paths))
	for _, path := range paths {
		kind, field, _ := strings.Cut(path, ".")
		for _, r := range records[kind] {
			traits[path] = append(traits[path], trait(r, field)...)
		}
	}
	return traits
}
