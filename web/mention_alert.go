package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/reason"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/listening"
)

// MentionAlert is a mention that met a rule.
type MentionAlert struct {
	ID         string           `json:"id"`
	RuleID     string           `json:"rule_id" doc:"The first rule that it met."`
	Reasons    []string         `json:"reasons" nullable:"false" doc:"One of each rule that it met."`
	ReasonData []IncidentReason `json:"reason_data" nullable:"false" doc:"The reasons as data: a code, its numbers and words (docs/alerts.md)."`
	MonitorID  string           `json:"monitor_id"`
	Monitor    string           `json:"monitor" doc:"The monitor's name."`
	PostedAt   time.Time        `json:"posted_at"`
	CreatedAt  time.Time        `json:"created_at"`
	ToldAt     *time.Time       `json:"told_at" doc:"null: it waits to be told."`
	Together   bool             `json:"together" doc:"It was told together with others, by one that stands for them."`
	Mention    *Mention         `json:"mention,omitempty"`
}

type mentionAlertsInput struct {
	PageInput
	Monitor string `query:"monitor" maxLength:"100" doc:"Id of a monitor."`
	Rule    string `query:"rule" maxLength:"100" doc:"Id of a rule."`
}

func (s *Server) mentionAlertRoutes() {
	operate(s, needs(crm.ToRead, crm.TypeMention), huma.Operation{OperationID: "list-mention-alerts", Method: http.MethodGet, Path: "/mention-alerts", Tags: []string{"mention rules"},
		Summary: "List the mentions that met a rule, the newest first"}, s.listMentionAlerts)
}

func (s *Server) listMentionAlerts(ctx context.Context, in *mentionAlertsInput) (*one[Page[MentionAlert]], error) {
	found, next, err := alerts.FindMentionAlerts(ctx, s.DB, alerts.MentionAlertFilter{Monitor: in.Monitor, Rule: in.Rule, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	posts := make([]string, len(found))
	for i := range found {
		posts[i] = found[i].PostID
	}
	views, err := listening.MentionsByPosts(ctx, s.DB, posts)
	if err != nil {
		return nil, err
	}
	mentions, err := mentionsOf(ctx, s.DB, views)
	if err != nil {
		return nil, err
	}
	type key struct{ post, monitor string }
	byKey := make(map[key]*Mention, len(mentions))
	for i := range mentions {
		byKey[key{mentions[i].PostID, mentions[i].MonitorID}] = &mentions[i]
	}
	monitors, err := monitorNames(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	items := make([]MentionAlert, len(found))
	for i := range found {
		a := &found[i]
		items[i] = MentionAlert{ID: a.ID, RuleID: a.RuleID, Reasons: reason.Texts(a.Reasons, "en"), ReasonData: reasonData(a.Reasons), MonitorID: a.MonitorID, Monitor: monitors[a.MonitorID],
			PostedAt: instant(a.PostedAt), CreatedAt: instant(a.CreatedAt), ToldAt: maybe(a.ToldAt), Together: a.ToldWith != "" && a.ToldWith != a.ID,
			Mention: byKey[key{a.PostID, a.MonitorID}]}
	}
	return page(items, next), nil
}
