package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Viewer is who looks at a view, and when.
type Viewer struct {
	Access *Access
	UserID string
	Now    time.Time
}

// ContactView360 gathers what the company knows of a contact. q is one snapshot.
func ContactView360(ctx context.Context, q sqldb.Querier, id string, by Viewer) (v View360, err error) {
	if v.Contact, err = ContactByID(ctx, q, by.Access, id); err != nil {
		return v, err
	}
	if v.Contact.AccountID != "" {
		v.Account, err = AccountByID(ctx, q, by.Access, v.Contact.AccountID)
		if err == nil {
			v.Above, _, err = accountsAround(ctx, q, by.Access, &v.Account)
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return v, err
		}
	}
	profiles, err := ProfilesOf(ctx, q, []string{id})
	if err != nil {
		return v, err
	}
	v.Profiles = profiles[id]
	if links, err := by.Access.may(ctx, q, ToRead, RecordLink, id); err != nil {
		return v, err
	} else if links {
		if v.Links, err = LinksOfContact(ctx, q, id); err != nil {
			return v, err
		}
	}
	if v.Consents, err = ConsentsOf(ctx, q, by.Access, id); err != nil {
		return v, err
	}
	if v.Acquaintances, err = acquaintancesOf(ctx, q, id); err != nil {
		return v, err
	}
	return v, v.gather(ctx, q, contactScope(id), viewed{RecordContact, id, v.Contact.OwnerID}, by)
}

// AccountView360 gathers what the company knows of an account, of its contacts and of the accounts
// below it. q is one snapshot.
func AccountView360(ctx context.Context, q sqldb.Querier, id string, by Viewer) (v View360, err error) {
	if v.Account, err = AccountByID(ctx, q, by.Access, id); err != nil {
		return v, err
	}
	if v.Above, v.Below, err = accountsAround(ctx, q, by.Access, &v.Account); err != nil {
		return v, err
	}
	s := accountScope(by.Access, id, v.Below)
	w := s.members()
	w.readable(by.Access, RecordContact, "contacts")
	if v.Contacts, err = partOf(ctx, q, "contacts", w, func(rest string, args ...any) ([]Contact, error) {
		return scanContacts(q.Query(ctx, "SELECT "+contactColumns+" FROM contacts"+rest, args...))
	}, "name_key, id"); err != nil {
		return v, err
	}
	if err := v.gatherPeople(ctx, q, s, by); err != nil {
		return v, err
	}
	return v, v.gather(ctx, q, s, viewed{RecordAccount, id, v.Account.OwnerID}, by)
}

// A viewed is the record that a view is of.
type viewed struct{ kind, id, owner string }

// gather fills what the views of contacts and accounts have in common.
func (v *View360) gather(ctx context.Context, q sqldb.Querier, s *scope, of viewed, by Viewer) error {
	for _, section := range []func(context.Context, sqldb.Querier, *scope, Viewer) error{v.gatherTouches, v.gatherSales, v.gatherCash, v.gatherCampaigns, v.gatherActivities} {
		if err := section(ctx, q, s, by); err != nil {
			return err
		}
	}
	var err error
	if v.Territories, err = territoriesOf(ctx, q, by.Access, of); err != nil {
		return err
	}
	if err = v.gatherOwners(ctx, q, s, of, by); err != nil {
		return err
	}
	if v.Look, err = LastLook(ctx, q, by.UserID, of.kind, of.id); err != nil {
		return err
	}
	v.Look, _ = v.Look.next(by.Now)
	return v.gatherNews(ctx, q, s, by)
}

// partOf loads the beginning of a list, and counts it where that is not all.
func partOf[T any](ctx context.Context, q sqldb.Querier, from string, w *where, find func(rest string, args ...any) ([]T, error), order string) (p Part[T], err error) {
	counted := where{conditions: w.conditions, args: slices.Clone(w.args)}
	if p.Items, err = find(w.sql()+" ORDER BY "+order+w.limit(partSize+1), w.args...); err != nil {
		return p, err
	}
	if p.Count = len(p.Items); p.Count <= partSize {
		return p, nil
	}
	p.Items = p.Items[:partSize]
	query := "SELECT count(*) FROM (SELECT 1 FROM " + from + counted.sql() + counted.limit(maxCount+1) + ") n"
	if err := q.QueryRow(ctx, query, counted.args...).Scan(&p.Count); err != nil {
		return p, fmt.Errorf("count %s: %w", from, err)
	}
	if p.Count > maxCount {
		p.Count, p.More = maxCount, true
	}
	return p, nil
}

// newest is partOf for the records of a table, the newest first. The ids are ordered before anything
// else is read of a record: somebody may have thousands.
func (t *table[T, P]) newest(ctx context.Context, q sqldb.Querier, a *Access, w *where) (Part[T], error) {
	w.readable(a, t.kind, t.name)
	return partOf(ctx, q, t.name, w, func(rest string, args ...any) ([]T, error) {
		return t.find(ctx, q, "WHERE id IN (SELECT id FROM "+t.name+rest+") ORDER BY id DESC", args...)
	}, "id DESC")
}

func (v *View360) gatherTouches(ctx context.Context, q sqldb.Querier, s *scope, by Viewer) (err error) {
	v.Touches, err = partOf(ctx, q, "touches", s.people(), func(rest string, args ...any) ([]Touch, error) { return queryTouches(ctx, q, rest, args...) }, "posted_at DESC, post_id DESC")
	if err != nil || v.Touches.Count == 0 {
		return err
	}
	w := s.people()
	newest := "SELECT post_id, posted_at FROM touches" + w.sql() + " ORDER BY posted_at DESC, post_id DESC" + w.limit(lastTones)
	rows, err := q.Query(ctx, "SELECT t.post_id, t.posted_at, m.polarity, m.score, m.monitor_id, o.kind, o.name FROM ("+newest+
		") t JOIN mentions m ON m.post_id = t.post_id JOIN monitors o ON o.id = m.monitor_id ORDER BY t.posted_at DESC, t.post_id, m.monitor_id", w.args...)
	if err != nil {
		return fmt.Errorf("load tones: %w", err)
	}
	defer rows.Close()
	var tones []tone
	var last string
	campaigns := make(map[string]*CampaignInvolvement)
	for rows.Next() {
		var t tone
		var post, monitor, kind, name string
		if err := rows.Scan(&post, atColumn{&t.at}, &t.polarity, &t.score, &monitor, &kind, &name); err != nil {
			return fmt.Errorf("load tones: %w", err)
		}
		if post != last { // one that several monitors heard is one tone
			tones, last = append(tones, t), post
		}
		if kind != "campaign" {
			continue
		}
		if campaigns[monitor] == nil {
			campaigns[monitor] = &CampaignInvolvement{MonitorID: monitor, Name: name, Last: t.at}
		}
		campaigns[monitor].Touches++
	}
	for _, c := range campaigns {
		v.Campaigns = append(v.Campaigns, *c)
	}
	v.Sentiment = sentimentOf(tones, by.Now)
	return rows.Err()
}

func (v *View360) gatherSales(ctx context.Context, q sqldb.Querier, s *scope, by Viewer) (err error) {
	if v.Leads, err = leads.newest(ctx, q, by.Access, s.either("leads")); err != nil {
		return err
	}
	if v.Opportunities, err = opportunities.newest(ctx, q, by.Access, s.either("opportunities")); err != nil || v.Opportunities.Count == 0 {
		return err
	}
	v.Pipeline, err = rollUp(ctx, q, by.Access, s.either("opportunities"))
	return err
}

func (v *View360) gatherCash(ctx context.Context, q sqldb.Querier, s *scope, by Viewer) (err error) {
	if v.Opportunities.Count == 0 {
		return nil
	}
	if v.Quotes, err = quotes.newest(ctx, q, by.Access, s.deals()); err != nil || v.Quotes.Count == 0 {
		return err
	}
	if v.Orders, err = orders.newest(ctx, q, by.Access, s.deals()); err != nil || v.Orders.Count == 0 {
		return err
	}
	if v.Invoices, err = invoices.newest(ctx, q, by.Access, s.deals()); err != nil || v.Invoices.Count == 0 {
		return err
	}
	v.Payments, err = payments.newest(ctx, q, by.Access, s.paid())
	return err
}

// gatherActivities takes those about the records of the scope, and about the leads and opportunities
// that the view shows. The viewer may read each of these, so that they may read the activities about
// it: of thousands none needs to be asked for.
func (v *View360) gatherActivities(ctx context.Context, q sqldb.Querier, s *scope, by Viewer) (err error) {
	for _, c := range v.Contacts.Items {
		s.records = append(s.records, c.ID)
	}
	for i := range v.Leads.Items {
		s.records = append(s.records, v.Leads.Items[i].ID)
	}
	for i := range v.Opportunities.Items {
		s.records = append(s.records, v.Opportunities.Items[i].ID)
	}
	if !by.Access.Can(ToRead, RecordActivity) {
		return nil
	}
	if v.Activities, err = activities.newest(ctx, q, System(), s.about()); err != nil || v.Activities.Count == 0 {
		return err
	}
	open := s.about()
	open.add("kind = 'task'")
	open.add("done_at = 0")
	v.Tasks, err = partOf(ctx, q, "activities", open, func(rest string, args ...any) ([]Activity, error) { return activities.find(ctx, q, rest, args...) }, "due_at, id")
	return err
}

// territoriesOf are the territories of a record as they are told to somebody.
func territoriesOf(ctx context.Context, q sqldb.Querier, a *Access, of viewed) ([]InTerritory, error) {
	untold, err := a.readsHidden(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT t.id, t.name, r.rank, r.reason FROM record_territories r JOIN territories t ON t.id = r.territory_id
		WHERE r.record_type = $1 AND r.record_id = $2 ORDER BY r.rank, t.name`, of.kind, of.id)
	if err != nil {
		return nil, fmt.Errorf("load territories of %s %s: %w", of.kind, of.id, err)
	}
	defer rows.Close()
	var all []InTerritory
	for rows.Next() {
		var t InTerritory
		if err := rows.Scan(&t.ID, &t.Name, &t.Rank, &t.Reason); err != nil {
			return nil, fmt.Errorf("load territories of %s %s: %w", of.kind, of.id, err)
		}
		if untold {
			t.Reason = untoldReason
		}
		all = append(all, t)
	}
	return all, rows.Err()
}
