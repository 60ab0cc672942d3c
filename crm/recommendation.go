package crm

import (
	"slices"
	"strings"

	"github.com/groundswell/groundswell/post"
)

// A Recommendation is what people made of a post that recommends the brand: a lead, a request for a
// reference, or nothing.
type Recommendation struct {
	Meta
	PostID     string `json:"post_id"` // empty: it was taken back
	AuthorID   string `json:"author_id"`
	CampaignID string `json:"campaign_id"` // one of whose monitors heard it; empty: none
	ContactID  string `json:"contact_id"`  // who recommends; empty: no contact
	LeadID     string `json:"lead_id"`     // that it became; of a reference, where they are no contact
	TaskID     string `json:"task_id"`     // of a reference: to ask for it
	Became     string `json:"became"`      // lead, reference, nothing
	State      string `json:"state"`       // of a reference: open, asked, given, declined
	Note       string `json:"note"`
}

// What a recommendation becomes.
const (
	BecameLead      = "lead"
	BecameReference = "reference"
	BecameNothing   = "nothing"
)

// RecommendationEnds are what a recommendation may become.
var RecommendationEnds = []string{BecameLead, BecameReference, BecameNothing}

// States of a reference. A person asks for it, and says what came of it.
const (
	ReferenceOpen     = "open"
	ReferenceAsked    = "asked"
	ReferenceGiven    = "given"
	ReferenceDeclined = "declined"
)

// ReferenceStates are all there are, in their order.
var ReferenceStates = []string{ReferenceOpen, ReferenceAsked, ReferenceGiven, ReferenceDeclined}

// RuleRecommendation is the rule of leads that a person makes of recommendations.
const RuleRecommendation = "recommendation"

func (r *Recommendation) check() error {
	r.Note = tidy(r.Note)
	if !slices.Contains(RecommendationEnds, r.Became) {
		return invalid("became", "%q: want one of %s", r.Became, strings.Join(RecommendationEnds, ", "))
	}
	return checkText("note", r.Note, maxReason)
}

// Answer notes how far a reference is.
func (r *Recommendation) Answer(state string) error {
	switch {
	case r.Became != BecameReference:
		return invalid("state", "it became a %s: only a reference is asked for", r.Became)
	case !slices.Contains(ReferenceStates, state):
		return invalid("state", "%q: want one of %s", state, strings.Join(ReferenceStates, ", "))
	}
	r.State = state
	return nil
}

// SuggestedEnd is what a recommendation is suggested to become: who buys already is asked for a
// reference, and anybody else may buy.
func SuggestedEnd(rel Relation) string {
	if rel.Customer {
		return BecameReference
	}
	return BecameLead
}

// WaitingRecommendations is an SQL condition that holds for the mentions m, of posts p by authors a,
// that recommend the brand and of which nothing was made yet, each post once. It is for those who list
// what authors said.
const WaitingRecommendations = `m.intent = '` + string(post.IntentRecommendation) + `' AND p.kind <> 'share' AND NOT COALESCE(a.bot, false)
	AND NOT EXISTS (SELECT 1 FROM recommendations r WHERE r.post_id = m.post_id)
	AND NOT EXISTS (SELECT 1 FROM mentions o WHERE o.post_id = m.post_id AND o.intent = m.intent AND o.monitor_id < m.monitor_id)`
