package crm

import (
	"time"

	"github.com/groundswell/groundswell/post"
)

// Rules that suggest a lead. The lead bears the name, the audit log the sentence.
const (
	RuleNewAuthor = "purchase-intent-new"
	RuleContact   = "purchase-intent-contact"
)

var leadRules = map[string]string{
	RuleNewAuthor: "wants to buy, says so in a post of their own, and is no contact yet",
	RuleContact:   "a contact wants to buy, and says so in a post of their own",

	RuleRecommendation: "recommends us in public, and somebody decided to follow it up",
}

// LeadRules are the rules that suggest a lead, with what each says.
func LeadRules() map[string]string {
	out := make(map[string]string, len(leadRules))
	for name, text := range leadRules {
		out[name] = text
	}
	return out
}

// Longest topic taken from a post, in characters.
const maxTopic = 80

// A HeardMention is a mention as the rules for leads see it.
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

// noLead are what keeps a post from being worth a lead, in the order in which they are asked.
var noLead = []struct {
	why     string
	applies func(*HeardMention) bool
}{
	{"does not want to buy", func(m *HeardMention) bool { return m.Reading.Intent != post.IntentPurchase }},
	{"is one of our own accounts", func(m *HeardMention) bool { return m.Own }},
	{"is an automaton", func(m *HeardMention) bool { return m.Post.Author.Bot }},
	{"passes on what somebody else said", func(m *HeardMention) bool { return m.Post.Kind == post.KindShare }},
	{"is surely negative", func(m *HeardMention) bool {
		return m.Reading.Polarity == post.Negative && m.Reading.Confidence >= surelyNegative
	}},
}

// LeadFromMention says whether a mention suggests a lead, and which: the author wants to buy, says
// so in words of their own, in public or to us, and is neither an automaton nor ourselves.
func LeadFromMention(m HeardMention, now time.Time) (Lead, bool) {
	for _, not := range noLead {
		if not.applies(&m) {
			return Lead{}, false
		}
	}
	l := Lead{
		Meta:      Meta{CreatedAt: now, UpdatedAt: now},
		Milestone: Unqualified,
		State:     LeadOpen,
		Topic:     cut(m.Post.Text, maxTopic),
		Name:      cut(m.Post.Author.Name, maxName),
		Source:    SourceMention,
		PostID:    m.PostID,
		AuthorID:  m.AuthorID,
		MonitorID: m.MonitorID,
		OpenKey:   "author:" + m.AuthorID,
		Rule:      RuleNewAuthor,
		Network:   m.Post.Network,
		Handle:    cut(m.Post.Author.Handle, maxName),
	}
	if l.Name == "" {
		l.Name = cut(m.Post.Author.Handle, maxName)
	}
	if c := m.Contact; c != nil {
		l.fromContact(c)
		l.Rule = RuleContact
	}
	return l, true
}
