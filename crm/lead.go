package crm

import (
	"fmt"
	"slices"
	"strings"
	"time"
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
	ID        string    `json:"id"`
	Milestone Milestone `json:"milestone"`
	Topic     string    `json:"topic"` // what they want, in a few words
	Name      string    `json:"name"`
	Company   string    `json:"company"`
	Email     string    `json:"email"`
	ContactID string    `json:"contact_id"` // empty when they are no contact
	Source    string    `json:"source"`     // mention, campaign, import, form, hand
	PostID    string    `json:"post_id"`    // the post it came from, for source mention
	AuthorID  string    `json:"author_id"`
	MonitorID string    `json:"monitor_id"`
	OpenKey   string    `json:"open_key"` // there is one open lead for it; empty: any number
	Rule      string    `json:"rule"`     // that suggested it; empty: a person entered it
	Version   int64     `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
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
