package web

import (
	"context"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// WaitingRecommendation is a post that recommends the brand, of which nothing was made yet.
type WaitingRecommendation struct {
	Mention    Mention `json:"mention"`
	Suggestion string  `json:"suggestion" enum:"lead,reference" doc:"reference: who recommends is a customer."`
}

// RecommendationView is what became of a recommendation.
type RecommendationView struct {
	crm.Recommendation
	ContactName string   `json:"contact_name"`
	Mention     *Mention `json:"mention,omitempty" doc:"What was said; left out when it was taken back, or is kept no longer."`
}

type (
	waitingInput struct {
		PageInput
		Monitor string `query:"monitor" maxLength:"100" doc:"Id of a monitor."`
	}
	recommendationsInput struct {
		PageInput
		Became   string `query:"became" enum:"lead,reference,nothing"`
		State    string `query:"state" enum:"open,asked,given,declined" doc:"Of references."`
		Campaign string `query:"campaign" maxLength:"100" doc:"Id of a campaign."`
	}
	resolveInput struct {
		Body struct {
			PostID  string    `json:"post_id" minLength:"1" maxLength:"100"`
			Became  string    `json:"became" enum:"lead,reference,nothing"`
			OwnerID string    `json:"owner_id,omitempty" maxLength:"100" doc:"Who works on the lead, or asks for the reference; you, when it is left out."`
			DueAt   time.Time `json:"due_at,omitzero" doc:"By when the reference is asked for; in a week, when it is left out."`
			Note    string    `json:"note,omitempty" maxLength:"500"`
		}
	}
	answerReferenceInput struct {
		IDInput
		Expectation
		Body struct {
			State string `json:"state" enum:"open,asked,given,declined"`
			Note  string `json:"note,omitempty" maxLength:"500"`
		}
	}
)

func (s *Server) recommendationRoutes() {
	const tag = "recommendations"
	operate(s, needs(crm.ToRead, crm.TypeMention), getting(tag, "list-waiting-recommendations", "/recommendations/waiting", "List posts that recommend the brand and of which nothing was made yet, with what is suggested"), s.waitingRecommendations)
	operate(s, needs(crm.ToRead, crm.RecordRecommendation), getting(tag, "list-recommendations", "/recommendations", "List what became of recommendations, the newest first"), s.listRecommendations)
	operate(s, needs(crm.ToCreate, crm.RecordRecommendation), doing(tag, "resolve-recommendation", http.MethodPost, "/recommendations", "Make a lead, a request for a reference, or nothing of a recommendation"), s.resolveRecommendation)
	operate(s, needs(crm.ToUpdate, crm.RecordRecommendation), doing(tag, "answer-reference", http.MethodPatch, "/recommendations/{id}", "Note how far a reference is"), s.answerReference)
}

func (s *Server) waitingRecommendations(ctx context.Context, in *waitingInput) (*one[Page[WaitingRecommendation]], error) {
	views, next, err := listening.FindMentions(ctx, s.DB, listening.Filter{Monitor: in.Monitor, Intent: string(post.IntentRecommendation), Also: crm.WaitingRecommendations,
		Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	mentions, err := mentionsOf(ctx, s.DB, views)
	if err != nil {
		return nil, err
	}
	var contacts []string
	for i := range mentions {
		if mentions[i].Contact != nil {
			contacts = append(contacts, mentions[i].Contact.ID)
		}
	}
	relations, err := crm.RelationsOf(ctx, s.DB, contacts)
	if err != nil {
		return nil, err
	}
	items := make([]WaitingRecommendation, len(mentions))
	for i, m := range mentions {
		var r crm.Relation
		if m.Contact != nil {
			r = relations[m.Contact.ID]
		}
		items[i] = WaitingRecommendation{m, crm.SuggestedEnd(r)}
	}
	return page(items, next), nil
}

func (s *Server) listRecommendations(ctx context.Context, in *recommendationsInput) (*one[Page[RecommendationView]], error) {
	list, next, err := crm.FindRecommendations(ctx, s.DB, accessFrom(ctx), crm.RecommendationFilter{Became: in.Became, State: in.State, CampaignID: in.Campaign, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items, err := s.recommendationsOf(ctx, s.DB, list)
	return page(items, next), err
}

func (s *Server) recommendationsOf(ctx context.Context, q sqldb.Querier, list []crm.Recommendation) ([]RecommendationView, error) {
	var posts, contacts []string
	for i := range list {
		posts, contacts = appendSome(posts, list[i].PostID), appendSome(contacts, list[i].ContactID)
	}
	var mentions map[string]*Mention
	if accessFrom(ctx).Can(crm.ToRead, crm.TypeMention) {
		var err error
		if mentions, err = mentionOfPost(ctx, q, posts); err != nil {
			return nil, err
		}
	}
	names, err := crm.NamesOf(ctx, q, accessFrom(ctx), crm.RecordContact, contacts)
	if err != nil {
		return nil, err
	}
	items := make([]RecommendationView, len(list))
	for i, r := range list {
		items[i] = RecommendationView{r, names[r.ContactID], mentions[r.PostID]}
	}
	return items, nil
}

func (s *Server) recommendationOutput(ctx context.Context, expect Expectation, do func(*sqldb.Tx, crm.Change, int64) (crm.Recommendation, error)) (*versioned[RecommendationView], error) {
	made, err := saved(ctx, s, expect, itself, do)
	if err != nil {
		return nil, err
	}
	items, err := s.recommendationsOf(ctx, s.DB, []crm.Recommendation{made.Body})
	if err != nil {
		return nil, err
	}
	return &versioned[RecommendationView]{made.ETag, items[0]}, nil
}

func (s *Server) resolveRecommendation(ctx context.Context, in *resolveInput) (*versioned[RecommendationView], error) {
	return s.recommendationOutput(ctx, Expectation{}, func(tx *sqldb.Tx, ch crm.Change, _ int64) (crm.Recommendation, error) {
		b := &in.Body
		return crm.ResolveRecommendation(ctx, tx, ch, crm.Resolution{PostID: b.PostID, Became: b.Became, OwnerID: b.OwnerID, DueAt: b.DueAt, Note: b.Note})
	})
}

func (s *Server) answerReference(ctx context.Context, in *answerReferenceInput) (*versioned[RecommendationView], error) {
	return s.recommendationOutput(ctx, in.Expectation, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Recommendation, error) {
		return crm.AnswerReference(ctx, tx, ch, in.ID, version, in.Body.State, in.Body.Note)
	})
}
