package crm

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/post"
)

// A Milestone is how far a lead has come.
type Milestone string

// The milestones.
const (
	Unqualified        Milestone = "unqualified"
	MarketingQualified Milestone = "marketing-qualified"
	SalesQualified     Milestone = "sales-qualified"
	SalesAccepted      Milestone = "sales-accepted"
	Disqualified       Milestone = "disqualified"
	Recycled           Milestone = "recycled"
)

// nextMilestones is the order of the milestones, as data.
var nextMilestones = map[Milestone][]Milestone{
	Unqualified:        {MarketingQualified, Disqualified, Recycled},
	MarketingQualified: {SalesQualified, Disqualified, Recycled},
	SalesQualified:     {SalesAccepted, Disqualified, Recycled},
	SalesAccepted:      {},
	Disqualified:       {Unqualified},
	Recycled:           {Unqualified, MarketingQualified, Disqualified},
}

// Next lists where a lead can go from here.
func (m Milestone) Next() []Milestone { return slices.Clone(nextMilestones[m]) }

// Open says that somebody still works on the lead.
func (m Milestone) Open() bool {
	return m == Unqualified || m == MarketingQualified || m == SalesQualified
}

// ParseMilestone reads a milestone's name.
func ParseMilestone(s string) (Milestone, error) {
	if _, ok := nextMilestones[Milestone(s)]; ok {
		return Milestone(s), nil
	}
	return "", invalid("milestone", "%q is not one of unqualified, marketing-qualified, sales-qualified, sales-accepted, disqualified, recycled", s)
}

// Move says whether a lead can go to a milestone from here, and what would be possible.
func (m Milestone) Move(to Milestone) error {
	if _, err := ParseMilestone(string(to)); err != nil {
		return err
	}
	next := nextMilestones[m]
	if slices.Contains(next, to) {
		return nil
	}
	if len(next) == 0 {
		return invalid("milestone", "a lead that is %s stays so: it cannot become %s", m, to)
	}
	names := make([]string, len(next))
	for i, n := range next {
		names[i] = string(n)
	}
	return invalid("milestone", "a lead that is %s cannot become %s: want %s", m, to, strings.Join(names, " or "))
}

// A Lead is a person who may buy.
type Lead struct {
	ID        string
	Milestone Milestone
	Topic     string // what they want, in a few words
	Name      string
	Company   string
	Email     string
	ContactID string // empty when they are no contact
	Source    string // mention, campaign, import, form, hand
	PostID    string // the post it came from, for source mention
	AuthorID  string
	MonitorID string
	OpenKey   string // there is one open lead for it; empty: any number
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// SourceMention is the source of leads that a post opened.
const SourceMention = "mention"

// Longest topic taken from a post, in characters.
const maxTopic = 80

// A HeardMention is a mention as the rule for leads sees it.
type HeardMention struct {
	Post      *post.Post
	Reading   post.Reading
	PostID    string
	AuthorID  string
	MonitorID string
	Contact   *Contact // whom the author is linked to; nil when unknown
	Own       bool     // the author is one of the company's own accounts
}

// surelyNegative is the confidence from which a negative post is no wish to buy, whatever words
// it uses: "never buy from them".
const surelyNegative = 0.9

// LeadFromMention says whether a mention opens a lead, and which: the author wants to buy, says so
// in words of their own, in public or to us, and is neither an automaton nor ourselves.
func LeadFromMention(m HeardMention, now time.Time) (Lead, bool) {
	switch {
	case m.Reading.Intent != post.IntentPurchase, m.Own, m.Post.Author.Bot, m.Post.Kind == post.KindShare,
		m.Reading.Polarity == post.Negative && m.Reading.Confidence >= surelyNegative:
		return Lead{}, false
	}
	l := Lead{
		Milestone: Unqualified,
		Topic:     cut(m.Post.Text, maxTopic),
		Name:      cut(m.Post.Author.Name, maxName),
		Source:    SourceMention,
		PostID:    m.PostID,
		AuthorID:  m.AuthorID,
		MonitorID: m.MonitorID,
		OpenKey:   "author:" + m.AuthorID,
		CreatedAt: now,
		UpdatedAt: now,
	}
	if l.Name == "" {
		l.Name = cut(m.Post.Author.Handle, maxName)
	}
	if c := m.Contact; c != nil {
		l.ContactID, l.Name, l.Company, l.Email = c.ID, c.Name(), c.Company, c.Email
	}
	return l, true
}

// move applies a milestone to a lead and says what key it holds open from then on.
func (l *Lead) move(to Milestone, now time.Time) error {
	if err := l.Milestone.Move(to); err != nil {
		return fmt.Errorf("move lead %s: %w", l.ID, err)
	}
	l.Milestone, l.UpdatedAt = to, now
	l.Version++
	l.OpenKey = ""
	if to.Open() && l.Source == SourceMention && l.AuthorID != "" {
		l.OpenKey = "author:" + l.AuthorID
	}
	return nil
}
