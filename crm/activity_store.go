package crm

import (
	"context"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

var activities = table[Activity, *Activity]{kind: RecordActivity, name: "activities",
	columns: []string{"kind", "record_type", "record_id", "subject", "body", "owner_id", "process_id", "stage", "due_at", "done_at", "campaign_id", "response", "channel",
		"response_key"},
	bind: func(a *Activity) []any {
		return []any{&a.Kind, &a.RecordType, &a.RecordID, &a.Subject, &a.Text, &a.OwnerID, &a.ProcessID, &a.Stage, atColumn{&a.DueAt}, atColumn{&a.DoneAt},
			&a.CampaignID, &a.Response, &a.Channel, &a.responseKey}
	}}

// CreateActivity saves a new activity.
func CreateActivity(ctx context.Context, tx *sqldb.Tx, ch Change, a Activity) (Activity, error) {
	if a.Kind != "task" && a.DoneAt.IsZero() {
		a.DoneAt = ch.At // it is noted because it has been done
	}
	if err := checkSeen(ctx, tx, ch.Access, a.RecordType, a.RecordID); err != nil {
		return Activity{}, err
	}
	if _, err := optional(a.CampaignID, func(id string) (Campaign, error) { return CampaignByID(ctx, tx, ch.Access, id) }, "campaign_id"); err != nil {
		return Activity{}, err
	}
	if err := activities.create(ctx, tx, ch, &a); err != nil {
		return a, err
	}
	if err := takePart(ctx, tx, ch.At, a.RecordType, a.RecordID, TookActivity, ch.By, a.OwnerID); err != nil {
		return a, err
	}
	return a, rateAfter(ctx, tx, &a, ch.At)
}

// rateAfter rates the lead that an activity is about, and has those of its contact rated.
func rateAfter(ctx context.Context, tx *sqldb.Tx, a *Activity, now time.Time) error {
	switch a.RecordType {
	case RecordContact:
		return rateLeadsOf(ctx, tx, []string{a.RecordID}, now)
	case RecordLead:
		l, err := leads.byID(ctx, tx, System(), a.RecordID, 0)
		if err != nil || l.State != LeadOpen {
			return err
		}
		return rateLead(ctx, tx, &l, now)
	}
	return nil
}

// ActivityByID loads an activity.
func ActivityByID(ctx context.Context, q sqldb.Querier, a *Access, id string) (Activity, error) {
	return activities.byID(ctx, q, a, id, 0)
}

// UpdateActivity changes what an activity says, when it is due, whose it is and whether it is done.
// version is the one the caller loaded, or 0 for any.
func UpdateActivity(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64, change func(*Activity)) (Activity, error) {
	before, err := activities.forChange(ctx, tx, ch, id, version)
	if err != nil {
		return Activity{}, err
	}
	after := before
	change(&after)
	if err := activities.save(ctx, tx, ch, "update", &before, &after); err != nil {
		return after, err
	}
	if err := takePart(ctx, tx, ch.At, after.RecordType, after.RecordID, TookActivity, after.OwnerID); err != nil {
		return after, err
	}
	return after, rateAfter(ctx, tx, &after, ch.At)
}

// An ActivityFilter chooses activities; an empty field does not restrict.
type ActivityFilter struct {
	RecordID string
	OwnerID  string
	Campaign string // id of the one that they respond to
	Members  bool   // only of those whom campaigns may write to
	Kind     string
	Open     bool // only what is to be done
	View     ViewOf
	Cursor   string
	Limit    int
}

// FindActivities lists activities, the newest first, a page at a time.
func FindActivities(ctx context.Context, q sqldb.Querier, a *Access, f ActivityFilter) ([]Activity, string, error) {
	w := &where{}
	if err := w.narrow(a, RecordActivity, narrowing{"record_id", f.RecordID}, narrowing{"owner_id", f.OwnerID}, narrowing{"campaign_id", f.Campaign}, narrowing{"kind", f.Kind}); err != nil {
		return nil, "", err
	}
	if f.Members {
		w.add("NOT " + passedOver)
	}
	if f.Open {
		if err := a.mayAskBy(RecordActivity, "done_at"); err != nil {
			return nil, "", err
		}
		w.add("done_at = 0")
	}
	if err := f.View.restrict(ctx, q, a, w, (*scope).aboutAny); err != nil {
		return nil, "", err
	}
	return activities.page(ctx, q, a, w, f.Cursor, f.Limit)
}
