package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// ActivityItem is an activity with the name of the record that it is about.
type ActivityItem struct {
	crm.Activity
	RecordName string `json:"record_name" masked:"record_id" doc:"Empty for who may not see the record."`
}

type (
	activitiesInput struct {
		PageInput
		ViewInput
		Record   string `query:"record" maxLength:"100" doc:"Id of the record they are about."`
		Owner    string `query:"owner" maxLength:"100"`
		Campaign string `query:"campaign" maxLength:"100" doc:"Id of the campaign that they respond to."`
		Kind     string `query:"kind" enum:"call,e-mail,meeting,note,task,campaign-response"`
		Open     bool   `query:"open" doc:"Only what is to be done."`
	}
	createActivityInput struct {
		Body struct {
			Kind       string    `json:"kind" enum:"call,e-mail,meeting,note,task,campaign-response"`
			RecordType string    `json:"record_type" enum:"account,contact,lead,opportunity,campaign"`
			RecordID   string    `json:"record_id" minLength:"1" maxLength:"100"`
			Subject    string    `json:"subject" minLength:"1" maxLength:"200"`
			Text       string    `json:"text,omitempty" maxLength:"20000"`
			OwnerID    string    `json:"owner_id,omitempty" maxLength:"100" doc:"Who does it; who creates it, when it is left out."`
			DueAt      time.Time `json:"due_at,omitzero"`
			CampaignID string    `json:"campaign_id,omitempty" maxLength:"100" doc:"That it responds to, of a campaign-response."`
			Response   string    `json:"response,omitempty" enum:",sent,opened,clicked,replied,registered,attended,requested,declined,unsubscribed"`
			Channel    string    `json:"channel,omitempty" enum:",e-mail,portal,event,phone,letter,advertisement,social,form,other"`
		}
	}
	updateActivityInput struct {
		IDInput
		Expectation
		Body struct {
			Subject *string    `json:"subject,omitempty" minLength:"1" maxLength:"200"`
			Text    *string    `json:"text,omitempty" maxLength:"20000"`
			OwnerID *string    `json:"owner_id,omitempty" maxLength:"100"`
			DueAt   *time.Time `json:"due_at,omitempty"`
			Done    *bool      `json:"done,omitempty"`
		}
	}
)

func (s *Server) activityRoutes() {
	tags := []string{"activities"}
	operate(s, needs(crm.ToRead, crm.RecordActivity), huma.Operation{OperationID: "list-activities", Method: http.MethodGet, Path: "/activities", Tags: tags,
		Summary: "List calls, meetings, notes and tasks, the newest first"}, s.listActivities)
	operate(s, needs(crm.ToCreate, crm.RecordActivity), huma.Operation{OperationID: "create-activity", Method: http.MethodPost, Path: "/activities", Tags: tags,
		Summary: "Note a call, a meeting …, or set a task", DefaultStatus: http.StatusCreated}, s.createActivity)
	operate(s, needs(crm.ToUpdate, crm.RecordActivity), huma.Operation{OperationID: "update-activity", Method: http.MethodPatch, Path: "/activities/{id}", Tags: tags,
		Summary: "Change an activity, or say that a task is done", Errors: []int{404, 412}}, s.updateActivity)
}

func (s *Server) listActivities(ctx context.Context, in *activitiesInput) (*one[Page[ActivityItem]], error) {
	list, next, err := crm.FindActivities(ctx, s.DB, accessFrom(ctx), crm.ActivityFilter{RecordID: in.Record, OwnerID: in.Owner, Campaign: in.Campaign, Kind: in.Kind, Open: in.Open, View: in.viewOf(), Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items, err := activitiesOf(ctx, s.DB, list)
	return page(items, next), err
}

// activitiesOf composes activities with the names of the records that they are about.
func activitiesOf(ctx context.Context, q sqldb.Querier, list []crm.Activity) ([]ActivityItem, error) {
	names, err := crm.ActivityNames(ctx, q, accessFrom(ctx), list)
	if err != nil {
		return nil, err
	}
	items := make([]ActivityItem, len(list))
	for i, a := range list {
		items[i] = ActivityItem{a, names[a.RecordID]}
	}
	return items, nil
}

func (s *Server) createActivity(ctx context.Context, in *createActivityInput) (*versioned[crm.Activity], error) {
	b := &in.Body
	a := crm.Activity{Kind: b.Kind, RecordType: b.RecordType, RecordID: b.RecordID, Subject: b.Subject, Text: b.Text, OwnerID: b.OwnerID, DueAt: b.DueAt,
		CampaignID: b.CampaignID, Response: b.Response, Channel: b.Channel}
	if a.OwnerID == "" {
		a.OwnerID = userFrom(ctx).id
	}
	return saved(ctx, s, Expectation{}, itself, func(tx *sqldb.Tx, ch crm.Change, _ int64) (crm.Activity, error) {
		return crm.CreateActivity(ctx, tx, ch, a)
	})
}

func (s *Server) updateActivity(ctx context.Context, in *updateActivityInput) (*versioned[crm.Activity], error) {
	return saved(ctx, s, in.Expectation, itself, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Activity, error) {
		return crm.UpdateActivity(ctx, tx, ch, in.ID, version, func(a *crm.Activity) {
			set(&a.Subject, in.Body.Subject)
			set(&a.Text, in.Body.Text)
			set(&a.OwnerID, in.Body.OwnerID)
			set(&a.DueAt, in.Body.DueAt)
			switch done := in.Body.Done; {
			case done != nil && !*done:
				a.DoneAt = time.Time{}
			case done != nil && a.DoneAt.IsZero():
				a.DoneAt = ch.At
			}
		})
	})
}

// set takes over what a request names.
func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}
