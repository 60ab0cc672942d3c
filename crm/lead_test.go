package crm_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/post"
)

func TestLeadFromMention(t *testing.T) {
	base := func() crm.HeardMention {
		return crm.HeardMention{
			Post:    &post.Post{Kind: post.KindPost, Text: "Which Acme drill should I buy?", Author: post.Author{Name: "Anna", Handle: "anna.example"}},
			Reading: post.Reading{Intent: post.IntentPurchase, Polarity: post.Neutral, Confidence: 0.4},
			PostID:  "p", AuthorID: "a", MonitorID: "m",
		}
	}
	lead := crm.Lead{Meta: crm.Meta{CreatedAt: noon, UpdatedAt: noon}, Milestone: crm.Unqualified, State: crm.LeadOpen, Handle: "anna.example", Topic: "Which Acme drill should I buy?", Name: "Anna", Source: "mention",
		PostID: "p", AuthorID: "a", MonitorID: "m", OpenKey: "author:a", Rule: crm.RuleNewAuthor}
	for name, c := range map[string]struct {
		change func(*crm.HeardMention)
		want   func(*crm.Lead) // nil: no lead
	}{
		"OK":       {func(*crm.HeardMention) {}, func(*crm.Lead) {}},
		"OKNoName": {func(m *crm.HeardMention) { m.Post.Author.Name = " " }, func(l *crm.Lead) { l.Name = "anna.example" }},
		"OKContact": {func(m *crm.HeardMention) {
			m.Contact = &crm.Contact{ID: "c", LastName: "M", Company: "Acme", Email: "e"}
		}, func(l *crm.Lead) {
			l.ContactID, l.Name, l.Company, l.Email, l.Rule = "c", "M", "Acme", "e", crm.RuleContact
		}},
		"OKReply":        {func(m *crm.HeardMention) { m.Post.Kind = post.KindReply }, func(*crm.Lead) {}},
		"OKMildNegative": {func(m *crm.HeardMention) { m.Reading.Polarity, m.Reading.Confidence = post.Negative, 0.6 }, func(*crm.Lead) {}},
		"OKOneLine":      {func(m *crm.HeardMention) { m.Post.Text = "buy\n\n now" }, func(l *crm.Lead) { l.Topic = "buy now" }},
		"NoSurelyNot":    {func(m *crm.HeardMention) { m.Reading.Polarity, m.Reading.Confidence = post.Negative, 0.95 }, nil},
		"NoShare":        {func(m *crm.HeardMention) { m.Post.Kind = post.KindShare }, nil},
		"NoOwn":          {func(m *crm.HeardMention) { m.Own = true }, nil},
		"NoBot":          {func(m *crm.HeardMention) { m.Post.Author.Bot = true }, nil},
		"NoComplaint":    {func(m *crm.HeardMention) { m.Reading.Intent = post.IntentComplaint }, nil},
		"NoPraise":       {func(m *crm.HeardMention) { m.Reading.Intent = post.IntentRecommendation }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			m := base()
			c.change(&m)
			got, ok := crm.LeadFromMention(m, noon)
			want := crm.Lead{}
			if c.want != nil {
				want = lead
				c.want(&want)
			}
			if diff := cmp.Diff(want, got); diff != "" || ok != (c.want != nil) {
				t.Errorf("lead %t (-want +got):\n%s", ok, diff)
			}
		})
	}
	m := base()
	m.Post.Text = strings.Repeat("üben 👍🏽 ", 500)
	got, _ := crm.LeadFromMention(m, noon)
	if n := utf8.RuneCountInString(got.Topic); n > 80 || !utf8.ValidString(got.Topic) || !strings.HasSuffix(got.Topic, "…") {
		t.Errorf("topic of %d characters: %q", n, got.Topic)
	}
}

func TestOpenLeadsOncePerAuthorAndPost(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		lead := func(author, post string) crm.Lead {
			return crm.Lead{Milestone: crm.Unqualified, Source: crm.SourceMention, AuthorID: author, PostID: post,
				OpenKey: "author:" + author, Meta: crm.Meta{CreatedAt: noon, UpdatedAt: noon}}
		}
		var first crm.Lead
		open := func(want []bool, leads ...crm.Lead) {
			t.Helper()
			update(t, db, func(tx *sqldb.Tx) error {
				got, err := crm.OpenLeads(ctx, tx, leads, by(noon))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				if want[0] {
					first = leads[0]
				}
				return err
			})
		}
		open([]bool{true, false, true}, lead("a", "p1"), lead("a", "p2"), lead("b", "p3"))
		a := first
		open([]bool{false, false}, lead("a", "p1"), lead("b", "p3"))
		move := func(id string, version int64, to crm.Milestone) (l crm.Lead, err error) {
			err = db.Update(ctx, func(tx *sqldb.Tx) error {
				m := crm.LeadMove{ID: id, Version: version, To: to}
				if to == crm.Disqualified || to == crm.Recycled {
					m.Reason = "other"
				}
				l, err = crm.MoveLead(ctx, tx, by(noon.Add(time.Hour)), m)
				return err
			})
			return l, err
		}
		closed, err := move(a.ID, a.Version, crm.Disqualified)
		if err != nil || closed.OpenKey != "" || closed.Version != 2 {
			t.Fatalf("closed lead: %+v (%v)", closed, err)
		}
		open([]bool{false}, lead("a", "p1")) // the batch is handled again
		open([]bool{true}, lead("a", "p9"))  // they ask again
		_, err = move(a.ID, 0, crm.Unqualified)
		wantErr(t, err, crm.ErrConflict)
		_, err = move(a.ID, 1, crm.Unqualified)
		wantErr(t, err, crm.ErrConflict)
		_, err = move(a.ID, 2, crm.SalesAccepted)
		wantInvalid(t, err, "milestone")
		_, err = move("nobody", 0, crm.Recycled)
		wantErr(t, err, crm.ErrNotFound)
	})
}

func TestFindLeads(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		var leads []crm.Lead
		for i := range 5 {
			leads = append(leads, crm.Lead{Milestone: []crm.Milestone{crm.Unqualified, crm.Recycled}[i%2],
				Topic: string(rune('a' + i)), ContactID: "c", Meta: crm.Meta{CreatedAt: noon.Add(time.Duration(i/2) * time.Minute)}})
		}
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := crm.OpenLeads(ctx, tx, leads, by(noon))
			return err
		})
		for want, f := range map[string]crm.LeadFilter{
			"edcba": {}, "eca": {Milestone: crm.Unqualified}, "db": {Milestone: crm.Recycled, ContactID: "c"}, "": {ContactID: "d"},
		} {
			got := ""
			for f.Limit = 2; ; {
				page, next, err := crm.FindLeads(ctx, db, crm.System(), f)
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range page {
					got += l.Topic
				}
				if f.Cursor = next; next == "" {
					break
				}
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		_, _, err := crm.FindLeads(ctx, db, crm.System(), crm.LeadFilter{Milestone: "won"})
		wantInvalid(t, err, "milestone")
		got, err := crm.LeadByID(ctx, db, crm.System(), leads[0].ID)
		if diff := cmp.Diff("a", got.Topic); diff != "" || err != nil {
			t.Errorf("lead by id: %v %s", err, diff)
		}
		_, err = crm.LeadByID(ctx, db, crm.System(), "nobody")
		wantErr(t, err, crm.ErrNotFound)
	})
}
