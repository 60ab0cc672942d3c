package privacy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// Conditions on what is too old, with the time as $1.
const (
	closedLead = "updated_at < $1 AND (name <> '' OR email <> '' OR phone <> '' OR topic <> '' OR handle <> '' OR company <> '' OR comment <> '' OR need <> '')"

	// closedSale is a sale that nothing is due from any more.
	closedSale = `state <> 'open' AND closed_at > 0 AND closed_at < $1
	AND NOT EXISTS (SELECT 1 FROM orders d WHERE d.opportunity_id = opportunities.id AND d.state = 'open')
	AND NOT EXISTS (SELECT 1 FROM invoices i WHERE i.opportunity_id = opportunities.id AND i.state = 'issued')
	AND (name <> '` + Erased + `' OR need <> '' OR odds_reason <> '' OR close_comment <> '' OR contact_id <> '' OR fields <> '{}')`

	// forgotten is a contact of whom nothing was heard, written, sold, owed or agreed since.
	forgotten = `contacts.updated_at < $1
	AND NOT EXISTS (SELECT 1 FROM touches t WHERE t.contact_id = contacts.id AND t.posted_at >= $1)
	AND NOT EXISTS (SELECT 1 FROM activities a WHERE a.record_id = contacts.id AND (a.updated_at >= $1 OR a.done_at >= $1 OR a.due_at >= $1))
	AND NOT EXISTS (SELECT 1 FROM leads l WHERE l.contact_id = contacts.id AND (l.state = 'open' OR l.updated_at >= $1
		OR EXISTS (SELECT 1 FROM activities a WHERE a.record_id = l.id AND (a.updated_at >= $1 OR a.done_at >= $1 OR a.due_at >= $1))))
	AND NOT EXISTS (SELECT 1 FROM opportunities o WHERE o.contact_id = contacts.id AND o.contact_id <> '' AND (o.state = 'open' OR o.updated_at >= $1 OR o.closed_at >= $1
		OR EXISTS (SELECT 1 FROM activities a WHERE a.record_id = o.id AND (a.updated_at >= $1 OR a.done_at >= $1 OR a.due_at >= $1))
		OR EXISTS (SELECT 1 FROM invoices i WHERE i.opportunity_id = o.id AND (i.state = 'issued' OR i.updated_at >= $1))))
	AND NOT EXISTS (SELECT 1 FROM orders d WHERE d.contact_id = contacts.id AND d.contact_id <> '' AND (d.state = 'open' OR d.updated_at >= $1
		OR EXISTS (SELECT 1 FROM invoices i WHERE i.order_id = d.id AND (i.state = 'issued' OR i.updated_at >= $1))))
	AND NOT EXISTS (SELECT 1 FROM consents g WHERE g.contact_id = contacts.id AND (g.given_at >= $1 OR g.recorded_at >= $1 OR g.withdrawn_at >= $1))
	AND NOT EXISTS (SELECT 1 FROM acquaintances q WHERE q.contact_id = contacts.id AND q.at >= $1)
	AND NOT EXISTS (SELECT 1 FROM invitations v WHERE v.contact_id = contacts.id AND v.created_at >= $1)`
)

// nobody is a person of whom nothing is known yet.
func nobody() *Person {
	p := &Person{ids: make(map[Kind]map[string]bool)}
	for k := range kinds {
		p.ids[k] = make(map[string]bool)
	}
	return p
}

// sweep erases the rows that are of the person's ids, from all tables; texts stay as they are.
func (p *Person) sweep(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	return p.sweepOf(ctx, tx, InOrder(), now)
}

func (p *Person) sweepOf(ctx context.Context, tx *sqldb.Tx, tables []string, now time.Time) error {
	for _, name := range tables {
		if _, err := p.eraseRows(ctx, tx, name, now); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	return nil
}

func endAuthors(ctx context.Context, tx *sqldb.Tx, ids []string, now time.Time) error {
	p := nobody()
	p.add(Author, ids...)
	if _, err := p.follow(ctx, tx, ends); err != nil {
		return err
	}
	if err := crm.RemoveTouches(ctx, tx, p.IDs(Post)); err != nil { // what closed leads quote of them
		return err
	}
	return p.sweep(ctx, tx, now)
}

func endLeads(ctx context.Context, tx *sqldb.Tx, ids []string, now time.Time) error {
	p := nobody()
	for _, k := range []Kind{Lead, Own, Case} {
		p.add(k, ids...)
	}
	if _, err := p.follow(ctx, tx, []path{done}); err != nil {
		return err
	}
	return p.sweep(ctx, tx, now)
}

// endContacts erases contacts as an erasure would, with their leads, what was noted on them and on their
// sales, and their names in those. Accounts in networks, and what was posted there, have rules of their own.
func endContacts(ctx context.Context, tx *sqldb.Tx, ids []string, now time.Time) error {
	p := nobody()
	p.add(Contact, ids...)
	if _, err := p.follow(ctx, tx, slices.DeleteFunc(slices.Clone(paths), func(w path) bool { return w.from != Contact || w.to == Author })); err != nil {
		return err
	}
	if err := p.toEnds(ctx, tx); err != nil {
		return err
	}
	if err := p.collectNames(ctx, tx); err != nil {
		return err
	}
	if err := p.eraseKeptText(ctx, tx); err != nil {
		return err
	}
	if err := p.sweep(ctx, tx, now); err != nil {
		return err
	}
	if err := crm.TellErased(ctx, tx, crm.RecordLead, p.IDs(Lead), ByRetention, now); err != nil {
		return err
	}
	return crm.TellErased(ctx, tx, crm.RecordContact, ids, ByRetention, now)
}

// saying are the tables that repeat what a record says.
var saying = []string{"audit", "field_values", "search_entries"}

// endActivities takes out what activities say, of the log, the search and the notices too.
func endActivities(ctx context.Context, tx *sqldb.Tx, ids []string, now time.Time) error {
	p := nobody()
	p.add(Own, ids...)
	if err := p.sweepOf(ctx, tx, saying, now); err != nil {
		return err
	}
	in, args := sqldb.In("a.id", 1, len(ids)), sqldb.Anys(ids)
	_, err := tx.Exec(ctx, `DELETE FROM notices WHERE kind = 'activity' AND id IN (SELECT n.id FROM activities a
		JOIN notices n ON n.opportunity_id = a.record_id AND n.opportunity_id <> '' AND n.at = a.created_at WHERE `+in+")", args...)
	if err == nil {
		_, err = tx.Exec(ctx, "UPDATE activities SET subject = '', body = '', version = version + 1 WHERE "+sqldb.In("id", 1, len(ids)), args...)
	}
	return err
}

// endOpportunities takes out what sales say and whose they were. The lead they came of stays: what is
// won of leads is counted by it.
func endOpportunities(ctx context.Context, tx *sqldb.Tx, ids []string, now time.Time) error {
	p := nobody()
	p.add(Case, ids...)
	if _, err := p.follow(ctx, tx, []path{done}); err != nil {
		return err
	}
	for some := range slices.Chunk(p.IDs(Own), perQuery) {
		if err := endActivities(ctx, tx, some, now); err != nil {
			return err
		}
	}
	p.add(Own, ids...)
	if err := p.sweepOf(ctx, tx, saying, now); err != nil {
		return err
	}
	args := sqldb.Anys(ids)
	_, err := tx.Exec(ctx, "UPDATE approvals SET comment = '' WHERE comment <> '' AND "+sqldb.In("opportunity_id", 1, len(ids)), args...)
	if err == nil {
		_, err = tx.Exec(ctx, "UPDATE opportunities SET name = '"+Erased+"', need = '', odds_reason = '', close_comment = '', contact_id = '', fields = '{}', version = version + 1 WHERE "+
			sqldb.In("id", 1, len(ids)), args...)
	}
	return err
}
