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

// Mention is a post that matches a monitor.
type Mention struct {
	PostID           string             `json:"post_id"`
	MonitorID        string             `json:"monitor_id"`
	Monitor          string             `json:"monitor" doc:"The monitor's name."`
	Network          string             `json:"network"`
	Kind             string             `json:"kind" enum:"post,reply,share,quote,comment,review,private"`
	URL              string             `json:"url"`
	Text             string             `json:"text" doc:"As the author wrote it: never to be taken for markup."`
	PostedAt         time.Time          `json:"posted_at"`
	EditedAt         *time.Time         `json:"edited_at,omitempty"`
	Author           Author             `json:"author"`
	Contact          *ContactRef        `json:"contact,omitempty" doc:"Whom the author is, when a link to a contact is confirmed."`
	Language         string             `json:"language" doc:"ISO 639-1; und when it cannot be told."`
	Polarity         string             `json:"polarity" enum:"negative,neutral,positive,unknown"`
	Score            float64            `json:"score" minimum:"-1" maximum:"1"`
	Confidence       float64            `json:"confidence" minimum:"0" maximum:"1"`
	Intent           string             `json:"intent" enum:"none,purchase,complaint,support_request,information_request,recommendation"`
	IntentConfidence float64            `json:"intent_confidence" minimum:"0" maximum:"1" doc:"0 where there is no intent."`
	Reach            int64              `json:"reach"`
	Engagement       int64              `json:"engagement"`
	Source           string             `json:"source"`
	Model            string             `json:"model" doc:"Version of the model that read it; empty when that was not kept yet."`
	Correction       *MentionCorrection `json:"correction,omitempty" doc:"The person's correction that it is read by."`
}

// Author is who wrote a post.
type Author struct {
	ID        string `json:"id"`
	Handle    string `json:"handle"`
	Name      string `json:"name"`
	URL       string `json:"url"`
	Followers int64  `json:"followers"`
}

// ContactRef names a contact.
type ContactRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func authorOf(a listening.AuthorView) Author {
	return Author{a.ID, a.Handle, a.Name, webLink(a.URL), a.Followers}
}

func mentionOf(v listening.MentionView) Mention {
	return Mention{
		PostID: v.PostID, MonitorID: v.MonitorID, Monitor: v.Monitor, Network: v.Network, Kind: v.Kind, URL: webLink(v.URL), Text: v.Text,
		PostedAt: instant(v.PostedAt), EditedAt: maybe(v.EditedAt), Author: authorOf(v.Author),
		Language: v.Reading.Language, Polarity: string(v.Reading.Polarity), Score: v.Reading.Score, Confidence: v.Reading.Confidence,
		Intent: string(v.Reading.Intent), IntentConfidence: v.Reading.IntentConfidence, Reach: v.Reach, Engagement: v.Engagement, Source: v.Source, Model: v.Model,
	}
}

// mentionsOf composes mentions with the contacts their authors are.
func mentionsOf(ctx context.Context, q sqldb.Querier, views []listening.MentionView) ([]Mention, error) {
	authors := make([]string, 0, len(views))
	seen := make(map[string]bool, len(views))
	for _, v := range views {
		if !seen[v.Author.ID] {
			seen[v.Author.ID] = true
			authors = append(authors, v.Author.ID)
		}
	}
	contacts, err := contactRefs(ctx, q, authors)
	if err != nil {
		return nil, err
	}
	corrections, err := correctionsOf(ctx, q, views)
	if err != nil {
		return nil, err
	}
	items := make([]Mention, len(views))
	for i, v := range views {
		items[i] = mentionOf(v)
		items[i].Correction = corrections[i]
		items[i].Contact = contacts[v.Author.ID]
	}
	return items, nil
}

// contactRefs names the confirmed contact of each author who has one.
func contactRefs(ctx context.Context, q sqldb.Querier, authorIDs []string) (map[string]*ContactRef, error) {
	confirmed, err := crm.ConfirmedContacts(ctx, q, authorIDs)
	if err != nil || len(confirmed) == 0 {
		return nil, err
	}
	ids := make([]string, 0, len(confirmed))
	for _, id := range confirmed {
		ids = append(ids, id)
	}
	names, err := crm.NamesOf(ctx, q, accessFrom(ctx), crm.RecordContact, ids)
	if err != nil {
		return nil, err
	}
	refs := make(map[string]*ContactRef, len(confirmed))
	for author, id := range confirmed {
		if name, ok := names[id]; ok {
			refs[author] = &ContactRef{id, name}
		}
	}
	return refs, nil
}

// mentionOfPost returns a mention of each post that has one; where several monitors heard it, that
// of the first.
func mentionOfPost(ctx context.Context, q sqldb.Querier, postIDs []string) (map[string]*Mention, error) {
	if len(postIDs) == 0 {
		return nil, nil
	}
	views, err := listening.MentionsByPosts(ctx, q, postIDs)
	if err != nil {
		return nil, err
	}
	items, err := mentionsOf(ctx, q, views)
	if err != nil {
		return nil, err
	}
	byPost := make(map[string]*Mention, len(items))
	for i := range items {
		if byPost[items[i].PostID] == nil {
			byPost[items[i].PostID] = &items[i]
		}
	}
	return byPost, nil
}

type mentionsInput struct {
	PageInput
	Monitor  string    `query:"monitor" maxLength:"100" doc:"Id of a monitor."`
	Polarity string    `query:"polarity" enum:"negative,neutral,positive,unknown"`
	Intent   string    `query:"intent" enum:"none,purchase,complaint,support_request,information_request,recommendation"`
	Network  string    `query:"network" maxLength:"100"`
	Author   string    `query:"author" maxLength:"100" doc:"Id of an author."`
	Text     string    `query:"text" maxLength:"100" doc:"What the text holds."`
	Group    string    `query:"group" enum:"customers,contacts,leads,unknown" doc:"What the author is to the company now."`
	From     time.Time `query:"from" doc:"Posted at this time or later."`
	Until    time.Time `query:"until" doc:"Posted before this time."`
}

func (s *Server) mentionRoutes() {
	operate(s, needs(crm.ToRead, crm.TypeMention), huma.Operation{OperationID: "list-mentions", Method: http.MethodGet, Path: "/mentions", Tags: []string{"mentions"},
		Summary: "List mentions, the newest first"}, s.listMentions)
}

func (s *Server) listMentions(ctx context.Context, in *mentionsInput) (*one[Page[Mention]], error) {
	authors := ""
	if in.Group != "" {
		var err error
		if authors, err = crm.GroupCondition(in.Group, "m.author_id"); err != nil {
			return nil, err
		}
	}
	views, next, err := listening.FindMentions(ctx, s.DB, listening.Filter{Monitor: in.Monitor, Polarity: in.Polarity, Intent: in.Intent,
		Network: in.Network, Author: in.Author, Authors: authors, Text: in.Text, From: in.From, Until: in.Until, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items, err := mentionsOf(ctx, s.DB, views)
	if err != nil {
		return nil, err
	}
	return page(items, next), nil
}
