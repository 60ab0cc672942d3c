package crm

import (
	"fmt"
	"strings"
	"time"
)

// A Rating is how well a lead fits the ideal customer, and how interested it is, with the reasons.
type Rating struct {
	Grade     string            `json:"grade"`   // A to F; empty: too little is known
	Fit       float64           `json:"fit"`     // 0 to 1
	Profile   string            `json:"profile"` // name of the ideal customer it fits best; empty: there is none
	ProfileID string            `json:"profile_id"`
	Criteria  []CriterionResult `json:"criteria"` // one a criterion of that profile
	Score     int64             `json:"score"`    // 0 to 100
	Trend     string            `json:"trend"`    // improving, steady, declining, not-enough
	Interest  []Interest        `json:"interest"` // what the score is made of, the most first
	Priority  int64             `json:"priority"` // 0 to 1,000: the place in the queue
	RatedAt   time.Time         `json:"rated_at,omitzero"`
}

// priority joins fit and interest, each for one half: 500·fit + 5·score. A fit that is not known
// counts as one half of the best.
func priority(fit float64, graded bool, score int64) int64 {
	if !graded {
		fit = 0.5
	}
	return int64(500*fit+0.5) + 5*score
}

// Reason is why a lead stands where it stands in the queue, in one line.
func (r *Rating) Reason() string {
	var parts []string
	switch {
	case r.Profile == "":
		parts = append(parts, "no ideal customer is described")
	case r.Grade == "":
		parts = append(parts, "too little is known for a grade")
	default:
		parts = append(parts, fmt.Sprintf("grade %s as %s", r.Grade, r.Profile)+r.outcomes())
	}
	score := fmt.Sprintf("score %d", r.Score)
	if r.Trend != TrendNotEnough && r.Trend != "" {
		score += ", " + r.Trend
	}
	var from []string
	for _, i := range r.Interest[:min(2, len(r.Interest))] {
		from = append(from, signWords(i.Count, i.Kind))
	}
	if len(from) > 0 {
		score += ": " + strings.Join(from, ", ")
	}
	return strings.Join(append(parts, score), "; ")
}

// signPlurals are the kinds of signs of which there are several.
var signPlurals = map[string]string{SignMention: "mentions", SignForm: "forms", SignTouch: "touches", "campaign-response": "campaign responses",
	"e-mail": "e-mails", "call": "calls", "meeting": "meetings", "note": "notes", "task": "tasks"}

// signWords is how many signs of a kind there are, as people say it.
func signWords(n int, kind string) string {
	word := kind
	if many, ok := signPlurals[kind]; ok && n != 1 {
		word = many
	} else if kind == "campaign-response" {
		word = "campaign response"
	}
	return fmt.Sprintf("%d %s", n, word)
}

// outcomes counts the criteria by how they came out.
func (r *Rating) outcomes() string {
	var met, failed, unknown int
	for _, c := range r.Criteria {
		switch c.Outcome {
		case CriterionMet:
			met++
		case CriterionFailed:
			failed++
		default:
			unknown++
		}
	}
	return fmt.Sprintf(" (%d met, %d not, %d unknown)", met, failed, unknown)
}
