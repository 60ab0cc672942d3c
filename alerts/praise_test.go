package alerts_test

import (
	"math"
	"testing"

	"github.com/groundswell/groundswell/alerts"
)

func TestAdvocacy(t *testing.T) {
	for name, tt := range map[string]struct {
		voice alerts.Voice
		want  float64
	}{
		"OKNobody":       {alerts.Voice{}, 0},
		"OKFollowers":    {alerts.Voice{Followers: 999}, 3},
		"OKEngagement":   {alerts.Voice{Followers: 99, Engagement: 9}, 3},
		"OKRecommends":   {alerts.Voice{Recommendations: 2}, 4},
		"OKOftenIsCut":   {alerts.Voice{Recommendations: 50, Helpful: 70}, 9},
		"OKWrongNumbers": {alerts.Voice{Followers: -5, Engagement: -1}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.voice.Advocacy(); math.Abs(got-tt.want) > 1e-9 {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestStanding(t *testing.T) {
	for name, tt := range map[string]struct {
		voice alerts.Voice
		side  alerts.Side
		want  float64
	}{
		"OKOnce":        {alerts.Voice{Followers: 999, Positive: 1}, alerts.Advocates, 3 * 2. / 3},
		"OKOften":       {alerts.Voice{Followers: 999, Positive: 8}, alerts.Advocates, 3 * 9. / 10},
		"OKMostly":      {alerts.Voice{Followers: 999, Positive: 3, Negative: 1}, alerts.Advocates, 3 * 4. / 6},
		"OKCritic":      {alerts.Voice{Followers: 99, Negative: 2, Complaints: 1}, alerts.Critics, (2 + 2 + 2) * 3. / 4},
		"OKOtherSide":   {alerts.Voice{Followers: 999, Positive: 1}, alerts.Critics, 0},
		"OKTorn":        {alerts.Voice{Followers: 999, Positive: 2, Negative: 2}, alerts.Advocates, 0},
		"OKBot":         {alerts.Voice{Followers: 999, Positive: 9, Bot: true}, alerts.Advocates, 0},
		"OKSaysNothing": {alerts.Voice{Followers: 999}, alerts.Advocates, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.voice.Standing(tt.side); math.Abs(got-tt.want) > 1e-9 {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestProposal(t *testing.T) {
	for name, tt := range map[string]struct {
		voice alerts.Voice
		want  alerts.Proposal
	}{
		"OKThank":     {alerts.Voice{Positive: 1}, alerts.Thank},
		"OKContact":   {alerts.Voice{Positive: 1, Contact: true}, alerts.Advocate},
		"OKRecommend": {alerts.Voice{Positive: 1, Recommendations: 1}, alerts.Advocate},
		"OKOften":     {alerts.Voice{Positive: 3}, alerts.Advocate},
		"OKTorn":      {alerts.Voice{Positive: 5, Negative: 1, Contact: true}, ""},
		"OKBot":       {alerts.Voice{Positive: 5, Bot: true}, ""},
		"OKNeutral":   {alerts.Voice{Posts: 5, Contact: true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.voice.Proposal(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestHasIdea(t *testing.T) {
	for name, tt := range map[string]struct {
		text, language string
		want           bool
	}{
		"OKGerman":      {"Wäre toll, wenn es den Grill auch in Grün gäbe!", "de", true},
		"OKWish":        {"Liebes Acme-Team, ich wünsche mir einen Deckel", "de", true},
		"OKEnglish":     {"It WOULD BE GREAT if the lid had a window", "en", true},
		"OKApostrophe":  {"Why don’t you sell spare parts?", "en", true},
		"NoPraise":      {"Best grill ever", "en", false},
		"NoPartOfWords": {"an ideal grill", "en", false},
		"NoLanguage":    {"would be great if", "fr", false},
		"NoWords":       {"🔥🔥", "de", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := alerts.HasIdea(tt.text, tt.language); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
