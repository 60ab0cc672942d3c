package crm

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

var leads = table[Lead, *Lead]{kind: RecordLead, name: "leads",
	columns: []string{"milestone", "state", "external_id", "topic", "need", "time_frame", "product", "name", "email", "phone", "job_title", "network", "handle",
		"company", "industry", "country", "postal_code", "city", "employees", "contact_id", "account_id", "owner_id", "source", "detail", "campaign_id", "campaign",
		"post_id", "author_id", "monitor_id", "open_key", "rule", "reason", "comment", "fields", "rating"},
	bind: func(l *Lead) []any {
		return []any{&l.Milestone, &l.State, &l.ExternalID, &l.Topic, &l.Need, &l.TimeFrame, &l.Product, &l.Name, &l.Email, &l.Phone, &l.JobTitle, &l.Network, &l.Handle,
			&l.Company, &l.Industry, &l.Country, &l.PostalCode, &l.City, &l.Employees, &l.ContactID, &l.AccountID, &l.OwnerID, &l.Source, &l.Detail, &l.CampaignID, &l.Campaign,
			&l.PostID, &l.AuthorID, &l.MonitorID, nullText{&l.OpenKey}, &l.Rule, &l.Reason, &l.Comment, jsonColumn{&l.Fields}, jsonColumn{&l.Rating}}
	}}

// nullText keeps an empty text as NULL, which is unlike every other NULL.
type nullText struct{ text *string }

func (c nullText) Value() (driver.Value, error) {
	if *c.text == "" {
		return nil, nil
	}
	return *c.text, nil
}

func (c nullText) Scan(src any) error {
	var s sql.NullString
	err := s.Scan(src)
	*c.text = s.String
	return err
}

// OpenLeads saves leads that posts suggest and reports which are new; those get their id in the
// slice. A lead is left out when one with its OpenKey is open, or when its post has opened a lead
// before, closed or not: a batch handled twice opens nothing.
func OpenLeads(ctx context.Context, tx *sqldb.Tx, heard []Lead, ch Change) ([]bool, error) {
	if len(heard) == 0 {
		return nil, nil
	}
	if err := takeHeardCampaigns(ctx, tx, heard); err != nil {
		return nil, err
	}
	known, err := postsWithLead(ctx, tx, heard)
	if err != nil {
		return nil, err
	}
	plan, err := Milestones(ctx, tx)
	if err != nil {
		return nil, err
	}
	opened := make([]bool, len(heard))
	var list []*Lead
	var at []int
	for i := range heard {
		if l := &heard[i]; l.PostID == "" || !known[l.PostID] {
			list, at = append(list, l), append(at, i)
		}
	}
	fresh, err := insertLeads(ctx, tx, &plan, list, "open_key")
	if err != nil {
		return nil, err
	}
	var new []*Lead
	for i, f := range fresh {
		if opened[at[i]] = f; f {
			new = append(new, list[i])
		}
	}
	return opened, leadsCame(ctx, tx, ch, &plan, new, func(i int) string { return leadRules[new[i].Rule] })
}

// insertLeads inserts leads in few statements, in the first milestone where they have none, and says
// which are new by a key: one that another has is left out.
func insertLeads(ctx context.Context, tx *sqldb.Tx, plan *MilestonePlan, list []*Lead, key string) ([]bool, error) {
	columns := append(slices.Clone(metaColumns), leads.columns...)
	at := slices.Index(columns, key)
	rows := make([][]any, len(list))
	for i, l := range list {
		if l.ID == "" {
			l.ID = NewID(l.CreatedAt)
		}
		if l.Milestone == Unqualified || l.Milestone == "" {
			l.Milestone = plan.First()
		}
		l.Version, l.State = max(l.Version, 1), plan.State(l.Milestone)
		k, all := l.keys(), values(leads.pointers(l))
		rows[i] = append(append(append([]any{all[at]}, all[:at]...), all[at+1:]...), k.email, k.phone, k.name, k.company)
	}
	columns = append(append([]string{key}, slices.Delete(columns, at, at+1)...), "email_key", "phone_key", "name_key", "company_key")
	return tx.InsertNew(ctx, sqldb.Insert{Table: "leads", Key: []string{key}, Columns: columns}, rows)
}

// leadsCame notes all that new leads bring with them. why is the reason that the log gets.
func leadsCame(ctx context.Context, tx *sqldb.Tx, ch Change, plan *MilestonePlan, new []*Lead, why func(i int) string) error {
	var log []changedRecord
	var ids []string
	for i, l := range new {
		log = append(log, changedRecord{action: "create", kind: RecordLead, id: l.ID, about: l.ContactID, author: l.AuthorID, after: l, reason: why(i)})
		ids = append(ids, l.ID)
	}
	if err := visitMilestones(ctx, tx, ch, plan, new); err != nil {
		return err
	}
	if err := assignTerritories(ctx, tx, ch, RecordLead, ids...); err != nil {
		return err
	}
	return record(ctx, tx, ch, log...)
}

func postsWithLead(ctx context.Context, q sqldb.Querier, heard []Lead) (map[string]bool, error) {
	var posts []string
	for _, l := range heard {
		if l.PostID != "" {
			posts = append(posts, l.PostID)
		}
	}
	known := make(map[string]bool)
	for part := range chunks(posts) {
		found, err := sqldb.Strings(ctx, q, "SELECT post_id FROM leads WHERE "+sqldb.In("post_id", 1, len(part)), sqldb.Anys(part)...)
		if err != nil {
			return nil, fmt.Errorf("load leads: %w", err)
		}
		for _, id := range found {
			known[id] = true
		}
	}
	return known, nil
}

// LeadByID loads a lead.
func LeadByID(ctx context.Context, q sqldb.Querier, a *Access, id string) (Lead, error) {
	return leads.byID(ctx, q, a, id, 0)
}

// createLead saves a new lead in the first milestone of the plan.
func createLead(ctx context.Context, tx *sqldb.Tx, ch Change, l *Lead) error {
	plan, err := Milestones(ctx, tx)
	if err != nil {
		return err
	}
	l.move(&plan, plan.First())
	if err := errors.Join(l.takeCampaign(ctx, tx, ch.Access, &Lead{}), checkFields(ctx, tx, fieldChange{kind: RecordLead, after: l.Fields})); err != nil {
		return err
	}
	if err := leads.create(ctx, tx, ch, l); err != nil {
		return err
	}
	if err := errors.Join(saveLeadKeys(ctx, tx, l), saveFieldValues(ctx, tx, RecordLead, l.ID, l.Fields)); err != nil {
		return err
	}
	if err := visitMilestones(ctx, tx, ch, &plan, []*Lead{l}); err != nil {
		return err
	}
	return assignTerritories(ctx, tx, ch, RecordLead, l.ID)
}

func saveLeadKeys(ctx context.Context, tx *sqldb.Tx, l *Lead) error {
	k := l.keys()
	_, err := tx.Exec(ctx, "UPDATE leads SET email_key = $1, phone_key = $2, name_key = $3, company_key = $4 WHERE id = $5", k.email, k.phone, k.name, k.company, l.ID)
	if err != nil {
		return fmt.Errorf("save lead %s: %w", l.ID, err)
	}
	return nil
}

// UpdateLead changes what a lead says. version is the one the caller loaded, or 0 for any.
func UpdateLead(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64, change func(*Lead)) (Lead, error) {
	l, err := leads.change(ctx, tx, ch, id, version, "update", func(l *Lead) error {
		before := *l
		if change(l); l.Fields == nil {
			l.Fields = before.Fields // nothing is said of them
		}
		if err := refuseBlockedLead(ctx, tx, l, &before); err != nil {
			return err
		}
		return errors.Join(checkLeadRecords(ctx, tx, ch.Access, l, &before), l.takeCampaign(ctx, tx, ch.Access, &before), checkFields(ctx, tx, fieldChange{RecordLead, id, before.Fields, l.Fields}))
	})
	if err != nil {
		return l, err
	}
	if err := errors.Join(saveLeadKeys(ctx, tx, &l), saveFieldValues(ctx, tx, RecordLead, id, l.Fields)); err != nil {
		return l, err
	}
	if err := assignTerritories(ctx, tx, ch, RecordLead, l.ID); err != nil {
		return l, err
	}
	if l.State != LeadOpen {
		return l, nil // it was decided by the grade that it had then
	}
	return l, rateLead(ctx, tx, &l, ch.At)
}

// checkLeadRecords refuses new names of records that lead nowhere, or to what one may not see.
func checkLeadRecords(ctx context.Context, q sqldb.Querier, a *Access, l, before *Lead) error {
	if l.ContactID != before.ContactID {
		if _, err := optional(l.ContactID, func(id string) (Contact, error) { return ContactByID(ctx, q, a, id) }, "contact_id"); err != nil {
			return err
		}
	}
	if l.AccountID == before.AccountID {
		return nil
	}
	_, err := optional(l.AccountID, func(id string) (Account, error) { return AccountByID(ctx, q, a, id) }, "account_id")
	return err
}

// A LeadMove leads a lead to another milestone.
type LeadMove struct {
	ID      string
	Version int64 // the one the caller loaded, or 0 to take any
	To      Milestone
	Reason  string // code; demanded when the lead is disqualified or recycled
	Comment string
}

// MoveLead takes a lead to another milestone, or says all that the milestone demands and does not
// find. Opening a closed lead again is ErrConflict while its author has another open one.
//
// The last milestone is reached by AcceptLead alone, which opens the opportunity.
func MoveLead(ctx context.Context, tx *sqldb.Tx, ch Change, m LeadMove) (Lead, error) {
	plan, err := Milestones(ctx, tx)
	if err != nil {
		return Lead{}, err
	}
	if m.To == plan.Last() {
		return Lead{}, invalid("milestone", "a lead becomes %s when sales accepts it, which opens its opportunity: POST /leads/{id}/accept", m.To)
	}
	return moveLead(ctx, tx, ch, &plan, m)
}

func moveLead(ctx context.Context, tx *sqldb.Tx, ch Change, plan *MilestonePlan, m LeadMove) (Lead, error) {
	before, err := leads.forChange(ctx, tx, ch, m.ID, m.Version)
	if err != nil {
		return Lead{}, err
	}
	if err := plan.Leads(before.Milestone, m.To); err != nil {
		return Lead{}, fmt.Errorf("move lead %s: %w", m.ID, err)
	}
	after := before
	after.move(plan, m.To)
	after.Reason, after.Comment = "", tidy(m.Comment)
	if rule := plan.Rule(m.To); rule != nil {
		missing, err := missingOf(ctx, tx, rule, &before, ch)
		if err != nil {
			return Lead{}, err
		}
		if len(missing) > 0 {
			return Lead{}, &GateClosed{Milestone: m.To, Missing: missing}
		}
	} else if after.Reason, err = m.Reason, checkReason(ctx, tx, string(m.To), m.Reason); err != nil {
		return Lead{}, err
	}
	if err := leads.save(ctx, tx, ch, "move", &before, &after); err != nil {
		if errors.Is(err, sqldb.ErrConflict) {
			return Lead{}, fmt.Errorf("move lead %s: its author has another open lead: %w", m.ID, ErrConflict)
		}
		return Lead{}, err
	}
	if err := leaveMilestone(ctx, tx, ch, &before); err != nil {
		return Lead{}, err
	}
	if err := visitMilestones(ctx, tx, ch, plan, []*Lead{&after}); err != nil {
		return Lead{}, err
	}
	return after, nil
}

func checkReason(ctx context.Context, q sqldb.Querier, outcome, code string) error {
	all, err := Reasons(ctx, q, outcome)
	if err != nil {
		return err
	}
	return chooseReason(all, outcome, code)
}

// redactLeads takes the words, and the name where no contact gave it, out of leads whose post or
// author is gone.
func redactLeads(ctx context.Context, tx *sqldb.Tx, column string, ids []string) error {
	where := " WHERE source = 'mention' AND topic <> '' AND " + sqldb.In(column, 1, len(ids))
	redacted, err := sqldb.Strings(ctx, tx, "SELECT id FROM leads"+where, sqldb.Anys(ids)...)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE leads SET topic = '', version = version + 1,
			name = CASE WHEN contact_id = '' THEN '' ELSE name END, name_key = CASE WHEN contact_id = '' THEN '' ELSE name_key END,
			handle = CASE WHEN contact_id = '' THEN '' ELSE handle END`+where, sqldb.Anys(ids)...)
	}
	if err != nil {
		return fmt.Errorf("take deleted words out of leads: %w", err)
	}
	return indexSearch(ctx, tx, RecordLead, redacted)
}
