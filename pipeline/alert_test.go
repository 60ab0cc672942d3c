package pipeline_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/pipeline"
	"github.com/groundswell/groundswell/post"
)

// rule makes a rule of the rig's monitor.
func (r *rig) rule(t *testing.T, rule alerts.MentionRule) alerts.MentionRule {
	t.Helper()
	rule.MonitorID, rule.Enabled = r.monitor.ID, true
	err := r.db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
		rule, err = alerts.CreateMentionRule(t.Context(), tx, rule, noon)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return rule
}

// alerted are the alerts: author, and reasons.
func (r *rig) alerted(t *testing.T) (all []string) {
	t.Helper()
	found, _, err := alerts.FindMentionAlerts(t.Context(), r.db, alerts.MentionAlertFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range found {
		all = append(all, fmt.Sprint(a.Mention.Author, " ", a.Reasons))
	}
	slices.Sort(all)
	return all
}

func TestMentionsAlertOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := newRig(t, db)
		rules, err := pipeline.NewRules(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		r.Rules = rules
		r.rule(t, alerts.MentionRule{Name: "Loud", Kind: alerts.InfluentialAuthor, Followers: 50_000})
		r.rule(t, alerts.MentionRule{Name: "Ours", Kind: alerts.KnownContact})
		r.rule(t, alerts.MentionRule{Name: "Buyers", Kind: alerts.PurchaseIntent})
		r.rule(t, alerts.MentionRule{Name: "Danger", Kind: alerts.Keyword, Query: `burns OR "on fire"`})
		r.rule(t, alerts.MentionRule{Name: "Seen", Kind: alerts.NegativeReach, Reach: 1000})
		if err := rules.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		loud := said("1", "loud.example", "acme is terrible, I hate it")
		loud.Post.Author.Followers = 123_456
		loud.Post.URL = "javascript:alert(1)"
		old := said("2", "old.example", "acme burns")
		old.Post.PostedAt = noon.Add(-3 * time.Hour)
		edited := said("6", "ed.example", "acme burns, and so do I")
		edited.Type, edited.Post.EditedAt = post.Edit, noon.Add(time.Minute)
		batch := []post.Event{loud, old,
			said("3", "anna.example", "I want to buy the new acme drill, where can I order?"),
			said("4", "fire.example", "my acme is on fire"), said("5", "calm.example", "acme opens at nine"), said("6", "ed.example", "acme again"), edited}
		want := []string{
			"anna.example [Ours: the author is a contact: Anna Vogt Buyers: the author wants to buy]",
			"fire.example [Danger: it matches burns OR \"on fire\"]",
			"loud.example [Loud: the author has 123,456 followers Seen: it is negative, and up to 123,456 people may have seen it]",
		}
		for range 3 { // a batch that is handled again alerts nobody again
			if err := r.Handle(t.Context(), batch); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, r.alerted(t)); diff != "" {
				t.Fatal(diff)
			}
		}
		found, _, err := alerts.FindMentionAlerts(t.Context(), db, alerts.MentionAlertFilter{})
		if err != nil || !slices.ContainsFunc(found, func(a alerts.MentionAlert) bool { return a.Mention.Author == "loud.example" && a.Mention.URL == "" }) {
			t.Errorf("%v: an address that is none of the web stays out", err)
		}
		if n := r.counter(t, "groundswell_mention_alerts_total"); n != 1 { // of the first kind by name, which is contact
			t.Errorf("counted %v alerts on contacts", n)
		}
		// What is taken back on its network is not told any more.
		gone := []post.Event{{Type: post.Delete, Post: post.Post{Network: "bluesky", ID: "4"}},
			{Type: post.AuthorGone, Post: post.Post{Network: "bluesky", Author: post.Author{ID: "did:loud.example"}}}}
		if err := r.Handle(t.Context(), gone); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want[:1], r.alerted(t)); diff != "" {
			t.Error(diff)
		}
	})
}

// customers knows more of contacts than that they are some.
type customers struct{}

func (customers) Relations(_ context.Context, _ sqldb.Querier, contactIDs []string) (map[string]alerts.Relation, error) {
	return map[string]alerts.Relation{}, nil // none of them is to alert
}

func TestRelationsAreAsked(t *testing.T) {
	r := newRig(t, open(t))
	rules, err := pipeline.NewRules(t.Context(), r.db)
	if err != nil {
		t.Fatal(err)
	}
	r.Rules, r.Relations = rules, customers{}
	r.rule(t, alerts.MentionRule{Name: "Ours", Kind: alerts.KnownContact})
	if err := rules.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.Handle(t.Context(), []post.Event{said("1", "anna.example", "hello acme")}); err != nil {
		t.Fatal(err)
	}
	if got := r.alerted(t); len(got) != 0 {
		t.Errorf("alerted %v, though no relation does", got)
	}
}

// A customer with an open opportunity alerts by a rule of its own.
func TestOpenOpportunityAlerts(t *testing.T) {
	r := newRig(t, open(t))
	rules, err := pipeline.NewRules(t.Context(), r.db)
	if err != nil {
		t.Fatal(err)
	}
	r.Rules = rules
	r.rule(t, alerts.MentionRule{Name: "Deals", Kind: alerts.OpenOpportunity})
	if err := rules.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.Handle(t.Context(), []post.Event{said("1", "anna.example", "hello acme")}); err != nil {
		t.Fatal(err)
	}
	if got := r.alerted(t); len(got) != 0 {
		t.Fatalf("alerted %v without an opportunity", got)
	}
	if err := r.db.Update(t.Context(), func(tx *sqldb.Tx) error {
		contacts, _, err := crm.FindContacts(t.Context(), tx, crm.System(), crm.ContactFilter{Limit: 10})
		if err != nil {
			return err
		}
		for _, c := range contacts {
			if _, err := crm.CreateOpportunity(t.Context(), tx, crm.Change{By: "anna", At: r.Now(), Access: crm.System()}, crm.Opportunity{Name: "A sale", ContactID: c.ID}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := r.Handle(t.Context(), []post.Event{said("2", "anna.example", "hello again acme")}); err != nil {
		t.Fatal(err)
	}
	if got := r.alerted(t); len(got) != 1 {
		t.Errorf("alerted %v, want the mention of a contact whose opportunity is open", got)
	}
}

func open(t *testing.T) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), "sqlite:"+t.TempDir()+"/test.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
