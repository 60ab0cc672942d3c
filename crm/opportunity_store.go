package crm

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

var opportunities = table[Opportunity, *Opportunity]{kind: RecordOpportunity, name: "opportunities",
	columns: []string{"name", "need", "account_id", "contact_id", "lead_id", "campaign_id", "owner_id", "amount", "currency", "expected_close", "state", "forecast",
		"stage", "process_id", "process_version", "odds", "odds_reason", "close_reason", "close_comment", "closed_at", "fields"},
	bind: func(o *Opportunity) []any {
		return []any{&o.Name, &o.Need, &o.AccountID, &o.ContactID, &o.LeadID, &o.CampaignID, &o.OwnerID, &o.Amount.Amount, &o.Amount.Currency, atColumn{&o.ExpectedClose},
			&o.State, &o.Forecast, &o.Stage, &o.ProcessID, &o.Process, &o.Odds.Percent, &o.Odds.Reason, &o.CloseReason, &o.CloseComment, atColumn{&o.ClosedAt}, jsonColumn{&o.Fields}}
	}}

// CreateOpportunity saves a new opportunity in the first stage of the process that fits it.
func CreateOpportunity(ctx context.Context, tx *sqldb.Tx, ch Change, o Opportunity) (Opportunity, error) {
	o.State = StateOpen
	f, err := factsOf(ctx, tx, &o, "", ch.At)
	if err != nil {
		return Opportunity{}, err
	}
	all, err := Processes(ctx, tx)
	if err != nil {
		return Opportunity{}, err
	}
	p, err := ChooseProcess(all, f)
	if err != nil {
		return Opportunity{}, err
	}
	if err := checkFields(ctx, tx, fieldChange{kind: RecordOpportunity, after: o.Fields}); err != nil {
		return Opportunity{}, err
	}
	o.ProcessID, o.Process = p.ID, p.Version
	o.enter(&p.Stages[0])
	if err := o.checkNamed(ctx, tx, ch, &Opportunity{}); err != nil {
		return Opportunity{}, err
	}
	if err := opportunities.create(ctx, tx, ch, &o); err != nil {
		return Opportunity{}, err
	}
	if err := assignTerritories(ctx, tx, ch, RecordOpportunity, o.ID); err != nil {
		return Opportunity{}, err
	}
	return o, errors.Join(saveFieldValues(ctx, tx, RecordOpportunity, o.ID, o.Fields), visit(ctx, tx, ch, p, &o))
}

// OpportunityByID loads an opportunity.
func OpportunityByID(ctx context.Context, q sqldb.Querier, a *Access, id string) (Opportunity, error) {
	return opportunities.byID(ctx, q, a, id, 0)
}

// An OpportunityFilter chooses opportunities; an empty field does not restrict.
type OpportunityFilter struct {
	State     string
	Stage     string
	OwnerID   string
	AccountID string
	ContactID string
	Campaign  string // id
	Fields    FieldFilter
	View      ViewOf
	Cursor    string
	Limit     int
}

// FindOpportunities lists opportunities, the newest first, a page at a time.
func FindOpportunities(ctx context.Context, q sqldb.Querier, a *Access, f OpportunityFilter) ([]Opportunity, string, error) {
	w := &where{}
	if err := w.narrow(a, RecordOpportunity, narrowing{"state", f.State}, narrowing{"stage", f.Stage}, narrowing{"owner_id", f.OwnerID}, narrowing{"account_id", f.AccountID},
		narrowing{"contact_id", f.ContactID}, narrowing{"campaign_id", f.Campaign}); err != nil {
		return nil, "", err
	}
	if err := f.Fields.restrict(w, a, RecordOpportunity); err != nil {
		return nil, "", err
	}
	if err := f.View.restrict(ctx, q, a, w, either("opportunities")); err != nil {
		return nil, "", err
	}
	return opportunities.page(ctx, q, a, w, f.Cursor, f.Limit)
}

// ChangeOpportunity loads an opportunity with its process and all that gates ask about, applies a
// rule to it and saves what comes of it: the record, its stay in a stage, the stage's tasks and the
// entry in the audit log. version is the one the caller loaded, or 0 for any.
func ChangeOpportunity(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64, action string, rule func(*Opportunity, *Process, Facts) error) (Opportunity, error) {
	before, err := opportunities.forChange(ctx, tx, ch, id, version)
	if err != nil {
		return Opportunity{}, err
	}
	p, err := ProcessByID(ctx, tx, before.ProcessID, before.Process)
	if err != nil {
		return Opportunity{}, err
	}
	f, err := factsOf(ctx, tx, &before, p.ID, ch.At)
	if err != nil {
		return Opportunity{}, err
	}
	after := before
	after.Fields = maps.Clone(before.Fields)
	if err := rule(&after, p, f); err != nil {
		return Opportunity{}, err
	}
	if err := after.freeze(&before); err != nil {
		return Opportunity{}, err
	}
	if err := after.checkNamed(ctx, tx, ch, &before); err != nil {
		return Opportunity{}, err
	}
	if err := checkFields(ctx, tx, fieldChange{RecordOpportunity, id, before.Fields, after.Fields}); err != nil {
		return Opportunity{}, err
	}
	if err := opportunities.save(ctx, tx, ch, action, &before, &after); err != nil {
		return Opportunity{}, err
	}
	if err := errors.Join(saveFieldValues(ctx, tx, RecordOpportunity, id, after.Fields), assignTerritories(ctx, tx, ch, RecordOpportunity, id)); err != nil {
		return Opportunity{}, err
	}
	if before.State == StateOpen && after.State != StateOpen {
		if err := followClose(ctx, tx, ch, &after); err != nil {
			return Opportunity{}, err
		}
	}
	if after.Stage == before.Stage && after.ProcessID == before.ProcessID && after.Process == before.Process {
		return after, nil
	}
	if p, err = ProcessByID(ctx, tx, after.ProcessID, after.Process); err != nil {
		return Opportunity{}, err
	}
	return after, visit(ctx, tx, ch, p, &after)
}

// CloseOpportunity ends an opportunity as won or lost, for a reason of the list.
func CloseOpportunity(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64, c Closing) (Opportunity, error) {
	ch.Why = strings.Trim(c.Reason+": "+c.Comment, ": ")
	return ChangeOpportunity(ctx, tx, ch, id, version, "close", func(o *Opportunity, p *Process, f Facts) error {
		if err := o.Close(p, c, f); err != nil {
			return err
		}
		return checkReason(ctx, tx, c.State, tidy(c.Reason))
	})
}

// checkNamed refuses the account or contact that a change names and whoever makes it may not see.
// Those that are named are open to the opportunity's owner from then on.
func (o *Opportunity) checkNamed(ctx context.Context, tx *sqldb.Tx, ch Change, before *Opportunity) error {
	for _, n := range []struct{ kind, field, id, old string }{
		{RecordAccount, "account_id", o.AccountID, before.AccountID}, {RecordContact, "contact_id", o.ContactID, before.ContactID}} {
		if n.id == "" || n.id == n.old && o.OwnerID == before.OwnerID {
			continue
		}
		if n.id != n.old {
			ok, err := ch.Access.may(ctx, tx, ToRead, n.kind, n.id)
			if err != nil {
				return err
			}
			if !ok {
				return invalid(n.field, "there is no record %q", n.id)
			}
		}
		if err := takePart(ctx, tx, ch.At, n.kind, n.id, TookOpportunity, o.OwnerID); err != nil {
			return err
		}
	}
	if o.CampaignID == before.CampaignID || o.LeadID != "" && before.ID == "" { // a lead hands its campaign on
		return nil
	}
	_, err := optional(o.CampaignID, func(id string) (Campaign, error) { return CampaignByID(ctx, tx, ch.Access, id) }, "campaign_id")
	return err
}

// A StageVisit is a stay of an opportunity in a stage of a process.
type StageVisit struct {
	ProcessID string    `json:"process_id"`
	Stage     string    `json:"stage"`
	EnteredAt time.Time `json:"entered_at"`
	EnteredBy string    `json:"entered_by"`
	LeftAt    time.Time `json:"left_at,omitzero"` // zero: it is there
}

// StageVisits lists the stays of an opportunity, the first one first.
func StageVisits(ctx context.Context, q sqldb.Querier, opportunityID string) ([]StageVisit, error) {
	rows, err := q.Query(ctx, `SELECT process_id, stage, entered_at, entered_by, left_at FROM stage_visits WHERE opportunity_id = $1 ORDER BY id`, opportunityID)
	if err != nil {
		return nil, fmt.Errorf("load stages of opportunity %s: %w", opportunityID, err)
	}
	defer rows.Close()
	var all []StageVisit
	for rows.Next() {
		var v StageVisit
		if err := rows.Scan(&v.ProcessID, &v.Stage, atColumn{&v.EnteredAt}, &v.EnteredBy, atColumn{&v.LeftAt}); err != nil {
			return nil, fmt.Errorf("load stages of opportunity %s: %w", opportunityID, err)
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// visit notes that the opportunity has come into its stage, and makes the stage's tasks when it is
// there for the first time.
func visit(ctx context.Context, tx *sqldb.Tx, ch Change, p *Process, o *Opportunity) error {
	return enterStage(ctx, tx, ch, p, p.Stage(o.Stage), o)
}

func enterStage(ctx context.Context, tx *sqldb.Tx, ch Change, p *Process, s *Stage, o *Opportunity) error {
	var before int
	err := tx.QueryRow(ctx, "SELECT count(*) FROM stage_visits WHERE opportunity_id = $1 AND process_id = $2 AND stage = $3", o.ID, p.ID, s.Name).Scan(&before)
	if err != nil {
		return fmt.Errorf("enter stage %s: %w", s.Name, err)
	}
	if _, err := tx.Exec(ctx, "UPDATE stage_visits SET left_at = $1 WHERE opportunity_id = $2 AND process_id = $3 AND left_at = 0", sqldb.Millis(ch.At), o.ID, p.ID); err != nil {
		return fmt.Errorf("enter stage %s: %w", s.Name, err)
	}
	_, err = tx.InsertNew(ctx, sqldb.Insert{Table: "stage_visits", Key: []string{"id"},
		Columns: []string{"id", "opportunity_id", "process_id", "stage", "entered_at", "entered_by", "left_at"}},
		[][]any{{NewID(ch.At), o.ID, p.ID, s.Name, sqldb.Millis(ch.At), ch.By, 0}})
	if err != nil || before > 0 {
		return err
	}
	for _, t := range tasksOf(p, s, o, ch.At) {
		if err := activities.create(ctx, tx, ch.follows(), &t); err != nil {
			return err
		}
	}
	return nil
}

// factsOf gathers what a process's gates ask about an opportunity.
func factsOf(ctx context.Context, q sqldb.Querier, o *Opportunity, processID string, now time.Time) (f Facts, err error) {
	f = Facts{Opportunity: *o, Now: now}
	defined, err := Fields(ctx, q, RecordOpportunity)
	if err != nil {
		return f, err
	}
	f.Fields = typed(defined, o.Fields)
	if f.Account, err = optional(o.AccountID, func(id string) (Account, error) { return AccountByID(ctx, q, System(), id) }, "account_id"); err != nil {
		return f, err
	}
	if f.Contact, err = optional(o.ContactID, func(id string) (Contact, error) { return ContactByID(ctx, q, System(), id) }, "contact_id"); err != nil {
		return f, err
	}
	if f.Lead, err = optional(o.LeadID, func(id string) (Lead, error) { return LeadByID(ctx, q, System(), id) }, "lead_id"); err != nil {
		return f, err
	}
	if o.ID == "" {
		return f, nil
	}
	f.Tasks, err = activities.find(ctx, q, "WHERE record_id = $1 AND kind = 'task' AND process_id = $2 AND stage = $3 ORDER BY id", o.ID, processID, o.Stage)
	if err != nil {
		return f, err
	}
	s, err := sanctionOf(ctx, q, o)
	if err != nil {
		return f, err
	}
	f.sanction = s
	for _, v := range s.visits {
		if v.ProcessID == o.ProcessID {
			f.Stays = append(f.Stays, v.Stage)
		}
	}
	ended, lapsed, err := s.finished(ctx, q, o.ID)
	f.Finished, f.Lapsed = ended, lapsed
	if since, ok := s.stay(processID); ok {
		count, lapsed := s.roles(processID, o.Stage, since)
		f.Approvals, f.Lapsed = count, append(f.Lapsed, lapsed...)
	}
	return f, err
}

// optional loads a record that another one names, or nothing where it names none. A name that leads
// nowhere is the fault of the field.
func optional[T any](id string, load func(string) (T, error), field string) (r T, err error) {
	if id == "" {
		return r, nil
	}
	r, err = load(id)
	if errors.Is(err, ErrNotFound) {
		err = invalid(field, "there is no record %q", id)
	}
	return r, err
}

// Whereabouts say where an opportunity stands, and what it would take to go on.
type Whereabouts struct {
	Process       *Process
	Stage         *Stage
	Missing       []Missing
	Tasks         []Activity // of the stage
	Visits        []StageVisit
	Approvals     []Approval
	SideProcesses []SideProcess
}

// WhereaboutsOf loads where an opportunity stands.
func WhereaboutsOf(ctx context.Context, q sqldb.Querier, o *Opportunity, now time.Time) (w Whereabouts, err error) {
	if w.Process, err = ProcessByID(ctx, q, o.ProcessID, o.Process); err != nil {
		return w, err
	}
	if w.Stage, err = o.at(w.Process); err != nil {
		return w, err
	}
	f, err := factsOf(ctx, q, o, o.ProcessID, now)
	if err != nil {
		return w, err
	}
	w.Missing, w.Tasks = w.Stage.Missing(f), f.Tasks
	w.Visits, w.Approvals = f.sanction.visits, f.sanction.judged()
	w.SideProcesses, err = SideProcesses(ctx, q, o.ID)
	return w, err
}
