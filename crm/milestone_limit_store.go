package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A LateLead is what a channel is told: that a lead has been in a milestone for too long. What there
// is to say of it is looked up when it is said, so that no message keeps a person's name.
type LateLead struct {
	LeadID, VisitID string
	Step            int // from 1
}

// A LateTeller puts what a channel is to be told where it is delivered from, in the transaction that
// takes the step. It says false where there is no such channel any more.
type LateTeller func(ctx context.Context, tx *sqldb.Tx, channel string, late LateLead) (bool, error)

// EscalateLeads tells the people and channels that a milestone names of leads that have been in it
// for too long, step by step, each once a stay. It handles at most limit stays and returns how many
// it looked at; any number of processes may run it at once.
func EscalateLeads(ctx context.Context, tx *sqldb.Tx, tell LateTeller, now time.Time, limit int) (int, error) {
	late, err := queryVisits(ctx, tx, "WHERE left_at = 0 AND due_at > 0 AND due_at <= $1"+
		" AND EXISTS (SELECT 1 FROM leads l WHERE l.id = lead_visits.lead_id) ORDER BY due_at, id LIMIT $2", sqldb.Millis(now), limit)
	if err != nil || len(late) == 0 {
		return 0, err
	}
	plan, err := Milestones(ctx, tx)
	if err != nil {
		return 0, err
	}
	for i := range late {
		if err := escalate(ctx, tx, &plan, &late[i], tell, now); err != nil {
			return 0, err
		}
	}
	return len(late), nil
}

func escalate(ctx context.Context, tx *sqldb.Tx, plan *MilestonePlan, v *MilestoneVisit, tell LateTeller, now time.Time) error {
	m := plan.Rule(v.Milestone)
	if m == nil {
		return postpone(ctx, tx, v, time.Time{})
	}
	l, err := leads.byID(ctx, tx, System(), v.LeadID, 0)
	if errors.Is(err, ErrNotFound) { // it must not keep the others from being told of
		return postpone(ctx, tx, v, time.Time{})
	}
	if err != nil {
		return err
	}
	touched, err := lastTouch(ctx, tx, &l, now)
	if err != nil {
		return err
	}
	if due := m.Limit.Due(v, touched); due.IsZero() || due.After(now) {
		return postpone(ctx, tx, v, due)
	}
	step := m.Limit.steps()[v.Escalations]
	after := *v
	after.Escalations, after.EscalatedAt = v.Escalations+1, now
	n, err := tx.Exec(ctx, "UPDATE lead_visits SET escalations = $1, escalated_at = $2, due_at = $3 WHERE id = $4 AND escalations = $5 AND left_at = 0",
		after.Escalations, sqldb.Millis(now), sqldb.Millis(m.Limit.Due(&after, touched)), v.ID, v.Escalations)
	if err != nil {
		return fmt.Errorf("escalate lead %s: %w", l.ID, err)
	}
	if n == 0 { // another process took the step, or the lead has gone on
		return nil
	}
	e := escalation{tx: tx, lead: &l, rule: m, visit: &after, step: step, change: Change{By: ByLimit, At: now, Access: System()}.Begin()}
	return e.tell(ctx, tell)
}

// postpone notes when the next step of a stay is due; the zero time for never.
func postpone(ctx context.Context, tx *sqldb.Tx, v *MilestoneVisit, due time.Time) error {
	if _, err := tx.Exec(ctx, "UPDATE lead_visits SET due_at = $1 WHERE id = $2 AND escalations = $3", sqldb.Millis(due), v.ID, v.Escalations); err != nil {
		return fmt.Errorf("escalate lead %s: %w", v.LeadID, err)
	}
	return nil
}

// lastTouch is when somebody last did something with a lead or its contact. A task that is open is no
// touch, and neither is what they did themselves.
func lastTouch(ctx context.Context, q sqldb.Querier, l *Lead, now time.Time) (at time.Time, err error) {
	contact := l.ContactID
	if contact == "" {
		contact = l.ID
	}
	err = q.QueryRow(ctx, "SELECT COALESCE(max(done_at), 0) FROM activities WHERE record_id IN ($1, $2) AND kind <> $3 AND done_at <= $4",
		l.ID, contact, KindResponse, sqldb.Millis(now)).Scan(atColumn{&at})
	if err != nil {
		return at, fmt.Errorf("load activities of lead %s: %w", l.ID, err)
	}
	return at, nil
}

// An escalation is one step being taken.
type escalation struct {
	tx     *sqldb.Tx
	lead   *Lead
	rule   *MilestoneRule
	visit  *MilestoneVisit // with the step
	step   LimitStep
	change Change
}

// tell gives each person a task and a notice, tells the channels, and writes it into the lead's
// history. Where there is nobody to tell, the task is nobody's yet, rather than nowhere.
func (e *escalation) tell(ctx context.Context, channel LateTeller) error {
	people, channels, err := e.whom(ctx)
	if err != nil {
		return err
	}
	var told []string
	for _, name := range channels {
		there, err := channel(ctx, e.tx, name, LateLead{e.lead.ID, e.visit.ID, e.visit.Escalations})
		if err != nil {
			return err
		}
		if there {
			told = append(told, "the channel "+name)
		}
	}
	waited := e.rule.waited(e.step)
	owners := people
	if len(people)+len(told) == 0 {
		owners, told = []string{""}, []string{"nobody: it has no owner, and there is nobody else to tell"}
	}
	for _, user := range owners {
		task := Activity{Kind: "task", RecordType: RecordLead, RecordID: e.lead.ID, Subject: cut("Lead "+e.lead.called()+" "+waited, maxName), Text: e.rule.Guidance,
			OwnerID: user, Stage: string(e.rule.Name), DueAt: e.change.At}
		if err := activities.create(ctx, e.tx, e.change, &task); err != nil {
			return err
		}
	}
	if err := takePart(ctx, e.tx, e.change.At, RecordLead, e.lead.ID, TookActivity, people...); err != nil {
		return err
	}
	if err := tellPeople(ctx, e.tx, e.change, people, Notice{LeadID: e.lead.ID, Kind: NoticeLead, Text: waited}); err != nil {
		return err
	}
	names, err := userNames(ctx, e.tx, people)
	if err != nil {
		return err
	}
	return record(ctx, e.tx, e.change, changedRecord{action: "escalate", kind: RecordLead, id: e.lead.ID, about: e.lead.ContactID, reason: waited,
		after: map[string]any{"milestone": e.rule.Name, "step": e.visit.Escalations, "people": people, "channels": channels,
			"told": strings.Join(append(names, told...), ", ")}})
}

// whom are the people and the channels that a step names. Who is kept out is told nothing.
func (e *escalation) whom(ctx context.Context) (people, channels []string, err error) {
	for _, whom := range e.step.Tell {
		kind, name, _ := strings.Cut(whom, ":")
		var found []string
		switch kind + ":" {
		case TellOwner + ":":
			found = []string{e.lead.OwnerID}
		case TellManager + ":":
			found, err = managersOf(ctx, e.tx, e.lead.OwnerID)
		case tellUser:
			found = []string{name}
		case tellRole:
			found, err = sqldb.Strings(ctx, e.tx, "SELECT user_id FROM user_roles WHERE role = $1", name)
		case tellTeam:
			found, err = sqldb.Strings(ctx, e.tx, "SELECT user_id FROM team_members WHERE team_id = $1", name)
		case tellChannel:
			channels = append(channels, name)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("load whom to tell of lead %s: %w", e.lead.ID, err)
		}
		people = append(people, found...)
	}
	out, err := sqldb.Strings(ctx, e.tx, "SELECT id FROM users WHERE disabled ORDER BY id")
	if err != nil {
		return nil, nil, fmt.Errorf("load who is kept out: %w", err)
	}
	slices.Sort(people)
	people = slices.DeleteFunc(slices.Compact(people), func(id string) bool { return id == "" || slices.Contains(out, id) })
	return people, channels, nil
}

// managersOf are who manages the people of a user: of the user's teams, or else of the nearest unit
// that has somebody else for it. Who owns nothing stands below the company.
func managersOf(ctx context.Context, q sqldb.Querier, userID string) ([]string, error) {
	const other = "manager_id NOT IN ('', $1) AND manager_id NOT IN (SELECT id FROM users WHERE disabled)"
	found, err := sqldb.Strings(ctx, q, "SELECT DISTINCT manager_id FROM teams WHERE id IN (SELECT team_id FROM team_members WHERE user_id = $1) AND "+other, userID)
	if err != nil || len(found) > 0 {
		return found, err
	}
	return sqldb.Strings(ctx, q, `WITH RECURSIVE above (id, parent_id, manager_id, steps) AS (
			SELECT id, parent_id, manager_id, 0 FROM units WHERE id = COALESCE((SELECT unit_id FROM user_units WHERE user_id = $1), 'company')
			UNION ALL SELECT u.id, u.parent_id, u.manager_id, a.steps + 1 FROM units u JOIN above a ON u.id = a.parent_id WHERE a.steps < `+fmt.Sprint(maxUnitDepth)+`)
		SELECT manager_id FROM above WHERE `+other+" ORDER BY steps LIMIT 1", userID)
}

// userNames are what users are called, in the order of their ids; who is not there, by the id.
func userNames(ctx context.Context, q sqldb.Querier, ids []string) ([]string, error) {
	names := make([]string, len(ids))
	for i, id := range ids {
		found, err := sqldb.Strings(ctx, q, "SELECT name FROM users WHERE id = $1", id)
		if err != nil {
			return nil, fmt.Errorf("load user %s: %w", id, err)
		}
		if names[i] = id; len(found) > 0 {
			names[i] = found[0]
		}
	}
	return names, nil
}

// castOf is who and what a plan of milestones may name.
func castOf(ctx context.Context, q sqldb.Querier, channels []string) (*Cast, error) {
	roles, err := Roles(ctx, q)
	if err != nil {
		return nil, err
	}
	c := &Cast{Roles: roleNames(roles), Channels: channels}
	if c.Teams, err = sqldb.Strings(ctx, q, "SELECT id FROM teams ORDER BY id"); err != nil {
		return nil, fmt.Errorf("load teams: %w", err)
	}
	if c.Users, err = sqldb.Strings(ctx, q, "SELECT id FROM users ORDER BY id"); err != nil {
		return nil, fmt.Errorf("load users: %w", err)
	}
	c.Fields, err = fieldNames(ctx, q, RecordLead)
	return c, err
}

// Say is the lead and what there is to say of it. It is ErrNotFound when the lead has left the
// milestone, or is not there any more: then there is nothing to tell.
func (late LateLead) Say(ctx context.Context, q sqldb.Querier) (name, waited string, err error) {
	stays, err := queryVisits(ctx, q, "WHERE id = $1 AND left_at = 0", late.VisitID)
	if err != nil {
		return "", "", err
	}
	plan, err := Milestones(ctx, q)
	if err != nil {
		return "", "", err
	}
	if len(stays) == 0 || plan.Rule(stays[0].Milestone) == nil {
		return "", "", fmt.Errorf("load the stay of lead %s: %w", late.LeadID, ErrNotFound)
	}
	m := plan.Rule(stays[0].Milestone)
	l, err := leads.byID(ctx, q, System(), late.LeadID, 0)
	if err != nil {
		return "", "", err
	}
	if steps := m.Limit.steps(); late.Step <= len(steps) {
		return l.called(), m.waited(steps[late.Step-1]), nil
	}
	return l.called(), "waits in the milestone " + m.Label, nil // the plan has changed since
}
