package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// Bounds of what is looked through for an incident: the newest posts, and the authors of the
// largest reach.
const (
	spikePosts   = 2000
	spikeVoices  = 5000
	spikeDrivers = 10
	spikeIdeas   = 200
	spikePeople  = 100
)

// HistoryEntry is one thing that happened to an incident.
type HistoryEntry struct {
	ID         string    `json:"id"`
	IncidentID string    `json:"incident_id" doc:"Another one's where that is merged into the incident."`
	At         time.Time `json:"at"`
	By         string    `json:"by" doc:"The user's name; empty: the detector."`
	Action     string    `json:"action" enum:"opened,reopened,escalated,subsided,resolved,acknowledged,assigned,unassigned,commented,silenced,unsilenced,merged,took_in,separated,labelled,unlabelled"`
	Value      string    `json:"value" doc:"The assignee, the end of the silence, the other incident, the label or the severity."`
	Text       string    `json:"text" doc:"The comment, or the detector's reasons: never to be taken for markup."`
}

// IncidentPost is a post of an incident.
type IncidentPost struct {
	Role    string  `json:"role" enum:"began,most_shared,drove" doc:"began: the first one; most_shared: of the most engagement; drove: of much engagement."`
	Mention Mention `json:"mention"`
}

// IncidentPerson is who spoke within an incident.
type IncidentPerson struct {
	Author          Author      `json:"author"`
	Contact         *ContactRef `json:"contact,omitempty"`
	Posts           int64       `json:"posts"`
	Negative        int64       `json:"negative"`
	Positive        int64       `json:"positive"`
	Recommendations int64       `json:"recommendations"`
	Helpful         int64       `json:"helpful" doc:"Positive answers to others."`
	Engagement      int64       `json:"engagement"`
	Reach           int64       `json:"reach"`
	TopPost         *Mention    `json:"top_post,omitempty" doc:"The one with the most engagement."`
	Advocacy        float64     `json:"advocacy" doc:"log10(1 + followers) + log10(1 + engagement) + 2·recommendations (3 at most) + helpful (3 at most)."`
	Proposal        string      `json:"proposal" enum:"thank,advocate," doc:"What to do about a voice of praise; empty: nothing."`
}

// IncidentIdea is a post within a spike that proposes or recommends something.
type IncidentIdea struct {
	Kind    string  `json:"kind" enum:"idea,recommendation"`
	Mention Mention `json:"mention"`
}

type historyInput struct {
	IDInput
	PageInput
}

func (s *Server) incidentDetailRoutes(tags []string) {
	op := func(id, path, summary, description string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: "/incidents/{id}/" + path, Tags: tags, Summary: summary, Description: description, Errors: []int{404}}
	}
	operate(s, needs(crm.ToRead, crm.TypeIncident), op("list-incident-history", "history", "List what happened to an incident, the newest first", "With what happened to those merged into it."), s.incidentHistory)
	operate(s, needs(crm.ToRead, crm.TypeIncident), op("list-incident-parts", "parts", "List the incidents that are merged into one", ""), s.incidentParts)
	operate(s, needs(crm.ToRead, crm.TypeIncident), op("list-incident-posts", "posts", "List the posts that began and drove an incident", "Of the newest 2,000."), s.incidentPosts)
	operate(s, needs(crm.ToRead, crm.TypeIncident), op("list-incident-people", "people", "List who spoke within an incident",
		"Contacts first; in a praise by advocacy, with what to propose to them, else by reach. Authors of its polarity, 100 at most."), s.incidentPeople)
	operate(s, needs(crm.ToRead, crm.TypeIncident), op("list-incident-ideas", "ideas", "List ideas and recommendations within an incident", "Of the newest 2,000 posts, those of the most engagement, 200 at most."), s.incidentIdeas)
}

func (s *Server) incidentHistory(ctx context.Context, in *historyInput) (*one[Page[HistoryEntry]], error) {
	entries, next, err := alerts.History(ctx, s.DB, in.ID, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	items := make([]HistoryEntry, len(entries))
	for i, e := range entries {
		items[i] = HistoryEntry{e.ID, e.IncidentID, instant(e.At), e.By, string(e.Action), e.Value, e.Text}
	}
	return page(items, next), nil
}

func (s *Server) incidentParts(ctx context.Context, in *IDInput) (*one[Page[Incident]], error) {
	if _, err := alerts.IncidentByID(ctx, s.DB, in.ID); err != nil {
		return nil, err
	}
	parts, err := alerts.Parts(ctx, s.DB, in.ID)
	if err != nil {
		return nil, err
	}
	items, err := incidentsOf(ctx, s.DB, parts)
	return page(items, ""), err
}

// spikeWindow is the time of an incident, with the hour whose posts opened it.
func (s *Server) spikeWindow(i *alerts.Incident) (from, until time.Time) {
	until = i.ResolvedAt
	if until.IsZero() {
		until = s.Now()
	}
	return i.OpenedAt.Add(-time.Hour), until.Add(time.Minute)
}

// spikePolarity is the polarity by which an incident of a kind is counted; empty: any.
func spikePolarity(kind spike.Kind) post.Polarity {
	return map[spike.Kind]post.Polarity{spike.Firestorm: post.Negative, spike.Praise: post.Positive}[kind]
}

func (s *Server) spikeMentions(ctx context.Context, id string, polarity func(spike.Kind) post.Polarity) (alerts.Incident, []listening.MentionView, error) {
	i, err := alerts.IncidentByID(ctx, s.DB, id)
	if err != nil {
		return i, nil, err
	}
	from, until := s.spikeWindow(&i)
	views, _, err := listening.FindMentions(ctx, s.DB, listening.Filter{Monitor: i.MonitorID, Polarity: string(polarity(i.Kind)), From: from, Until: until, Limit: spikePosts})
	return i, views, err
}

func (s *Server) incidentPosts(ctx context.Context, in *IDInput) (*one[Page[IncidentPost]], error) {
	i, views, err := s.spikeMentions(ctx, in.ID, spikePolarity)
	if err != nil {
		return nil, err
	}
	marked, err := listening.MentionsByPosts(ctx, s.DB, appendSome(appendSome(nil, i.Detail.First), i.Detail.Top))
	if err != nil {
		return nil, err
	}
	marked = slices.DeleteFunc(marked, func(v listening.MentionView) bool { return v.MonitorID != i.MonitorID })
	slices.SortStableFunc(views, func(a, b listening.MentionView) int {
		return cmp.Or(cmp.Compare(b.Engagement, a.Engagement), cmp.Compare(b.Reach, a.Reach))
	})
	drove := slices.DeleteFunc(views[:min(len(views), spikeDrivers+2)], func(v listening.MentionView) bool {
		return v.PostID == i.Detail.First || v.PostID == i.Detail.Top
	})
	mentions, err := mentionsOf(ctx, s.DB, append(marked, drove[:min(len(drove), spikeDrivers)]...))
	if err != nil {
		return nil, err
	}
	items := make([]IncidentPost, len(mentions))
	for n, m := range mentions {
		role := "drove"
		switch m.PostID {
		case i.Detail.First:
			role = "began"
		case i.Detail.Top:
			role = "most_shared"
		}
		items[n] = IncidentPost{role, m}
	}
	order := []string{"began", "most_shared", "drove"}
	slices.SortStableFunc(items, func(a, b IncidentPost) int {
		return cmp.Compare(slices.Index(order, a.Role), slices.Index(order, b.Role))
	})
	return page(items, ""), nil
}

func (s *Server) incidentIdeas(ctx context.Context, in *IDInput) (*one[Page[IncidentIdea]], error) {
	_, views, err := s.spikeMentions(ctx, in.ID, func(spike.Kind) post.Polarity { return "" })
	if err != nil {
		return nil, err
	}
	views = slices.DeleteFunc(views, func(v listening.MentionView) bool { return ideaKind(&v) == "" })
	slices.SortStableFunc(views, func(a, b listening.MentionView) int { return cmp.Compare(b.Engagement, a.Engagement) })
	views = views[:min(len(views), spikeIdeas)]
	mentions, err := mentionsOf(ctx, s.DB, views)
	if err != nil {
		return nil, err
	}
	items := make([]IncidentIdea, len(mentions))
	for n := range mentions {
		items[n] = IncidentIdea{ideaKind(&views[n]), mentions[n]}
	}
	return page(items, ""), nil
}

// ideaKind says whether a mention is an idea or a recommendation; what others wrote and is passed
// on is neither.
func ideaKind(v *listening.MentionView) string {
	switch {
	case v.Kind == string(post.KindShare):
		return ""
	case alerts.HasIdea(v.Text, v.Reading.Language):
		return "idea"
	case v.Reading.Intent == post.IntentRecommendation:
		return "recommendation"
	}
	return ""
}

func (s *Server) incidentPeople(ctx context.Context, in *IDInput) (*one[Page[IncidentPerson]], error) {
	i, err := alerts.IncidentByID(ctx, s.DB, in.ID)
	if err != nil {
		return nil, err
	}
	from, until := s.spikeWindow(&i)
	filter := listening.VoiceFilter{Monitors: []string{i.MonitorID}, From: from, Until: until, Polarity: spikePolarity(i.Kind), Limit: spikeVoices}
	voices, err := listening.Voices(ctx, s.DB, filter)
	if err != nil {
		return nil, err
	}
	authors := make([]string, len(voices))
	for n := range voices {
		authors[n] = voices[n].Author.ID
	}
	contacts, err := contactRefs(ctx, s.DB, authors)
	if err != nil {
		return nil, err
	}
	praise := i.Kind == spike.Praise
	slices.SortStableFunc(voices, func(a, b listening.Voice) int {
		byContact := cmp.Compare(ranked(contacts[b.Author.ID]), ranked(contacts[a.Author.ID]))
		if praise {
			return cmp.Or(byContact, cmp.Compare(advocacy(&b, contacts), advocacy(&a, contacts)))
		}
		return byContact // and by reach, as they come
	})
	voices = voices[:min(len(voices), spikePeople)]
	return s.people(ctx, filter, voices, contacts, praise)
}

func ranked(contact *ContactRef) int {
	if contact != nil {
		return 1
	}
	return 0
}

func voiceOf(v *listening.Voice, contacts map[string]*ContactRef) *alerts.Voice {
	return &alerts.Voice{Followers: v.Author.Followers, Posts: v.Posts, Negative: v.Negative, Positive: v.Positive, Recommendations: v.Recommendations,
		Helpful: v.Helpful, Engagement: v.Engagement, Contact: contacts[v.Author.ID] != nil, Bot: v.Author.Bot}
}

func advocacy(v *listening.Voice, contacts map[string]*ContactRef) float64 {
	return voiceOf(v, contacts).Advocacy()
}

// people composes voices with their best post and, in a praise, with what to propose.
func (s *Server) people(ctx context.Context, f listening.VoiceFilter, voices []listening.Voice, contacts map[string]*ContactRef, praise bool) (*one[Page[IncidentPerson]], error) {
	if err := listening.TopPosts(ctx, s.DB, f, voices); err != nil {
		return nil, err
	}
	posts := make([]string, 0, len(voices))
	for n := range voices {
		posts = appendSome(posts, voices[n].TopPost)
	}
	mentions, err := mentionOfPost(ctx, s.DB, posts)
	if err != nil {
		return nil, err
	}
	items := make([]IncidentPerson, len(voices))
	for n := range voices {
		v := &voices[n]
		items[n] = IncidentPerson{Author: authorOf(v.Author), Contact: contacts[v.Author.ID], Posts: v.Posts, Negative: v.Negative, Positive: v.Positive,
			Recommendations: v.Recommendations, Helpful: v.Helpful, Engagement: v.Engagement, Reach: v.Reach, TopPost: mentions[v.TopPost]}
		if praise {
			items[n].Advocacy, items[n].Proposal = advocacy(v, contacts), string(voiceOf(v, contacts).Proposal())
		}
	}
	return page(items, ""), nil
}
