package alerts

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/alerts/reason"
	"github.com/groundswell/groundswell/post"
)

// A RuleKind is what a rule looks for.
type RuleKind string

// The kinds of rules on mentions.
const (
	InfluentialAuthor RuleKind = "influential_author" // followers or reach
	KnownContact      RuleKind = "contact"            // the author is a contact
	OpenOpportunity   RuleKind = "opportunity"        // … with whom, or whose account, a sale may come about
	PurchaseIntent    RuleKind = "purchase"           // the author wants to buy
	Keyword           RuleKind = "keyword"            // a query
	NegativeReach     RuleKind = "negative_reach"     // negative, and many may have seen it
)

// A MentionRule says which mentions of a monitor alert by themselves.
type MentionRule struct {
	ID          string // a ULID
	MonitorID   string
	Name        string // unique in its monitor
	Kind        RuleKind
	Followers   int64         // of the author, at least; 0: not asked for
	Reach       int64         // of the post, at least; 0: not asked for
	Polarity    post.Polarity // of the mention; empty: any
	Query       string        // docs/queries.md
	MostPerHour int           // told one by one; what comes above is told together
	Enabled     bool
	Version     int64
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Said is what rules need to know of one mention.
type Said struct {
	MonitorID string
	AuthorID  string
	Mention   notify.Mention
	Relation  Relation
	Queries   []string // ids of the keyword rules whose query the post matches
}

// A Relation is how the company stands with an author.
type Relation string

// The relations.
const (
	Stranger     Relation = ""
	Acquaintance Relation = "contact"
	Customer     Relation = "customer"
	Negotiating  Relation = "opportunity" // an opportunity with them or their account is open
)

const (
	maxRuleName    = 100
	mostPerHour    = 60
	usualPerHour   = 10
	rulesOfMonitor = 100
)

// ruleKinds is the registry: what a kind demands of a rule, and when a mention meets it, and why.
var ruleKinds = map[RuleKind]struct {
	check func(r *MentionRule) error
	meets func(r *MentionRule, s *Said) (why reason.Reason, ok bool)
}{
	InfluentialAuthor: {func(r *MentionRule) error {
		if r.Followers <= 0 && r.Reach <= 0 {
			return invalid("followers", "want from how many followers, or from which reach, an author is influential")
		}
		return nil
	}, func(r *MentionRule, s *Said) (reason.Reason, bool) {
		switch m := &s.Mention; {
		case r.Followers > 0 && m.Followers >= r.Followers:
			return reason.Of(reason.Followers, float64(m.Followers)), true
		case r.Reach > 0 && m.Reach >= r.Reach:
			return reason.Of(reason.MayHaveSeen, float64(m.Reach)), true
		}
		return reason.Reason{}, false
	}},
	KnownContact: {nil, func(_ *MentionRule, s *Said) (reason.Reason, bool) {
		return reason.Of(reason.Contact).With(s.Mention.Contact), s.Relation != Stranger
	}},
	OpenOpportunity: {nil, func(_ *MentionRule, s *Said) (reason.Reason, bool) {
		return reason.Of(reason.Opportunity).With(s.Mention.Contact), s.Relation == Negotiating
	}},
	PurchaseIntent: {nil, func(_ *MentionRule, s *Said) (reason.Reason, bool) {
		return reason.Of(reason.WantsToBuy), s.Mention.Intent == string(post.IntentPurchase)
	}},
	Keyword: {func(r *MentionRule) error {
		if strings.TrimSpace(r.Query) == "" {
			return invalid("query", "want what to look for, such as recall OR rückruf")
		}
		return nil
	}, func(r *MentionRule, s *Said) (reason.Reason, bool) {
		return reason.Of(reason.Matches).With(r.Query), slices.Contains(s.Queries, r.ID)
	}},
	NegativeReach: {func(r *MentionRule) error {
		if r.Reach <= 0 {
			return invalid("reach", "want from which reach a negative post alerts")
		}
		return nil
	}, func(r *MentionRule, s *Said) (reason.Reason, bool) {
		return reason.Of(reason.NegativeSeen, float64(s.Mention.Reach)),
			s.Mention.Polarity == string(post.Negative) && s.Mention.Reach >= r.Reach
	}},
}

// RuleKinds lists the kinds of rules.
func RuleKinds() []RuleKind { return slices.Sorted(maps.Keys(ruleKinds)) }

// Validate checks a rule that is to be saved, fills in what was left out and takes out what its
// kind does not ask for. That the query can be read the caller knows.
func (r *MentionRule) Validate() error {
	kind, ok := ruleKinds[r.Kind]
	if r.MostPerHour == 0 {
		r.MostPerHour = usualPerHour
	}
	switch {
	case strings.TrimSpace(r.Name) != r.Name || r.Name == "":
		return invalid("name", "want a name without blanks at its ends")
	case utf8.RuneCountInString(r.Name) > maxRuleName || strings.ContainsFunc(r.Name, unicode.IsControl):
		return invalid("name", "want at most %d characters on one line", maxRuleName)
	case !ok:
		return invalid("kind", "%q: want one of %v", r.Kind, RuleKinds())
	case r.Followers < 0:
		return invalid("followers", "want 0 or more")
	case r.Reach < 0:
		return invalid("reach", "want 0 or more")
	case r.MostPerHour < 1 || r.MostPerHour > mostPerHour:
		return invalid("most_per_hour", "want 1 to %d", mostPerHour)
	case !slices.Contains([]post.Polarity{"", post.Negative, post.Neutral, post.Positive}, r.Polarity):
		return invalid("polarity", "%q: want negative, neutral or positive, or nothing for any", r.Polarity)
	}
	if r.Kind != Keyword {
		r.Query = ""
	}
	if r.Kind != InfluentialAuthor {
		r.Followers = 0
	}
	if r.Kind != InfluentialAuthor && r.Kind != NegativeReach {
		r.Reach = 0
	}
	if r.Kind == NegativeReach {
		r.Polarity = ""
	}
	if kind.check == nil {
		return nil
	}
	return kind.check(r)
}

// meets says whether a mention meets the rule, and why.
func (r *MentionRule) meets(s *Said) (why reason.Reason, ok bool) {
	kind, known := ruleKinds[r.Kind]
	if !known || !r.Enabled || r.MonitorID != s.MonitorID || r.Polarity != "" && string(r.Polarity) != s.Mention.Polarity {
		return reason.Reason{}, false
	}
	return kind.meets(r, s)
}

// AlertOf makes the one alert of a mention that meets at least one of the rules: it is told by the
// first, with the reasons of all.
func AlertOf(rules []MentionRule, s *Said, now time.Time) (a MentionAlert, ok bool) {
	for n := range rules {
		r := &rules[n]
		why, met := r.meets(s)
		if !met {
			continue
		}
		if !ok {
			a = MentionAlert{ID: newID(now), PostID: s.Mention.PostID, MonitorID: s.MonitorID, RuleID: r.ID, Kind: r.Kind, AuthorID: s.AuthorID,
				Mention: s.Mention, PostedAt: s.Mention.PostedAt, CreatedAt: now}
			a.Mention.Tidy()
		}
		why.Rule = r.Name
		a.Reasons, ok = append(a.Reasons, why), true
	}
	return a, ok
}
