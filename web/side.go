package web

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// SidePerson is an advocate or a critic.
type SidePerson struct {
	Author          Author      `json:"author"`
	Contact         *ContactRef `json:"contact,omitempty" doc:"Whom the author is, when a link to a contact is confirmed."`
	Standing        float64     `json:"standing" doc:"What they do for the brand, or against it, times the part of what they said that is on this side; docs/campaigns.md"`
	Posts           int64       `json:"posts"`
	Positive        int64       `json:"positive"`
	Negative        int64       `json:"negative"`
	Recommendations int64       `json:"recommendations"`
	Complaints      int64       `json:"complaints"`
	Helpful         int64       `json:"helpful" doc:"Positive answers to others."`
	Engagement      int64       `json:"engagement"`
	Reach           int64       `json:"reach" doc:"Of the post that most may have seen."`
	TopPost         *Mention    `json:"top_post,omitempty" doc:"With the most engagement, of those on this side."`
}

// ranked at most, and shown at most.
const (
	sideVoices = 5000
	sideShown  = 200
)

type sideInput struct {
	IDInput
	Side  string    `query:"side" enum:"advocates,critics" default:"advocates"`
	From  time.Time `query:"from" doc:"90 days before until, or the campaign's beginning, when it is left out."`
	Until time.Time `query:"until" doc:"Now, or the campaign's end, when it is left out."`
	Limit int       `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (s *Server) sideRoutes() {
	operate(s, needs(crm.ToRead, crm.TypeMention), getting("monitors", "list-monitor-people", "/monitors/{id}/people", "Advocates or critics among those whom a monitor heard, ranked"), s.monitorPeople)
	operate(s, needs(crm.ToRead, crm.TypeMention), getting("campaigns", "list-campaign-people", "/campaigns/{id}/people", "Advocates or critics among those whom the monitors of a campaign heard, ranked"), s.campaignPeople)
}

func (s *Server) monitorPeople(ctx context.Context, in *sideInput) (*one[Page[SidePerson]], error) {
	if _, err := listening.MonitorByID(ctx, s.DB, in.ID); err != nil {
		return nil, err
	}
	return s.sidePeople(ctx, in, []string{in.ID})
}

func (s *Server) campaignPeople(ctx context.Context, in *sideInput) (*one[Page[SidePerson]], error) {
	c, err := crm.CampaignByID(ctx, s.DB, accessFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	if in.From.IsZero() {
		in.From = c.StartsAt
	}
	if in.Until.IsZero() && !c.EndsAt.IsZero() && c.EndsAt.Before(s.Now()) {
		in.Until = c.EndsAt.Add(time.Millisecond)
	}
	if len(c.MonitorIDs) == 0 {
		return page[SidePerson](nil, ""), nil
	}
	return s.sidePeople(ctx, in, c.MonitorIDs)
}

// sidePeople ranks those who stand on a side, of the 5,000 with the most posts on it.
func (s *Server) sidePeople(ctx context.Context, in *sideInput, monitors []string) (*one[Page[SidePerson]], error) {
	from, until, err := s.span(&FeedbackInput{From: in.From, Until: in.Until})
	if err != nil {
		return nil, err
	}
	side, leaning := alerts.Side(in.Side), post.Positive
	if side == alerts.Critics {
		leaning = post.Negative
	}
	f := listening.VoiceFilter{Monitors: monitors, From: from, Until: until, Leaning: leaning, Limit: sideVoices}
	voices, err := listening.Voices(ctx, s.DB, f)
	if err != nil {
		return nil, err
	}
	standing := make(map[string]float64, len(voices))
	for i := range voices {
		standing[voices[i].Author.ID] = voiceOf(&voices[i], nil).Standing(side)
	}
	voices = slices.DeleteFunc(voices, func(v listening.Voice) bool { return standing[v.Author.ID] == 0 })
	slices.SortFunc(voices, func(a, b listening.Voice) int {
		return cmp.Or(cmp.Compare(standing[b.Author.ID], standing[a.Author.ID]), strings.Compare(a.Author.ID, b.Author.ID))
	})
	voices = voices[:min(len(voices), in.Limit, sideShown)]
	return s.sideOf(ctx, f, voices, standing)
}

// sideOf composes people with their contacts and best posts.
func (s *Server) sideOf(ctx context.Context, f listening.VoiceFilter, voices []listening.Voice, standing map[string]float64) (*one[Page[SidePerson]], error) {
	if err := listening.TopPosts(ctx, s.DB, f, voices); err != nil {
		return nil, err
	}
	var authors, posts []string
	for i := range voices {
		authors, posts = append(authors, voices[i].Author.ID), appendSome(posts, voices[i].TopPost)
	}
	contacts, err := contactRefs(ctx, s.DB, authors)
	if err != nil {
		return nil, err
	}
	mentions, err := mentionOfPost(ctx, s.DB, posts)
	if err != nil {
		return nil, err
	}
	items := make([]SidePerson, len(voices))
	for i, v := range voices {
		items[i] = SidePerson{Author: authorOf(v.Author), Contact: contacts[v.Author.ID], Standing: math.Round(standing[v.Author.ID]*100) / 100, Posts: v.Posts, Positive: v.Positive,
			Negative: v.Negative, Recommendations: v.Recommendations, Complaints: v.Complaints, Helpful: v.Helpful, Engagement: v.Engagement, Reach: v.Reach, TopPost: mentions[v.TopPost]}
	}
	return page(items, ""), nil
}
