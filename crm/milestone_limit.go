package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// EscalateLeads tells the people that a milestone names of leads that have been in it for too long:
// each of them gets a task, once a stay. It handles at most limit stays and returns how many it
// looked at; any number of processes may run it at once.
func EscalateLeads(ctx context.Context, tx *sqldb.Tx, now time.Time, limit int) (int, error) {
	late, err := queryVisits(ctx, tx, "WHERE left_at = 0 AND escalated_at = 0 AND due_at > 0 AND due_at <= $1 ORDER BY due_at, id LIMIT $2", sqldb.Millis(now), limit)
	if err != nil || len(late) == 0 {
		return 0, err
	}
	plan, err := Milestones(ctx, tx)
	if err != nil {
		return 0, err
	}
	for i := range late {
		if err := escalate(ctx, tx, &plan, &late[i], now); err != nil {
			return 0, err
		}
	}
	return len(late), nil
}

func escalate(ctx context.Context, tx *sqldb.Tx, plan *MilestonePlan, v *MilestoneVisit, now time.Time) error {
	m := plan.Rule(v.Milestone)
	if m == nil || m.Limit.Hours == 0 {
		return setVisit(ctx, tx, v.ID, "due_at", 0)
	}
	l, err := leads.byID(ctx, tx, System(), v.LeadID, 0)
	if err != nil {
		return err
	}
	if m.Limit.Untouched {
		touched, err := lastTouch(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		if due := m.Limit.Due(v.EnteredAt, touched); due.After(now) {
			return setVisit(ctx, tx, v.ID, "due_at", sqldb.Millis(due))
		}
	}
	if err := setVisit(ctx, tx, v.ID, "escalated_at", sqldb.Millis(now)); err != nil {
		return err
	}
	whom, err := toldOf(ctx, tx, &m.Limit, &l)
	if err != nil {
		return err
	}
	ch := Change{By: ByLimit, At: now, Access: System()}.Begin()
	subject, text := m.escalation(&l)
	for _, user := range whom {
		task := Activity{Kind: "task", RecordType: RecordLead, RecordID: l.ID, Subject: subject, Text: text, OwnerID: user, Stage: string(m.Name), DueAt: now}
		if err := activities.create(ctx, tx, ch, &task); err != nil {
			return err
		}
	}
	return record(ctx, tx, ch, changedRecord{action: "escalate", kind: RecordLead, id: l.ID, about: l.ContactID, reason: subject,
		after: map[string]any{"milestone": m.Name, "told": whom}})
}

func setVisit(ctx context.Context, tx *sqldb.Tx, id, column string, ms int64) error {
	if _, err := tx.Exec(ctx, "UPDATE lead_visits SET "+column+" = $1 WHERE id = $2 AND escalated_at = 0", ms, id); err != nil {
		return fmt.Errorf("escalate: %w", err)
	}
	return nil
}

// lastTouch is when somebody last did something with a lead. A task that is open is no touch.
func lastTouch(ctx context.Context, q sqldb.Querier, leadID string) (at time.Time, err error) {
	err = q.QueryRow(ctx, "SELECT COALESCE(max(done_at), 0) FROM activities WHERE record_id = $1", leadID).Scan(atColumn{&at})
	if err != nil {
		return at, fmt.Errorf("load activities of lead %s: %w", leadID, err)
	}
	return at, nil
}

// toldOf are the users whom a limit names for a lead. Where that is nobody, the task is nobody's yet,
// rather than nowhere.
func toldOf(ctx context.Context, q sqldb.Querier, t *TimeLimit, l *Lead) ([]string, error) {
	var whom []string
	for _, name := range t.Tell {
		if name == TellOwner {
			whom = append(whom, l.OwnerID)
		} else if user, ok := strings.CutPrefix(name, tellUser); ok {
			whom = append(whom, user)
		} else {
			users, err := sqldb.Strings(ctx, q, "SELECT user_id FROM user_roles WHERE role = $1 ORDER BY user_id", strings.TrimPrefix(name, tellRole))
			if err != nil {
				return nil, fmt.Errorf("load users to tell: %w", err)
			}
			whom = append(whom, users...)
		}
	}
	slices.Sort(whom)
	whom = slices.DeleteFunc(slices.Compact(whom), func(id string) bool { return id == "" })
	if len(whom) == 0 {
		whom = []string{""}
	}
	return whom, nil
}
