package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/listening"
)

// AuthorItem is an author with what they are to the company.
type AuthorItem struct {
	AuthorDetail
	Group   string      `json:"group" enum:"customers,contacts,leads,unknown"`
	Contact *ContactRef `json:"contact,omitempty" doc:"Whom the author is, when a link to a contact is confirmed."`
}

// GroupCount is how much a group of authors said.
type GroupCount struct {
	Group    string `json:"group" enum:"customers,contacts,leads,unknown"`
	Authors  int64  `json:"authors"`
	Mentions int64  `json:"mentions"`
	Negative int64  `json:"negative"`
	Positive int64  `json:"positive"`
	Reach    int64  `json:"reach"`
}

// GroupCounts are the groups of those who spoke in a time.
type GroupCounts struct {
	From   time.Time    `json:"from"`
	Until  time.Time    `json:"until"`
	Groups []GroupCount `json:"groups" nullable:"false"`
}

type (
	authorsInput struct {
		PageInput
		Group   string `query:"group" enum:"customers,contacts,leads,unknown" doc:"What they are to the company now."`
		Network string `query:"network" maxLength:"100"`
	}
	groupsInput struct {
		Monitor string    `query:"monitor" maxLength:"100" doc:"Id of a monitor; all together when left out."`
		From    time.Time `query:"from" doc:"30 days before until, when left out."`
		Until   time.Time `query:"until" doc:"Now, when left out."`
	}
)

func (s *Server) authorRoutes() {
	tags := []string{"authors"}
	operate(s, needs(crm.ToRead, crm.TypeMention), huma.Operation{OperationID: "list-authors", Method: http.MethodGet, Path: "/authors", Tags: tags,
		Summary: "List authors with what they are to the company"}, s.listAuthors)
	operate(s, needs(crm.ToRead, crm.TypeMention), huma.Operation{OperationID: "get-author", Method: http.MethodGet, Path: "/authors/{id}", Tags: tags,
		Summary: "Get an author", Errors: []int{404}}, s.getAuthor)
	operate(s, needs(crm.ToRead, crm.TypeMention), huma.Operation{OperationID: "count-groups", Method: http.MethodGet, Path: "/authors/groups", Tags: tags,
		Summary:     "How much customers, contacts, leads and strangers said",
		Description: "Each author is in one group, the one they are in now.", Errors: []int{404}}, s.countGroups)
}

func (s *Server) listAuthors(ctx context.Context, in *authorsInput) (*one[Page[AuthorItem]], error) {
	ids, groups, next, err := crm.FindAuthors(ctx, s.DB, crm.AuthorFilter{Group: in.Group, Network: in.Network, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items, err := s.authorItems(ctx, ids, groups)
	if err != nil {
		return nil, err
	}
	return page(items, next), nil
}

func (s *Server) authorItems(ctx context.Context, ids []string, groups map[string]string) ([]AuthorItem, error) {
	contacts, err := contactRefs(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	items := make([]AuthorItem, len(ids))
	for i, id := range ids {
		a, err := listening.AuthorByID(ctx, s.DB, id)
		if err != nil {
			return nil, err
		}
		items[i] = AuthorItem{authorDetailOf(a), groups[id], contacts[id]}
	}
	return items, nil
}

func (s *Server) getAuthor(ctx context.Context, in *IDInput) (*one[AuthorItem], error) {
	groups, err := crm.AuthorGroups(ctx, s.DB, []string{in.ID})
	if err != nil {
		return nil, err
	}
	items, err := s.authorItems(ctx, []string{in.ID}, groups)
	if err != nil {
		return nil, err
	}
	return &one[AuthorItem]{items[0]}, nil
}

func (s *Server) countGroups(ctx context.Context, in *groupsInput) (*one[GroupCounts], error) {
	if in.Until.IsZero() {
		in.Until = s.Now()
	}
	if in.From.IsZero() {
		in.From = in.Until.AddDate(0, 0, -30)
	}
	if !in.From.Before(in.Until) {
		return nil, &fault{kind: kindInvalid, detail: "from is not before until", field: "query.from"}
	}
	if in.Monitor != "" {
		if _, err := listening.MonitorByID(ctx, s.DB, in.Monitor); err != nil {
			return nil, err
		}
	}
	counts, err := crm.CountGroups(ctx, s.DB, in.Monitor, in.From, in.Until)
	if err != nil {
		return nil, err
	}
	out := GroupCounts{From: instant(in.From), Until: instant(in.Until), Groups: make([]GroupCount, len(counts))}
	for i, c := range counts {
		out.Groups[i] = GroupCount(c)
	}
	return &one[GroupCounts]{out}, nil
}
