package crm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
)

func TestIdeaMoves(t *testing.T) {
	for name, c := range map[string]struct {
		from, to, reason string
		field            string // of the refusal; empty: it moves
	}{
		"OKShortlist":     {crm.IdeaNew, crm.IdeaShortlisted, "", ""},
		"OKChoose":        {crm.IdeaShortlisted, crm.IdeaChosen, "", ""},
		"OKReject":        {crm.IdeaNew, crm.IdeaRejected, "too dear", ""},
		"OKAgain":         {crm.IdeaRejected, crm.IdeaNew, "", ""},
		"OKThankRejected": {crm.IdeaRejected, crm.IdeaThanked, "", ""},
		"OKThankChosen":   {crm.IdeaChosen, crm.IdeaThanked, "", ""},
		"ErrChooseNew":    {crm.IdeaNew, crm.IdeaChosen, "", "status"},
		"ErrRejectChosen": {crm.IdeaChosen, crm.IdeaRejected, "no", "status"},
		"ErrNoReason":     {crm.IdeaNew, crm.IdeaRejected, " ", "reason"},
		"ErrUnknown":      {crm.IdeaNew, "lost", "", "status"},
	} {
		t.Run(name, func(t *testing.T) {
			i := crm.Idea{Status: c.from, ChosenAt: map[bool]time.Time{true: noon}[c.from == crm.IdeaChosen]}
			err := i.Move(c.to, c.reason, noon.Add(time.Hour))
			if c.field != "" {
				wantInvalid(t, err, c.field)
				return
			}
			if err != nil || i.Status != c.to || i.Reason != c.reason {
				t.Errorf("got %+v, %v", i, err)
			}
			if chosen := c.from == crm.IdeaChosen || c.to == crm.IdeaChosen; chosen == i.ChosenAt.IsZero() {
				t.Errorf("chosen at %v: a thanked idea still was", i.ChosenAt)
			}
		})
	}
}

// Likes + 2 · replies + 3 · shares; the larger figure of those told and those heard, without the
// replies that speak against it.
func TestSupport(t *testing.T) {
	for name, c := range map[string]struct {
		idea                     crm.Idea
		shares, replies, against int64
		want                     int64
	}{
		"OKNone":        {crm.Idea{}, 0, 0, 0, 0},
		"OKTold":        {crm.Idea{Likes: 10, Shares: 2, Replies: 4}, 0, 0, 0, 10 + 8 + 6},
		"OKHeard":       {crm.Idea{Likes: 1}, 3, 2, 0, 1 + 4 + 9},
		"OKLarger":      {crm.Idea{Shares: 5, Replies: 1}, 2, 3, 0, 6 + 15},
		"OKAgainst":     {crm.Idea{Likes: 1}, 0, 3, 2, 1 + 2},
		"OKAllAgainst":  {crm.Idea{Likes: 1}, 0, 2, 2, 1},
		"OKMoreAgainst": {crm.Idea{Likes: 1}, 0, 0, 4, 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := crm.SupportOf(&c.idea, c.shares, c.replies, c.against).Score; got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestThanksText(t *testing.T) {
	plain, own := crm.Campaign{Name: "Oak"}, crm.Campaign{Name: "Oak", Thanks: "Dear {name} ({handle}), {idea} is what {campaign} needed."}
	chosen := crm.Idea{Title: "Sit better", ChosenAt: noon}
	for name, c := range map[string]struct {
		campaign               *crm.Campaign
		idea                   crm.Idea
		name, handle, language string
		want                   string
	}{
		"OKEnglish":    {&plain, crm.Idea{}, "Ada", "ada", "en", "@ada Thank you for your idea for Oak!"},
		"OKGerman":     {&plain, crm.Idea{}, "Ada", "@ada", "de", "@ada Danke für deine Idee zu Oak!"},
		"OKOther":      {&plain, crm.Idea{}, "Ada", "ada", "fi", "@ada Thank you for your idea for Oak!"},
		"OKNoHandle":   {&plain, crm.Idea{}, "Ada", "", "en", "Thank you for your idea for Oak!"},
		"OKOwn":        {&own, chosen, "Ada", "ada", "de", "Dear Ada (@ada), Sit better is what Oak needed."},
		"OKNoName":     {&own, chosen, "", "ada", "en", "Dear @ada (@ada)"},
		"OKNoTemplate": {&own, chosen, "{campaign}", "x", "en", "Dear {campaign} (@x)"}, // what strangers are called is not filled in
	} {
		t.Run(name, func(t *testing.T) {
			if got := crm.ThanksText(c.campaign, &c.idea, c.name, c.handle, c.language); !strings.HasPrefix(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := crm.ThanksText(&plain, &chosen, "", "ada", "de"); !strings.HasSuffix(got, "Wir haben sie ausgewählt.") {
		t.Errorf("got %q", got)
	}
}
