package crm

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// ScoreRules say what a sign of interest is worth, and how fast it fades.
type ScoreRules struct {
	Saved
	Kinds []ScoreRule `json:"kinds"`
}

// A ScoreRule is what a kind of sign is worth when it is new, and after how long it is worth half.
type ScoreRule struct {
	Kind         string  `json:"kind"` // mention, form, touch, or a kind of activity
	Points       float64 `json:"points"`
	HalfLifeDays float64 `json:"half_life_days"`
}

// Signs of interest beside the kinds of activities.
const (
	SignMention = "mention" // the post in which they say that they want to buy
	SignForm    = "form"    // they filled in a form
	SignTouch   = "touch"   // another post of theirs
)

// Trends of a score.
const (
	TrendImproving = "improving"
	TrendSteady    = "steady"
	TrendDeclining = "declining"
	TrendNotEnough = "not-enough"
)

const (
	trendSpan     = 7 * 24 * time.Hour   // the score is compared with the one so long ago
	trendChange   = 0.2                  // and is steady up to this part of change
	trendSigns    = 2                    // fewer signs say nothing about where it goes
	scoreSpan     = 180 * 24 * time.Hour // older signs are worth next to nothing
	scoreCurve    = 50                   // points that make a score of 63
	ratedEvery    = 24 * time.Hour
	maxScorePoint = 1000
)

// DefaultScoreRules are the rules until somebody saves others.
func DefaultScoreRules() ScoreRules {
	return ScoreRules{Saved: Saved{Version: 1}, Kinds: []ScoreRule{
		{SignMention, 25, 14}, {SignForm, 30, 14}, {SignTouch, 4, 7}, {"campaign-response", 12, 14},
		{"e-mail", 8, 14}, {"call", 15, 21}, {"meeting", 30, 30}, {"note", 0, 14}, {"task", 0, 14},
	}}
}

// Check says which rule cannot be taken.
func (s *ScoreRules) Check() error {
	known := append([]string{SignMention, SignForm, SignTouch}, ActivityKinds...)
	seen := map[string]bool{}
	for i, k := range s.Kinds {
		at := fmt.Sprintf("kinds[%d]", i)
		switch {
		case !slices.Contains(known, k.Kind):
			return invalid(at+".kind", "%q: want one of %v", k.Kind, known)
		case seen[k.Kind]:
			return invalid(at+".kind", "%q stands in an earlier rule, too", k.Kind)
		case math.IsNaN(k.Points) || k.Points < -maxScorePoint || k.Points > maxScorePoint:
			return invalid(at+".points", "is %v: want -%d to %d", k.Points, maxScorePoint, maxScorePoint)
		case math.IsNaN(k.HalfLifeDays) || k.HalfLifeDays < 0.1 || k.HalfLifeDays > 3650:
			return invalid(at+".half_life_days", "is %v: want 0.1 to 3650", k.HalfLifeDays)
		}
		seen[k.Kind] = true
	}
	return nil
}

// A Sign is something that shows interest.
type Sign struct {
	Kind string
	At   time.Time
}

// An Interest is what the signs of a kind add to a score.
type Interest struct {
	Kind   string    `json:"kind"`
	Count  int       `json:"count"`
	Points float64   `json:"points"` // as of now
	Last   time.Time `json:"last"`
}

// Score is the interest that signs show at a time: the points of each, halved with every half-life
// since, added up to P and brought between 0 and 100 by 100·(1 − e^(−P/50)).
func (s *ScoreRules) Score(signs []Sign, now time.Time) (score int64, from []Interest) {
	points := 0.0
	for _, rule := range s.Kinds {
		in := Interest{Kind: rule.Kind}
		for _, sign := range signs {
			if sign.Kind != rule.Kind || sign.At.After(now) {
				continue
			}
			in.Count++
			in.Points += rule.at(sign, now)
			if sign.At.After(in.Last) {
				in.Last = sign.At
			}
		}
		if in.Count > 0 && rule.Points != 0 {
			points += in.Points
			in.Points = math.Round(in.Points*10) / 10
			from = append(from, in)
		}
	}
	slices.SortStableFunc(from, func(a, b Interest) int { return int(math.Copysign(1, b.Points-a.Points)) })
	return int64(math.Round(100 * (1 - math.Exp(-max(points, 0)/scoreCurve)))), from
}

func (r *ScoreRule) at(sign Sign, now time.Time) float64 {
	return r.Points * math.Exp2(-now.Sub(sign.At).Hours()/24/r.HalfLifeDays)
}

func (s *ScoreRules) points(signs []Sign, now time.Time) (sum float64, counted int) {
	for _, rule := range s.Kinds {
		for _, sign := range signs {
			if sign.Kind == rule.Kind && rule.Points != 0 && !sign.At.After(now) {
				sum += rule.at(sign, now)
				counted++
			}
		}
	}
	return sum, counted
}

// Trend says where a score goes: the points of now against those of seven days ago, which may differ
// by a fifth and count as steady. Of a lead that has shown fewer than two signs, or none seven days
// ago, nothing is said.
func (s *ScoreRules) Trend(signs []Sign, now time.Time) string {
	is, counted := s.points(signs, now)
	was, before := s.points(signs, now.Add(-trendSpan))
	switch {
	case counted < trendSigns || before == 0:
		return TrendNotEnough
	case is > was*(1+trendChange):
		return TrendImproving
	case is < was*(1-trendChange):
		return TrendDeclining
	}
	return TrendSteady
}
