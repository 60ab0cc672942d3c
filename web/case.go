package web

import (
	"context"
	"net/http"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// CaseView is the way of a case from the first touch to the money.
type CaseView struct {
	OpportunityID string          `json:"opportunity_id" doc:"Empty: the lead has not been accepted."`
	LeadID        string          `json:"lead_id" doc:"Empty: it began without a lead."`
	Name          string          `json:"name"`
	Events        []CaseEventView `json:"events" nullable:"false" doc:"The first one first."`
}

// CaseEventView is a step of a case, with the words of a post.
type CaseEventView struct {
	crm.CaseEvent
	ByName string `json:"by_name"`
	Text   string `json:"text" doc:"Of a post, while it is there."`
	URL    string `json:"url" doc:"Of a post."`
}

type (
	followInput struct {
		IDInput
		Body struct {
			Muted bool     `json:"muted,omitempty" doc:"Hear nothing of it, though you took part."`
			Kinds []string `json:"kinds,omitempty" maxItems:"20" doc:"stage, approval, close, quote, order, invoice, payment, process, people, activity; none: all."`
		}
	}
	noticesInput struct {
		PageInput
		Unseen bool `query:"unseen" doc:"Only what was not seen yet."`
	}
	seeNoticesInput struct {
		Body struct {
			UpTo string `json:"up_to" minLength:"1" maxLength:"100" doc:"Id of the newest notice that was seen."`
		}
	}
)

// Seen says how many notices were not seen before.
type Seen struct {
	Notices int64 `json:"notices"`
}

func (s *Server) caseRoutes() {
	const tag = "cases"
	operate(s, needs(crm.ToRead, crm.RecordOpportunity), getting(tag, "get-opportunity-timeline", "/opportunities/{id}/timeline", "From the first touch to the money: everything that happened in a case"), s.opportunityTimeline)
	operate(s, needs(crm.ToRead, crm.RecordLead), getting(tag, "get-lead-timeline", "/leads/{id}/timeline", "The case that a lead belongs to, or its way so far"), s.leadTimeline)
	operate(s, noGrant, getting(tag, "get-follow", "/opportunities/{id}/follow", "What you hear of a case"), s.getFollow)
	operate(s, noGrant, doing(tag, "set-follow", http.MethodPut, "/opportunities/{id}/follow", "Follow a case, mute it, or choose what you hear of it"), s.setFollow)
	operate(s, noGrant, getting(tag, "list-notices", "/notices", "List what you were told, the newest first"), s.listNotices)
	operate(s, noGrant, doing(tag, "see-notices", http.MethodPost, "/notices/seen", "Note that you have seen what you were told"), s.seeNotices)
}

func (s *Server) opportunityTimeline(ctx context.Context, in *IDInput) (*one[CaseView], error) {
	c, err := crm.CaseOf(ctx, s.DB, accessFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return caseView(ctx, s.DB, &c)
}

func (s *Server) leadTimeline(ctx context.Context, in *IDInput) (*one[CaseView], error) {
	c, err := crm.CaseOfLead(ctx, s.DB, accessFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return caseView(ctx, s.DB, &c)
}

func caseView(ctx context.Context, q sqldb.Querier, c *crm.Case) (*one[CaseView], error) {
	v := CaseView{OpportunityID: c.Opportunity.ID, LeadID: c.Lead.ID, Name: c.Opportunity.Name, Events: make([]CaseEventView, len(c.Events))}
	if v.Name == "" {
		v.Name = c.Lead.Name
	}
	names, err := userNames(ctx, q)
	if err != nil {
		return nil, err
	}
	var posts []string
	for _, e := range c.Events {
		posts = appendSome(posts, e.PostID)
	}
	mentions, err := mentionOfPost(ctx, q, posts)
	if err != nil {
		return nil, err
	}
	for i, e := range c.Events {
		view := CaseEventView{CaseEvent: e, ByName: nameOr(names, e.By)}
		if m := mentions[e.PostID]; m != nil {
			view.Text, view.URL, view.ByName = m.Text, m.URL, m.Author.Name
		}
		v.Events[i] = view
	}
	return &one[CaseView]{v}, nil
}

func (s *Server) getFollow(ctx context.Context, in *IDInput) (*one[crm.Follow], error) {
	if _, err := crm.OpportunityByID(ctx, s.DB, accessFrom(ctx), in.ID); err != nil {
		return nil, err
	}
	f, err := crm.FollowOf(ctx, s.DB, in.ID, userFrom(ctx).id)
	return &one[crm.Follow]{f}, err
}

func (s *Server) setFollow(ctx context.Context, in *followInput) (out *one[crm.Follow], err error) {
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		f, err := crm.SetFollow(ctx, tx, accessFrom(ctx), crm.Follow{OpportunityID: in.ID, UserID: userFrom(ctx).id, Muted: in.Body.Muted, Kinds: in.Body.Kinds})
		out = &one[crm.Follow]{f}
		return err
	})
	return out, err
}

func (s *Server) listNotices(ctx context.Context, in *noticesInput) (*one[Page[crm.Notice]], error) {
	all, next, err := crm.Notices(ctx, s.DB, accessFrom(ctx), crm.NoticeFilter{UserID: userFrom(ctx).id, Unseen: in.Unseen, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	names, err := userNames(ctx, s.DB)
	for i := range all {
		all[i].Actor = nameOr(names, all[i].Actor)
	}
	return page(all, next), err
}

func (s *Server) seeNotices(ctx context.Context, in *seeNoticesInput) (out *one[Seen], err error) {
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := crm.SeeNotices(ctx, tx, userFrom(ctx).id, in.Body.UpTo, s.Now())
		out = &one[Seen]{Seen{n}}
		return err
	})
	return out, err
}
