package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Milestones is the plan in force.
func Milestones(ctx context.Context, q sqldb.Querier) (MilestonePlan, error) {
	p := DefaultMilestones()
	stored := MilestonePlan{}
	saved, err := loadSetting(ctx, q, settingMilestones, &stored)
	if err != nil || saved.Version == 0 {
		return p, err
	}
	stored.Saved = saved
	return stored, nil
}

// A NewPlan is a plan of milestones to be saved.
type NewPlan struct {
	Milestones []MilestoneRule
	Version    int64                   // that it was made from; 0: any
	Mapping    map[Milestone]Milestone // where open leads go whose milestone the plan has no more
	Channels   []string                // names of those that its limits may tell
}

// SaveMilestones checks a plan and makes it the one in force. Open leads go to the milestone that the
// mapping names for theirs, or to the one of the same name; the plan is refused while there are leads
// that it has no place for.
func SaveMilestones(ctx context.Context, tx *sqldb.Tx, ch Change, n NewPlan) (MilestonePlan, error) {
	p := MilestonePlan{Milestones: n.Milestones}
	cast, err := castOf(ctx, tx, n.Channels)
	if err != nil {
		return p, err
	}
	if err := p.Check(cast); err != nil {
		return p, err
	}
	before, err := Milestones(ctx, tx)
	if err != nil {
		return p, err
	}
	if n.Version != 0 && before.Version != n.Version {
		return p, fmt.Errorf("save milestones: %w", ErrConflict)
	}
	ch = ch.Begin()
	if p.Saved, err = saveSetting(ctx, tx, ch, settingMilestones, before.Saved, before, p); err != nil {
		return p, err
	}
	return p, p.moveIn(ctx, tx, ch, &before, n.Mapping)
}

// moveIn puts the open leads on the plan, and gives those that stay its time limits.
func (p *MilestonePlan) moveIn(ctx context.Context, tx *sqldb.Tx, ch Change, before *MilestonePlan, mapping map[Milestone]Milestone) error {
	counts, err := MilestoneCounts(ctx, tx, System())
	if err != nil {
		return err
	}
	for from, n := range counts {
		to, mapped := mapping[from]
		if from == Disqualified || from == Recycled || !mapped && p.Rule(from) != nil && p.State(from) == before.State(from) {
			continue
		}
		switch {
		case !mapped:
			to = from
		case p.Rule(to) == nil:
			return invalid("mapping", "the plan has no milestone %q", to)
		}
		if p.Rule(to) == nil {
			return invalid("mapping", "%d leads are %s, which the plan has no more: say where they go", n, from)
		}
		if p.State(to) != before.State(from) {
			return invalid("mapping", "%d leads are %s: they cannot become %s, for an opportunity belongs to a lead of the last milestone, and to no other", n, from, to)
		}
		if err := p.transfer(ctx, tx, ch, from, to); err != nil {
			return err
		}
	}
	return p.setLimits(ctx, tx)
}

// setLimits gives the leads that are in the milestones of a plan its time limits. Steps that were
// taken stay so.
func (p *MilestonePlan) setLimits(ctx context.Context, tx *sqldb.Tx) error {
	for i := range p.Milestones {
		m := &p.Milestones[i]
		due, args := "0", []any{string(m.Name)}
		for taken, step := range slices.Backward(m.Limit.steps()) {
			args = append(args, taken, (time.Duration(step.Hours) * time.Hour).Milliseconds())
			due = fmt.Sprintf("CASE WHEN escalations = $%d THEN entered_at + $%d ELSE %s END", len(args)-1, len(args), due)
		}
		if _, err := tx.Exec(ctx, "UPDATE lead_visits SET due_at = "+due+" WHERE milestone = $1 AND left_at = 0", args...); err != nil {
			return fmt.Errorf("save milestones: %w", err)
		}
	}
	return nil
}

// transfer takes all leads of a milestone to another one of a new plan.
func (p *MilestonePlan) transfer(ctx context.Context, tx *sqldb.Tx, ch Change, from, to Milestone) error {
	for {
		some, err := leads.find(ctx, tx, "WHERE milestone = $1 ORDER BY id LIMIT 500", string(from))
		if err != nil || len(some) == 0 {
			return err
		}
		var moved []*Lead
		for i := range some {
			after := some[i]
			after.Milestone = to
			if err := leads.save(ctx, tx, ch.follows(), "migrate", &some[i], &after); err != nil {
				return err
			}
			if err := leaveMilestone(ctx, tx, ch, &some[i]); err != nil {
				return err
			}
			moved = append(moved, &after)
		}
		// Another plan decides nothing on a lead.
		if err := saveVisits(ctx, tx, p.visits(ch, moved)...); err != nil {
			return err
		}
	}
}

// A MilestoneVisit is a stay of a lead in a milestone.
type MilestoneVisit struct {
	ID          string    `json:"id"`
	LeadID      string    `json:"lead_id"`
	Milestone   Milestone `json:"milestone"`
	EnteredAt   time.Time `json:"entered_at"`
	EnteredBy   string    `json:"entered_by"`
	LeftAt      time.Time `json:"left_at,omitzero"` // zero: it is there
	Reason      string    `json:"reason"`
	Comment     string    `json:"comment"`
	DueAt       time.Time `json:"due_at,omitzero"`       // when somebody is told next
	EscalatedAt time.Time `json:"escalated_at,omitzero"` // when somebody was told last
	Escalations int       `json:"escalations"`           // how often somebody was told
	Decision    string    `json:"decision"`              // that was made by it: accepted, disqualified or recycled; empty: none
}

const visitColumns = "id, lead_id, milestone, entered_at, entered_by, left_at, reason, comment, due_at, escalated_at, escalations, decision"

// MilestoneVisits lists the stays of a lead, the first one first.
func MilestoneVisits(ctx context.Context, q sqldb.Querier, leadID string) ([]MilestoneVisit, error) {
	return queryVisits(ctx, q, "WHERE lead_id = $1 ORDER BY id", leadID)
}

func queryVisits(ctx context.Context, q sqldb.Querier, rest string, args ...any) ([]MilestoneVisit, error) {
	rows, err := q.Query(ctx, "SELECT "+visitColumns+" FROM lead_visits "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("load milestones of leads: %w", err)
	}
	defer rows.Close()
	var all []MilestoneVisit
	for rows.Next() {
		var v MilestoneVisit
		if err := rows.Scan(&v.ID, &v.LeadID, &v.Milestone, atColumn{&v.EnteredAt}, &v.EnteredBy, atColumn{&v.LeftAt}, &v.Reason, &v.Comment,
			atColumn{&v.DueAt}, atColumn{&v.EscalatedAt}, &v.Escalations, &v.Decision); err != nil {
			return nil, fmt.Errorf("load milestones of leads: %w", err)
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// visitMilestones notes that leads have come into their milestones, because somebody led them there.
func visitMilestones(ctx context.Context, tx *sqldb.Tx, ch Change, p *MilestonePlan, arrived []*Lead) error {
	visits := p.visits(ch, arrived)
	for i, l := range arrived {
		if l.State != LeadOpen {
			visits[i].Decision = l.State
		}
	}
	return saveVisits(ctx, tx, visits...)
}

// visits are the stays that begin in the milestones where leads are now.
func (p *MilestonePlan) visits(ch Change, arrived []*Lead) []MilestoneVisit {
	all := make([]MilestoneVisit, len(arrived))
	for i, l := range arrived {
		all[i] = MilestoneVisit{ID: NewID(ch.At), LeadID: l.ID, Milestone: l.Milestone, EnteredAt: ch.At, EnteredBy: ch.By, Reason: l.Reason, Comment: l.Comment}
		if m := p.Rule(l.Milestone); m != nil {
			all[i].DueAt = m.Limit.Due(&MilestoneVisit{EnteredAt: ch.At}, time.Time{})
		}
	}
	return all
}

func saveVisits(ctx context.Context, tx *sqldb.Tx, visits ...MilestoneVisit) error {
	rows := make([][]any, len(visits))
	for i, v := range visits {
		rows[i] = []any{v.ID, v.LeadID, string(v.Milestone), sqldb.Millis(v.EnteredAt), v.EnteredBy, sqldb.Millis(v.LeftAt), v.Reason, v.Comment,
			sqldb.Millis(v.DueAt), sqldb.Millis(v.EscalatedAt), v.Escalations, v.Decision}
	}
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "lead_visits", Key: []string{"id"}, Columns: strings.Split(visitColumns, ", ")}, rows)
	return err
}

// leaveMilestone ends the stay of a lead. One that was noted nowhere began with the lead.
func leaveMilestone(ctx context.Context, tx *sqldb.Tx, ch Change, l *Lead) error {
	n, err := tx.Exec(ctx, "UPDATE lead_visits SET left_at = $1 WHERE lead_id = $2 AND left_at = 0", sqldb.Millis(ch.At), l.ID)
	if err != nil {
		return fmt.Errorf("move lead %s: %w", l.ID, err)
	}
	if n > 0 {
		return nil
	}
	return saveVisits(ctx, tx, MilestoneVisit{ID: NewID(l.CreatedAt), LeadID: l.ID, Milestone: l.Milestone, EnteredAt: l.CreatedAt, LeftAt: ch.At})
}

// factsOfLead gathers what milestones ask about a lead, and the kinds of activities that were done
// with it, or with its contact since.
func factsOfLead(ctx context.Context, q sqldb.Querier, l *Lead, now time.Time) (f Facts, done []string, err error) {
	f = Facts{Lead: *l, Now: now}
	defined, err := Fields(ctx, q, RecordLead)
	if err != nil {
		return f, nil, err
	}
	f.Fields = typed(defined, l.Fields)
	if f.Contact, err = optional(l.ContactID, func(id string) (Contact, error) { return ContactByID(ctx, q, System(), id) }, "contact_id"); err != nil {
		return f, nil, err
	}
	accountID := l.AccountID
	if accountID == "" {
		accountID = f.Contact.AccountID
	}
	if f.Account, err = optional(accountID, func(id string) (Account, error) { return AccountByID(ctx, q, System(), id) }, "account_id"); err != nil {
		return f, nil, err
	}
	who := []any{l.ID, sqldb.Millis(l.CreatedAt), l.ID}
	if l.ContactID != "" {
		who[2] = l.ContactID
	}
	done, err = sqldb.Strings(ctx, q, "SELECT DISTINCT kind FROM activities WHERE record_id = $1 AND done_at > 0 UNION SELECT DISTINCT kind FROM activities WHERE record_id = $3 AND done_at > $2", who...)
	return f, done, err
}

// missingOf is what a milestone demands of a lead, and of who makes the change, and does not find.
func missingOf(ctx context.Context, q sqldb.Querier, m *MilestoneRule, l *Lead, ch Change) ([]Missing, error) {
	f, done, err := factsOfLead(ctx, q, l, ch.At)
	if err != nil {
		return nil, err
	}
	roles, err := RolesOf(ctx, q, ch.By)
	if err != nil {
		return nil, err
	}
	return m.Missing(f, done, Mover{Roles: roles, Person: ch.human()}), nil
}

// A LeadStep is a milestone that a lead can go to next, with what is missing yet.
type LeadStep struct {
	Milestone Milestone `json:"milestone"`
	Label     string    `json:"label"`
	Guidance  string    `json:"guidance"`
	Accepts   bool      `json:"accepts"` // it opens the opportunity: POST /leads/{id}/accept
	Reason    bool      `json:"reason"`  // it asks for one
	Missing   []Missing `json:"missing"`
}

// NextSteps says where a lead can go, and what that would take of who asks.
func NextSteps(ctx context.Context, q sqldb.Querier, p *MilestonePlan, l *Lead, ch Change) ([]LeadStep, error) {
	var steps []LeadStep
	for _, to := range p.Next(l.Milestone) {
		step := LeadStep{Milestone: to, Label: string(to), Reason: true, Missing: []Missing{}}
		if m := p.Rule(to); m != nil {
			missing, err := missingOf(ctx, q, m, l, ch)
			if err != nil {
				return nil, err
			}
			step.Label, step.Guidance, step.Reason, step.Accepts = m.Label, m.Guidance, false, to == p.Last()
			step.Missing = append(step.Missing, missing...)
		}
		steps = append(steps, step)
	}
	return slices.Clip(steps), nil
}
