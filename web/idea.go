package web

import (
	"context"
	"net/http"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// IdeaView is an idea with the post that it is.
type IdeaView struct {
	crm.Idea
	Mention *Mention `json:"mention,omitempty" masked:"post_id" doc:"What was said; left out when it was taken back, or is kept no longer."`
}

// IdeaGroupView are ideas that say nearly the same.
type IdeaGroupView struct {
	ID      string      `json:"id"`
	Support crm.Support `json:"support" doc:"likes + 2 · replies + 3 · shares, without replies that speak against it, of all of them."`
	First   IdeaView    `json:"first" doc:"The one that said it first. Its status is the group's."`
	Others  []IdeaView  `json:"others" nullable:"false"`
}

// IdeaBoardView is a page of the ideas of a campaign.
type IdeaBoardView struct {
	Items    []IdeaGroupView `json:"items" nullable:"false"`
	Next     string          `json:"next"`
	Statuses map[string]int  `json:"statuses" doc:"How many groups are in each status."`
}

// ThanksView is a reply that a person may send; Groundswell posts nothing.
type ThanksView struct {
	Text string `json:"text"`
	URL  string `json:"url" doc:"Of the post, to answer there."`
}

type (
	ideasInput struct {
		IDInput
		PageInput
		Status string `query:"status" enum:"new,shortlisted,chosen,thanked,rejected"`
		Kind   string `query:"kind" enum:"slogan,product,name,other"`
		Sort   string `query:"sort" enum:"support,newest" default:"support"`
	}
	changeIdeaInput struct {
		IDInput
		Expectation
		Body struct {
			Status *string `json:"status,omitempty" enum:"new,shortlisted,chosen,thanked,rejected" doc:"Of all that say nearly the same; thanked: of this one alone."`
			Reason string  `json:"reason,omitempty" maxLength:"500" doc:"Why it is rejected."`
			Kind   *string `json:"kind,omitempty" enum:"slogan,product,name,other"`
			Title  *string `json:"title,omitempty" maxLength:"200" doc:"What the company calls it."`
			Alone  bool    `json:"alone,omitempty" doc:"It does not say the same as the others of its group: take it out."`
		}
	}
)

func (s *Server) ideaRoutes() {
	const tag = "ideas"
	operate(s, needs(crm.ToRead, crm.RecordIdea), getting(tag, "list-ideas", "/campaigns/{id}/ideas", "List the ideas of a campaign, those with the most support first; near-duplicates are one"), s.listIdeas)
	operate(s, needs(crm.ToRead, crm.RecordIdea), getting(tag, "get-idea", "/ideas/{id}", "Get an idea"), s.getIdea)
	operate(s, needs(crm.ToUpdate, crm.RecordIdea), doing(tag, "change-idea", http.MethodPatch, "/ideas/{id}", "Shortlist, choose or reject an idea, note that its author was thanked, say what it is"), s.changeIdea)
	operate(s, needs(crm.ToRead, crm.RecordIdea), getting(tag, "get-idea-thanks", "/ideas/{id}/thanks", "Prepare the reply that thanks the author of an idea; a person sends it"), s.ideaThanks)
}

func (s *Server) listIdeas(ctx context.Context, in *ideasInput) (*one[IdeaBoardView], error) {
	groups, statuses, next, err := crm.IdeaBoard(ctx, s.DB, accessFrom(ctx), crm.IdeaFilter{CampaignID: in.ID, Status: in.Status, Kind: in.Kind, Newest: in.Sort == "newest", Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	var posts []string
	for _, g := range groups {
		for i := range g.Ideas {
			posts = appendSome(posts, g.Ideas[i].PostID)
		}
	}
	mentions, err := s.ideaMentions(ctx, posts)
	if err != nil {
		return nil, err
	}
	out := IdeaBoardView{Items: make([]IdeaGroupView, len(groups)), Next: next, Statuses: statuses}
	for n, g := range groups {
		v := IdeaGroupView{ID: g.ID, Support: g.Support, Others: []IdeaView{}}
		for i, idea := range g.Ideas {
			if view := (IdeaView{idea, mentions[idea.PostID]}); i == 0 {
				v.First = view
			} else {
				v.Others = append(v.Others, view)
			}
		}
		out.Items[n] = v
	}
	return &one[IdeaBoardView]{out}, nil
}

// ideaMentions are what was said, for who may read mentions.
func (s *Server) ideaMentions(ctx context.Context, posts []string) (map[string]*Mention, error) {
	if !accessFrom(ctx).Can(crm.ToRead, crm.TypeMention) {
		return nil, nil
	}
	return mentionOfPost(ctx, s.DB, posts)
}

func (s *Server) ideaOutput(ctx context.Context, i crm.Idea) (*versioned[IdeaView], error) {
	mentions, err := s.ideaMentions(ctx, appendSome(nil, i.PostID))
	return &versioned[IdeaView]{etag(i.Version), IdeaView{i, mentions[i.PostID]}}, err
}

func (s *Server) getIdea(ctx context.Context, in *IDInput) (*versioned[IdeaView], error) {
	i, err := crm.IdeaByID(ctx, s.DB, accessFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return s.ideaOutput(ctx, i)
}

func (s *Server) changeIdea(ctx context.Context, in *changeIdeaInput) (*versioned[IdeaView], error) {
	changed, err := saved(ctx, s, in.Expectation, itself, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Idea, error) {
		b := &in.Body
		return crm.ChangeIdea(ctx, tx, ch, in.ID, version, crm.IdeaChange{Status: b.Status, Reason: b.Reason, Kind: b.Kind, Title: b.Title, Alone: b.Alone})
	})
	if err != nil {
		return nil, err
	}
	return s.ideaOutput(ctx, changed.Body)
}

func (s *Server) ideaThanks(ctx context.Context, in *IDInput) (*one[ThanksView], error) {
	i, err := crm.IdeaByID(ctx, s.DB, accessFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	c, err := crm.CampaignByID(ctx, s.DB, accessFrom(ctx), i.CampaignID)
	if err != nil {
		return nil, err
	}
	if err := crm.MayThank(ctx, s.DB, &i); err != nil {
		return nil, err
	}
	mentions, err := s.ideaMentions(ctx, appendSome(nil, i.PostID))
	if err != nil {
		return nil, err
	}
	m := mentions[i.PostID]
	if m == nil {
		return nil, faultf(kindNotFound, "the post of idea %s was taken back, or is kept no longer: there is nothing to answer", in.ID)
	}
	return &one[ThanksView]{ThanksView{crm.ThanksText(&c, &i, m.Author.Name, m.Author.Handle, m.Language), m.URL}}, nil
}
