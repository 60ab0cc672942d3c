package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// AuditEntry is one change of one record.
type AuditEntry struct {
	ID         string    `json:"id"`
	Event      string    `json:"event" doc:"What changed together bears one."`
	At         time.Time `json:"at"`
	Actor      string    `json:"actor" doc:"A user's id, or matcher, verifier, import, rule."`
	ActorName  string    `json:"actor_name" doc:"What to show."`
	Action     string    `json:"action"`
	RecordType string    `json:"record_type"`
	RecordID   string    `json:"record_id"`
	About      string    `json:"about" doc:"Another record it concerns, such as a link's contact; empty: none."`
	Before     any       `json:"before" doc:"The record, or the fields that changed; null: there was none, or a person was erased."`
	After      any       `json:"after"`
	Reason     string    `json:"reason"`
}

type auditInput struct {
	PageInput
	Record string `query:"record" maxLength:"200" doc:"Id of a record: its own changes, and those that concern it. A link's is AUTHOR/CONTACT."`
	Type   string `query:"type" maxLength:"50" doc:"Type of the record: contact, social_profile, link, lead, account, merge, match_settings, match_model."`
	Actor  string `query:"actor" maxLength:"100"`
	Event  string `query:"event" maxLength:"100"`
}

func (s *Server) auditRoutes() {
	operate(s, needs(crm.ToRead, crm.TypeAudit), huma.Operation{OperationID: "list-audit", Method: http.MethodGet, Path: "/audit", Tags: []string{"audit"},
		Summary: "Who changed what, when and why, the newest first"}, s.listAudit)
}

func (s *Server) listAudit(ctx context.Context, in *auditInput) (*one[Page[AuditEntry]], error) {
	a := accessFrom(ctx)
	entries, next, err := crm.Audit(ctx, s.DB, a, crm.AuditFilter{Record: in.Record, Type: in.Type, Actor: in.Actor, Event: in.Event, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	items := make([]AuditEntry, len(entries))
	for i, e := range entries {
		items[i] = AuditEntry{ID: e.ID, Event: e.Event, At: instant(e.At), Actor: e.Actor, ActorName: nameOr(names, e.Actor), Action: e.Action, RecordType: e.RecordType,
			RecordID: e.RecordID, About: e.About, Before: withoutHidden(a, e.RecordType, object(e.Before)), After: withoutHidden(a, e.RecordType, object(e.After)), Reason: e.Reason}
	}
	return page(items, next), nil
}

// object is a record of the log as the API tells it.
func object(raw json.RawMessage) (v any) {
	if len(raw) > 0 {
		_ = json.Unmarshal(raw, &v) // what is no JSON is not told
	}
	return v
}

// userNames are the names of all users, by id. There are few.
func userNames(ctx context.Context, q sqldb.Querier) (map[string]string, error) {
	rows, err := q.Query(ctx, "SELECT id, name FROM users")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names := make(map[string]string)
	for rows.Next() {
		var id, name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, err
		}
		names[id] = name
	}
	return names, rows.Err()
}

// nameOr is a user's name, or what stands for one that is none.
func nameOr(names map[string]string, id string) string {
	if name := names[id]; name != "" {
		return name
	}
	return id
}
