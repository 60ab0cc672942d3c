package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
)

// ReviewItem is a link that waits for a person, with all they need to decide.
type ReviewItem struct {
	Link
	Account       AuthorDetail   `json:"account" doc:"Who wrote, as the network shows them."`
	Contact       ReviewContact  `json:"contact" doc:"Whom they may be, as on file."`
	Rank          float64        `json:"rank" doc:"The place in the queue, the highest first: docs/review.md has the formula."`
	Stakes        []string       `json:"stakes" nullable:"false" doc:"What depends on it, in words."`
	Rivals        []Rival        `json:"rivals" nullable:"false" doc:"Other contacts linked to the account."`
	Posts         []Mention      `json:"posts" nullable:"false" doc:"The newest three."`
	Verifications []Verification `json:"verifications" nullable:"false"`
}

// AuthorDetail is an author with what they say of themselves.
type AuthorDetail struct {
	Author
	Network  string    `json:"network"`
	Bio      string    `json:"bio"`
	Location string    `json:"location"`
	Bot      bool      `json:"bot"`
	SeenAt   time.Time `json:"seen_at"`
}

// ReviewContact is a contact with its profiles.
type ReviewContact struct {
	Contact
	Profiles []Profile `json:"profiles" nullable:"false"`
}

// Rival is another contact that may be the account's.
type Rival struct {
	ContactID   string  `json:"contact_id"`
	Name        string  `json:"name"`
	Decision    string  `json:"decision" enum:"suggested,confirmed,rejected,ignored,unsure"`
	Probability float64 `json:"probability"`
}

// ReviewSummary says how much waits.
type ReviewSummary struct {
	Waiting  int            `json:"waiting"`
	Unsure   int            `json:"unsure" doc:"Somebody looked and could not tell."`
	Networks map[string]int `json:"networks" nullable:"false" doc:"How many wait, by network."`
}

type reviewInput struct {
	PageInput
	Queue   string  `query:"queue" enum:"waiting,unsure,sample" default:"waiting" doc:"sample: automatic links that measure the matcher when a person checks them."`
	Network string  `query:"network" maxLength:"100"`
	Contact string  `query:"contact" maxLength:"100" doc:"Id of a contact."`
	Author  string  `query:"author" maxLength:"100" doc:"Id of an author."`
	Min     float64 `query:"min" minimum:"0" maximum:"1" doc:"Least probability."`
	Max     float64 `query:"max" minimum:"0" maximum:"1" doc:"Below this probability; no limit when left out."`
}

func (s *Server) reviewRoutes() {
	tags := []string{"review"}
	operate(s, needs(crm.ToRead, crm.RecordLink), huma.Operation{OperationID: "list-review", Method: http.MethodGet, Path: "/review", Tags: tags,
		Summary: "Links that wait for a person, those on which most depends first", Description: "Decide with POST /links."}, s.listReview)
	operate(s, needs(crm.ToRead, crm.RecordLink), huma.Operation{OperationID: "review-summary", Method: http.MethodGet, Path: "/review/summary", Tags: tags,
		Summary: "How many links wait"}, s.reviewSummary)
}

func (s *Server) reviewSummary(ctx context.Context, _ *struct{}) (*one[ReviewSummary], error) {
	networks, unsure, err := crm.ReviewCounts(ctx, s.DB, accessFrom(ctx))
	if err != nil {
		return nil, err
	}
	out := ReviewSummary{Unsure: unsure, Networks: networks}
	for _, n := range networks {
		out.Waiting += n
	}
	return &one[ReviewSummary]{out}, nil
}

func (s *Server) listReview(ctx context.Context, in *reviewInput) (*one[Page[ReviewItem]], error) {
	links, next, err := crm.ReviewQueue(ctx, s.DB, accessFrom(ctx), crm.ReviewFilter{Queue: in.Queue, Network: in.Network, ContactID: in.Contact, AuthorID: in.Author,
		Min: in.Min, Max: in.Max, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	var storms []crm.Storm
	if s.Storms != nil {
		if storms, err = s.Storms(ctx); err != nil {
			return nil, err
		}
	}
	if err := crm.Stakes(ctx, s.DB, links, storms); err != nil {
		return nil, err
	}
	items := make([]ReviewItem, len(links))
	for i := range links {
		if items[i], err = s.reviewItem(ctx, s.DB, &links[i]); err != nil {
			return nil, err
		}
	}
	return page(items, next), nil
}

func (s *Server) reviewItem(ctx context.Context, q sqldb.Querier, r *crm.ReviewLink) (ReviewItem, error) {
	item := ReviewItem{Link: linkOf(r.Link), Rank: r.Rank, Stakes: stakes(&r.Stake, s.Now()), Rivals: []Rival{}, Posts: []Mention{}}
	author, err := listening.AuthorByID(ctx, q, r.AuthorID)
	if err != nil {
		return item, err
	}
	item.Account = authorDetailOf(author)
	item.Author = &item.Account.Author
	contact, err := crm.ContactDetailByID(ctx, q, accessFrom(ctx), r.ContactID)
	if err != nil {
		return item, err
	}
	touches, err := crm.TouchCounts(ctx, q, []string{r.ContactID})
	if err != nil {
		return item, err
	}
	item.Contact = ReviewContact{contactOf(&contact.Contact, touches[r.ContactID]), profilesOf(contact.Profiles)}
	if err := rivals(ctx, q, &item); err != nil {
		return item, err
	}
	posts, err := crm.PostsOfAuthor(ctx, q, r.AuthorID, 3)
	if err != nil {
		return item, err
	}
	mentions, err := mentionOfPost(ctx, q, posts)
	if err != nil {
		return item, err
	}
	for _, id := range posts {
		if m := mentions[id]; m != nil {
			item.Posts = append(item.Posts, *m)
		}
	}
	verifications, err := crm.VerificationsOf(ctx, q, r.AuthorID, r.ContactID)
	item.Verifications = verificationsOf(verifications)
	return item, err
}

func authorDetailOf(a listening.AuthorView) AuthorDetail {
	return AuthorDetail{authorOf(a), a.Network, a.Bio, a.Location, a.Bot, instant(a.SeenAt)}
}

// rivals fills in the other contacts of the account, and the runner-up's name.
func rivals(ctx context.Context, q sqldb.Querier, item *ReviewItem) error {
	links, err := crm.LinksOfAuthors(ctx, q, []string{item.AuthorID})
	if err != nil {
		return err
	}
	var ids []string
	for _, l := range links[item.AuthorID] {
		ids = append(ids, l.ContactID)
	}
	if e := item.Explanation; e != nil && e.RunnerUp != nil {
		ids = append(ids, e.RunnerUp.ContactID)
	}
	names, err := crm.NamesOf(ctx, q, accessFrom(ctx), crm.RecordContact, ids)
	if err != nil {
		return err
	}
	for _, l := range links[item.AuthorID] {
		if name, ok := names[l.ContactID]; ok && l.ContactID != item.ContactID {
			item.Rivals = append(item.Rivals, Rival{l.ContactID, name, string(l.Decision), l.Probability})
		}
	}
	if e := item.Explanation; e != nil && e.RunnerUp != nil {
		e.RunnerUp.Name = names[e.RunnerUp.ContactID]
	}
	return nil
}

// stakes says in words what depends on a link.
func stakes(s *crm.Stake, now time.Time) []string {
	out := []string{}
	if s.Incident {
		out = append(out, "spoke in an open incident")
	}
	if s.Lead {
		out = append(out, "an open lead depends on it")
	}
	if s.Followers > 0 {
		out = append(out, strconv.FormatInt(s.Followers, 10)+" followers")
	}
	if days := int(now.Sub(s.LastPost).Hours() / 24); !s.LastPost.IsZero() && days < 365 {
		switch days {
		case 0:
			out = append(out, "posted within a day")
		case 1:
			out = append(out, "posted a day ago")
		default:
			out = append(out, fmt.Sprintf("posted %d days ago", days))
		}
	}
	return out
}
