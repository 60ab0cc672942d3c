package crm

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A CaseEvent is one step on the way from the first touch to the money.
type CaseEvent struct {
	At         time.Time `json:"at"`
	Kind       string    `json:"kind"` // touch, mention, activity, lead, stage, approval, close, quote, order, invoice, payment, process, people, change
	Title      string    `json:"title"`
	By         string    `json:"by"` // a user's id, or what did it
	RecordType string    `json:"record_type"`
	RecordID   string    `json:"record_id"`
	PostID     string    `json:"post_id"` // of a touch or a mention
	Reason     string    `json:"reason"`
	Amount     Money     `json:"amount"`

	tells []string // the fields of the record that the title tells
}

// amountOf are the fields of a document that its amount in a case tells.
var amountOf = map[string][]string{RecordQuote: {"lines", "sums"}, RecordOrder: {"lines", "sums"}, RecordInvoice: {"lines", "sums"}, RecordPayment: {"amount"}}

// without takes from a step what is hidden from somebody.
func (e *CaseEvent) without(a *Access) {
	if a.hides(e.RecordType, amountOf[e.RecordType]...) {
		e.Amount = Money{}
	}
	if a.hides(e.RecordType, e.tells...) {
		e.Title = strings.ReplaceAll(e.RecordType, "_", " ") + ": " + e.Kind
	}
}

// A Case is an opportunity with all that led to it and came of it. Without an opportunity it is the
// way of a lead so far.
type Case struct {
	Opportunity Opportunity
	Lead        Lead
	Events      []CaseEvent // the first one first
}

// maxCaseTouches bounds what a contact said that is shown in a case.
const maxCaseTouches = 200

// CaseOf loads the case of an opportunity.
func CaseOf(ctx context.Context, q sqldb.Querier, a *Access, opportunityID string) (c Case, err error) {
	if c.Opportunity, err = OpportunityByID(ctx, q, a, opportunityID); err != nil {
		return c, err
	}
	if c.Opportunity.LeadID != "" {
		if c.Lead, err = LeadByID(ctx, q, System(), c.Opportunity.LeadID); err != nil {
			return c, err
		}
	}
	return c, c.load(ctx, q, a)
}

// CaseOfLead loads the case that a lead belongs to.
func CaseOfLead(ctx context.Context, q sqldb.Querier, a *Access, leadID string) (c Case, err error) {
	ids, err := sqldb.Strings(ctx, q, "SELECT id FROM opportunities WHERE lead_id = $1 AND lead_id <> ''", leadID)
	if err != nil {
		return c, fmt.Errorf("load the opportunity of lead %s: %w", leadID, err)
	}
	if c.Lead, err = LeadByID(ctx, q, a, leadID); err != nil {
		return c, err
	}
	if len(ids) > 0 {
		if of, err := CaseOf(ctx, q, a, ids[0]); !errors.Is(err, ErrNotFound) {
			return of, err
		}
	}
	return c, c.load(ctx, q, a)
}

func (c *Case) load(ctx context.Context, q sqldb.Querier, a *Access) error {
	for _, add := range []func(context.Context, sqldb.Querier) error{c.addTouches, c.addActivities, c.addChanges} {
		if err := add(ctx, q); err != nil {
			return fmt.Errorf("load timeline: %w", err)
		}
	}
	if err := c.keepSeen(ctx, q, a); err != nil {
		return err
	}
	slices.SortStableFunc(c.Events, func(a, b CaseEvent) int { return a.At.Compare(b.At) })
	return nil
}

// keepSeen drops the steps of records of types that somebody may not read at all, and what a contact
// said whom they may not see. Otherwise a case is open to everybody who may read it.
func (c *Case) keepSeen(ctx context.Context, q sqldb.Querier, a *Access) error {
	contact := true
	if id := cmp.Or(c.Opportunity.ContactID, c.Lead.ContactID); id != "" {
		var err error
		if contact, err = a.may(ctx, q, ToRead, RecordContact, id); err != nil {
			return err
		}
	}
	c.Events = slices.DeleteFunc(c.Events, func(e CaseEvent) bool {
		return Governs(ToRead, e.RecordType) && !a.Can(ToRead, e.RecordType) || e.RecordType == RecordContact && !contact
	})
	for i := range c.Events {
		c.Events[i].without(a)
	}
	c.Opportunity.Name, c.Lead.Name = a.shown(RecordOpportunity, "name", c.Opportunity.Name), a.shown(RecordLead, "name", c.Lead.Name)
	return nil
}

// addTouches adds the post that opened the lead, and what the contact said until the case was closed.
func (c *Case) addTouches(ctx context.Context, q sqldb.Querier) error {
	if c.Lead.PostID != "" {
		at, err := sqldb.Strings(ctx, q, "SELECT CAST(posted_at AS text) FROM posts WHERE id = $1", c.Lead.PostID)
		if err != nil {
			return err
		}
		e := CaseEvent{At: c.Lead.CreatedAt, Kind: "mention", Title: "Said what opened the lead", By: c.Lead.AuthorID, RecordType: RecordLead, RecordID: c.Lead.ID, PostID: c.Lead.PostID}
		if len(at) > 0 {
			if ms, ok := wholeNumber(at[0]); ok {
				e.At = sqldb.FromMillis(ms)
			}
		}
		c.Events = append(c.Events, e)
	}
	contact, until := cmp.Or(c.Opportunity.ContactID, c.Lead.ContactID), c.Opportunity.ClosedAt
	if contact == "" {
		return nil
	}
	w := &where{}
	w.add("contact_id = ?", contact)
	if !until.IsZero() {
		w.add("posted_at <= ?", sqldb.Millis(until))
	}
	rows, err := q.Query(ctx, "SELECT post_id, author_id, posted_at FROM touches"+w.sql()+" ORDER BY posted_at DESC, post_id"+w.limit(maxCaseTouches), w.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		e := CaseEvent{Kind: "touch", Title: "Said something", RecordType: RecordContact, RecordID: contact}
		if err := rows.Scan(&e.PostID, &e.By, atColumn{&e.At}); err != nil {
			return err
		}
		if e.PostID != c.Lead.PostID {
			c.Events = append(c.Events, e)
		}
	}
	return rows.Err()
}

// addActivities adds what was done about the lead and the opportunity, campaign responses included.
func (c *Case) addActivities(ctx context.Context, q sqldb.Querier) error {
	list, err := activities.find(ctx, q, "WHERE done_at > 0 AND (record_id = $1 OR record_id = $2) AND record_id <> '' ORDER BY id", c.Opportunity.ID, c.Lead.ID)
	if err != nil {
		return err
	}
	for _, a := range list {
		title := strings.ToUpper(a.Kind[:1]) + strings.ReplaceAll(a.Kind[1:], "-", " ") + ": " + a.Subject
		c.Events = append(c.Events, CaseEvent{At: a.DoneAt, Kind: "activity", Title: title, By: a.OwnerID, RecordType: RecordActivity, RecordID: a.ID, tells: []string{"kind", "subject"}})
	}
	return nil
}

// addChanges adds what the audit log has of the lead, the opportunity and its documents.
func (c *Case) addChanges(ctx context.Context, q sqldb.Querier) error {
	docs := documents{}
	if err := docs.load(ctx, q, c.Opportunity.ID); err != nil {
		return err
	}
	ids := slices.DeleteFunc([]string{c.Opportunity.ID, c.Lead.ID}, func(id string) bool { return id == "" })
	for id := range docs {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for part := range chunks(ids) {
		entries, err := queryAudit(ctx, q, " WHERE "+sqldb.In("record_id", 1, len(part))+" ORDER BY id", sqldb.Anys(part)...)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if e, ok := caseEvent(&entry, docs[entry.RecordID]); ok {
				c.Events = append(c.Events, e)
			}
		}
	}
	return nil
}

// A document is what money is spoken about in.
type document struct {
	number string
	amount Money
}

type documents map[string]document

func (d documents) load(ctx context.Context, q sqldb.Querier, opportunityID string) error {
	if opportunityID == "" {
		return nil
	}
	const of = "WHERE opportunity_id = $1 ORDER BY id"
	offers, err := quotes.find(ctx, q, of, opportunityID)
	if err != nil {
		return err
	}
	for _, o := range offers {
		number := o.Number
		if o.Revision > 1 {
			number += fmt.Sprintf(", revision %d", o.Revision)
		}
		d[o.ID] = document{number, Money{o.Sums().Net, o.Currency}}
	}
	bought, err := orders.find(ctx, q, of, opportunityID)
	if err != nil {
		return err
	}
	for _, o := range bought {
		d[o.ID] = document{o.Number, Money{o.Sums().Net, o.Currency}}
	}
	asked, err := invoices.find(ctx, q, of, opportunityID)
	if err != nil {
		return err
	}
	for _, i := range asked {
		d[i.ID] = document{i.Number, Money{i.Sums().Gross, i.Currency}}
		paid, err := PaymentsOf(ctx, q, System(), i.ID)
		if err != nil {
			return err
		}
		for _, p := range paid {
			d[p.ID] = document{i.Number, p.Amount}
		}
	}
	return nil
}

// A step is how an entry of the audit log is told in a case: %s stands for what became of it.
type step struct {
	kind, title, field string // field: of the entry's after
}

// caseSteps are the entries that a case tells, by type of record and action. Others are told as changes.
var caseSteps = map[string]step{
	"lead create":                 {"lead", "Lead opened", ""},
	"lead move":                   {"lead", "Lead is %s", "milestone"},
	"lead escalate":               {"lead", "Waited too long, told %s", "told"},
	"opportunity create":          {"stage", "Opportunity opened in stage %s", "stage"},
	"opportunity advance":         {"stage", "Went on to stage %s", "stage"},
	"opportunity back":            {"stage", "Went back to stage %s", "stage"},
	"opportunity migrate":         {"stage", "Process changed", ""},
	"opportunity approve":         {"approval", "Approved as %s", "role"},
	"opportunity close":           {"close", "Closed as %s", "state"},
	"opportunity reopen":          {"close", "Reopened", ""},
	"opportunity start-process":   {"process", "Process began with %s", "stage"},
	"opportunity advance-process": {"process", "Process is at %s", "stage"},
	"opportunity end-process":     {"process", "Process ended with %s", "stage"},
	"opportunity join":            {"people", "Joined", ""},
	"opportunity assign":          {"people", "Got another owner", ""},
	"lead join":                   {"people", "Joined the lead", ""},
	"quote create":                {"quote", "Quote %s drafted", ""},
	"quote send":                  {"quote", "Quote %s sent", ""},
	"quote decide":                {"quote", "Quote %s", "state"},
	"quote supersede":             {"quote", "Quote %s superseded", ""},
	"order create":                {"order", "Order %s", ""},
	"order end":                   {"order", "Order %s", "state"},
	"invoice create":              {"invoice", "Invoice %s issued", ""},
	"invoice cancel":              {"invoice", "Invoice %s cancelled", ""},
	"payment create":              {"payment", "Paid of invoice %s", ""},
	"payment reverse":             {"payment", "Payment of invoice %s taken back", ""},
}

// untold are entries that another one tells, or that are of no interest.
var untold = []string{"invoice pay", "invoice give-back", "opportunity quote", "opportunity " + assignTerritory, "lead " + assignTerritory}

func caseEvent(entry *AuditEntry, d document) (e CaseEvent, ok bool) {
	name := entry.RecordType + " " + entry.Action
	if slices.Contains(untold, name) {
		return e, false
	}
	e = CaseEvent{At: entry.At, Kind: "change", By: entry.Actor, RecordType: entry.RecordType, RecordID: entry.RecordID, Reason: entry.Reason, Amount: d.amount,
		Title: strings.ReplaceAll(entry.RecordType+": "+entry.Action, "-", " ")}
	s, known := caseSteps[name]
	if !known {
		return e, true
	}
	e.Kind = s.kind
	told := d.number
	if e.tells = []string{"number"}; s.field != "" {
		e.tells = append(e.tells, s.field)
	}
	if s.field != "" {
		after := make(map[string]any)
		_ = json.Unmarshal(entry.After, &after) // an erased person's entry is empty
		if value, ok := after[s.field].(string); ok {
			told = strings.TrimSpace(told + " " + value)
		}
	}
	e.Title = s.title
	if strings.Contains(s.title, "%s") {
		e.Title = strings.TrimSpace(fmt.Sprintf(s.title, told))
	}
	return e, true
}
