package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
)

// Lead is a person who may buy.
type Lead struct {
	ID        string      `json:"id"`
	Milestone string      `json:"milestone" enum:"unqualified,marketing-qualified,sales-qualified,sales-accepted,disqualified,recycled"`
	Next      []string    `json:"next_milestones" nullable:"false" doc:"Where it can go from here."`
	Topic     string      `json:"topic"`
	Name      string      `json:"name"`
	Company   string      `json:"company"`
	Email     string      `json:"email"`
	Source    string      `json:"source" doc:"mention, campaign, import, form or hand."`
	Post      *Mention    `json:"post,omitempty" doc:"The mention it came from."`
	Author    *Author     `json:"author,omitempty"`
	Contact   *ContactRef `json:"contact,omitempty"`
	MonitorID string      `json:"monitor_id"`
	Rule      string      `json:"rule" doc:"The rule that suggested it; empty when a person entered it."`
	Monitor   string      `json:"monitor" doc:"The monitor's name."`
	Version   int64       `json:"version"`
	CreatedAt time.Time   `json:"created_at"`
	UpdatedAt time.Time   `json:"updated_at"`
}

func leadOf(l crm.Lead) Lead {
	out := Lead{ID: l.ID, Milestone: string(l.Milestone), Next: []string{}, Topic: l.Topic, Name: l.Name, Company: l.Company, Email: l.Email,
		Source: l.Source, Rule: l.Rule, MonitorID: l.MonitorID, Version: l.Version, CreatedAt: instant(l.CreatedAt), UpdatedAt: instant(l.UpdatedAt)}
	for _, m := range l.Milestone.Next() {
		out.Next = append(out.Next, string(m))
	}
	return out
}

// leadsOf composes leads with their mention, author, contact and monitor.
func leadsOf(ctx context.Context, q sqldb.Querier, leads []crm.Lead) ([]Lead, error) {
	var posts, authors, contacts []string
	for _, l := range leads {
		posts, authors, contacts = appendSome(posts, l.PostID), appendSome(authors, l.AuthorID), appendSome(contacts, l.ContactID)
	}
	mentions, err := mentionOfPost(ctx, q, posts)
	if err != nil {
		return nil, err
	}
	linked, err := contactRefs(ctx, q, authors)
	if err != nil {
		return nil, err
	}
	names, err := crm.ContactNames(ctx, q, contacts)
	if err != nil {
		return nil, err
	}
	monitors, err := monitorNames(ctx, q)
	if err != nil {
		return nil, err
	}
	items := make([]Lead, len(leads))
	for i, l := range leads {
		item := leadOf(l)
		item.Monitor, item.Post, item.Contact = monitors[l.MonitorID], mentions[l.PostID], linked[l.AuthorID]
		if name, ok := names[l.ContactID]; ok {
			item.Contact = &ContactRef{l.ContactID, name}
		}
		if item.Post != nil {
			item.Author = &item.Post.Author
		} else if item.Author, err = authorByID(ctx, q, l.AuthorID); err != nil {
			return nil, err
		}
		items[i] = item
	}
	return items, nil
}

func appendSome(list []string, id string) []string {
	if id == "" {
		return list
	}
	return append(list, id)
}

func monitorNames(ctx context.Context, q sqldb.Querier) (map[string]string, error) {
	monitors, err := listening.Monitors(ctx, q)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(monitors))
	for _, m := range monitors {
		names[m.ID] = m.Name
	}
	return names, nil
}

type (
	leadsInput struct {
		PageInput
		Milestone string `query:"milestone" enum:"unqualified,marketing-qualified,sales-qualified,sales-accepted,disqualified,recycled"`
		Contact   string `query:"contact" maxLength:"100" doc:"Id of a contact."`
	}
	moveLeadInput struct {
		IDInput
		Expectation
		Body struct {
			Milestone string `json:"milestone" enum:"unqualified,marketing-qualified,sales-qualified,sales-accepted,disqualified,recycled"`
		}
	}
)

func (s *Server) leadRoutes() {
	tags := []string{"leads"}
	operate(s, huma.Operation{OperationID: "list-leads", Method: http.MethodGet, Path: "/leads", Tags: tags,
		Summary: "List leads, the newest first"}, s.listLeads)
	operate(s, huma.Operation{OperationID: "get-lead", Method: http.MethodGet, Path: "/leads/{id}", Tags: tags,
		Summary: "Get a lead", Errors: []int{404}}, s.getLead)
	operate(s, huma.Operation{OperationID: "move-lead", Method: http.MethodPatch, Path: "/leads/{id}", Tags: tags,
		Summary: "Move a lead to another milestone", Errors: []int{404, 409, 412}}, s.moveLead)
}

func (s *Server) listLeads(ctx context.Context, in *leadsInput) (*one[Page[Lead]], error) {
	leads, next, err := crm.FindLeads(ctx, s.DB, crm.LeadFilter{Milestone: crm.Milestone(in.Milestone), ContactID: in.Contact, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items, err := leadsOf(ctx, s.DB, leads)
	if err != nil {
		return nil, err
	}
	return page(items, next), nil
}

func (s *Server) getLead(ctx context.Context, in *IDInput) (*versioned[Lead], error) {
	l, err := crm.LeadByID(ctx, s.DB, in.ID)
	if err != nil {
		return nil, err
	}
	return leadOutput(ctx, s.DB, l)
}

func leadOutput(ctx context.Context, q sqldb.Querier, l crm.Lead) (*versioned[Lead], error) {
	items, err := leadsOf(ctx, q, []crm.Lead{l})
	if err != nil {
		return nil, err
	}
	return &versioned[Lead]{etag(l.Version), items[0]}, nil
}

func (s *Server) moveLead(ctx context.Context, in *moveLeadInput) (*versioned[Lead], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	var out *versioned[Lead]
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		l, err := crm.LeadByID(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		if expected != 0 && l.Version != expected {
			return faultf(kindChanged, "the lead is newer than If-Match: load it again and repeat the change")
		}
		l, err = crm.MoveLead(ctx, tx, in.ID, expected, crm.Milestone(in.Body.Milestone), s.change(ctx, ""))
		if err != nil {
			return err
		}
		out, err = leadOutput(ctx, tx, l)
		return err
	})
	return out, err
}
