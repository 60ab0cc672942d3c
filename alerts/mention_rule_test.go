package alerts_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func TestMentionRuleValidate(t *testing.T) {
	for name, tt := range map[string]struct {
		rule alerts.MentionRule
		want string
	}{
		"OKInfluential":   {alerts.MentionRule{Name: "a", Kind: alerts.InfluentialAuthor, Reach: 1}, ""},
		"OKContact":       {alerts.MentionRule{Name: "a", Kind: alerts.KnownContact, Polarity: "negative", MostPerHour: 60}, ""},
		"ErrName":         {alerts.MentionRule{Name: " a", Kind: alerts.KnownContact}, "name: want a name without blanks"},
		"ErrLongName":     {alerts.MentionRule{Name: strings.Repeat("ü", 101), Kind: alerts.KnownContact}, "name: want at most 100 characters"},
		"ErrTwoLines":     {alerts.MentionRule{Name: "a\nb", Kind: alerts.KnownContact}, "on one line"},
		"ErrKind":         {alerts.MentionRule{Name: "a", Kind: "full_moon"}, `kind: "full_moon": want one of [contact influential_author keyword negative_reach opportunity purchase]`},
		"ErrNoFollowers":  {alerts.MentionRule{Name: "a", Kind: alerts.InfluentialAuthor}, "followers: want from how many"},
		"ErrNoReach":      {alerts.MentionRule{Name: "a", Kind: alerts.NegativeReach}, "reach: want from which reach"},
		"ErrNoQuery":      {alerts.MentionRule{Name: "a", Kind: alerts.Keyword, Query: " "}, "query: want what to look for"},
		"ErrPolarity":     {alerts.MentionRule{Name: "a", Kind: alerts.KnownContact, Polarity: "cross"}, `polarity: "cross"`},
		"ErrMost":         {alerts.MentionRule{Name: "a", Kind: alerts.KnownContact, MostPerHour: 61}, "most_per_hour: want 1 to 60"},
		"ErrNegativeMost": {alerts.MentionRule{Name: "a", Kind: alerts.KnownContact, MostPerHour: -1}, "most_per_hour: want 1 to 60"},
	} {
		t.Run(name, func(t *testing.T) {
			err := tt.rule.Validate()
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if err != nil && !errors.As(err, new(*alerts.Invalid)) {
				t.Errorf("%v names no field", err)
			}
		})
	}
}

func TestMentionRuleStore(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		rule := newRule(t, db, alerts.MentionRule{Name: "Loud", Kind: alerts.InfluentialAuthor, Followers: 9, Query: "left over"})
		if rule.Query != "" || rule.MostPerHour != 10 || rule.Version != 1 {
			t.Errorf("got %+v, want what its kind asks for", rule)
		}
		_, stamp, err := alerts.MentionRulesStamp(ctx, db)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := alerts.CreateMentionRule(ctx, tx, alerts.MentionRule{MonitorID: acme, Name: "Loud", Kind: alerts.KnownContact}, start)
			return err
		})
		if !errors.Is(err, sqldb.ErrConflict) {
			t.Errorf("got %v, want a conflict of names", err)
		}
		changed := rule
		changed.Followers, changed.MonitorID = 10, "elsewhere"
		update(t, db, func(tx *sqldb.Tx) (err error) {
			changed, err = alerts.UpdateMentionRule(ctx, tx, changed, start)
			return err
		})
		if changed.Version != 2 || changed.MonitorID != acme {
			t.Errorf("got %+v", changed)
		}
		if _, again, err := alerts.MentionRulesStamp(ctx, db); err != nil || again == stamp {
			t.Errorf("%v: the stamp is %d still", err, again)
		}
		err = db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := alerts.UpdateMentionRule(ctx, tx, rule, start) // which is of version 1
			return err
		})
		if !errors.Is(err, alerts.ErrChanged) {
			t.Errorf("got %v, want ErrChanged", err)
		}
		stored, err := alerts.MentionRuleByID(ctx, db, rule.ID)
		if diff := cmp.Diff(changed, stored); err != nil || diff != "" {
			t.Errorf("%v: %s", err, diff)
		}
		update(t, db, func(tx *sqldb.Tx) error { return alerts.DeleteMentionRule(ctx, tx, rule.ID) })
		err = db.Update(ctx, func(tx *sqldb.Tx) error { return alerts.DeleteMentionRule(ctx, tx, rule.ID) })
		if !errors.Is(err, alerts.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func newRule(t *testing.T, db *sqldb.DB, rule alerts.MentionRule) alerts.MentionRule {
	t.Helper()
	rule.MonitorID, rule.Enabled = acme, true
	update(t, db, func(tx *sqldb.Tx) (err error) {
		rule, err = alerts.CreateMentionRule(t.Context(), tx, rule, start)
		return err
	})
	return rule
}

// mentionAlerts saves n alerts of a rule, that the clock of their readers saw at a time.
func mentionAlerts(t *testing.T, db *sqldb.DB, rule alerts.MentionRule, prefix string, n int, at time.Time) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		var all []alerts.MentionAlert
		for i := range n {
			said := alerts.Said{MonitorID: acme, AuthorID: "a", Mention: notify.Mention{PostID: fmt.Sprint(prefix, i), Network: "bluesky", Author: "anna",
				Followers: 10, Reach: int64(i), Text: "acme\nsaid <b>this</b>", PostedAt: start}}
			a, ok := alerts.AlertOf([]alerts.MentionRule{rule}, &said, at)
			if !ok {
				t.Fatal("it does not meet the rule")
			}
			all = append(all, a)
		}
		fresh, err := alerts.SaveMentionAlerts(t.Context(), tx, append(all, all...))
		if len(fresh) != n {
			t.Errorf("%d of %d are new", len(fresh), n)
		}
		return err
	})
}

func newTeller(db *sqldb.DB, owner string, l *leases) *alerts.Teller {
	return &alerts.Teller{DB: db, Router: everything("crm", "mail"), BaseURL: "https://gw.example.org", Lease: l.of(owner), Logger: slog.New(slog.DiscardHandler),
		Monitors: func(context.Context) (map[string]string, error) { return map[string]string{acme: "ACME"}, nil }}
}

// outgoing are the notifications that stand in the outbox for a channel.
func outgoing(t *testing.T, db *sqldb.DB, channel string) (all []string) {
	t.Helper()
	rows, err := db.Query(t.Context(), "SELECT payload FROM deliveries WHERE channel = $1 ORDER BY id", channel)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var payload string
		if err := rows.Scan(&payload); err != nil {
			t.Fatal(err)
		}
		all = append(all, payload)
	}
	return all
}

func TestTellerTellsOnceAndSums(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		rule := newRule(t, db, alerts.MentionRule{Name: "Loud", Kind: alerts.InfluentialAuthor, Followers: 10, MostPerHour: 3})
		tell := func(owner string, at time.Duration) int {
			t.Helper()
			if err := newTeller(db, owner, &leases{}).Tell(t.Context(), start.Add(at)); err != nil {
				t.Fatal(err)
			}
			return len(outgoing(t, db, "crm"))
		}
		mentionAlerts(t, db, rule, "p", 41, start)
		for _, owner := range []string{"a", "b", "a"} { // nobody tells again what another told
			if n := tell(owner, time.Second); n != 3 {
				t.Fatalf("%d told one by one, want 3", n)
			}
		}
		first := outgoing(t, db, "crm")[0]
		for _, part := range []string{`"type":"mention"`, `"monitor":"ACME"`, `"rule":"Loud"`, `"post_id":"p0"`, `"url":"https://gw.example.org/mention-alerts?monitor=id-ACME"`,
			`the author has 10 followers`, `acme said \u003cb\u003ethis`} {
			if !strings.Contains(first, part) {
				t.Errorf("want %s in %s", part, first)
			}
		}
		if n := tell("a", 14*time.Minute); n != 3 {
			t.Errorf("%d told before the rest is told together", n)
		}
		if n := tell("a", 16*time.Minute); n != 4 {
			t.Fatalf("%d told, want the rest together", n)
		}
		summary := outgoing(t, db, "mail")[3]
		if !strings.Contains(summary, `"more":37`) || !strings.Contains(summary, "and 37 more that meet the rule Loud") || !strings.Contains(summary, `"post_id":"p40"`) {
			t.Errorf("got %s, want the most seen mention and 37 more", summary)
		}
		// An hour later there is room again; a rule that is gone tells nothing.
		mentionAlerts(t, db, rule, "q", 2, start.Add(2*time.Hour))
		if n := tell("a", 2*time.Hour); n != 6 {
			t.Errorf("%d told, want two more", n)
		}
		mentionAlerts(t, db, rule, "r", 2, start.Add(4*time.Hour))
		update(t, db, func(tx *sqldb.Tx) error { return alerts.DeleteMentionRule(t.Context(), tx, rule.ID) })
		if n := tell("a", 5*time.Hour); n != 6 {
			t.Errorf("%d told, though the rule is gone", n)
		}
		update(t, db, func(tx *sqldb.Tx) error { return alerts.ForgetPosts(t.Context(), tx, []string{"p0", "p40"}) })
		if n := len(outgoing(t, db, "crm")); n != 4 {
			t.Errorf("%d wait, though two posts are gone", n)
		}
	})
}

func TestFindMentionAlerts(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		rule := newRule(t, db, alerts.MentionRule{Name: "Loud", Kind: alerts.InfluentialAuthor, Followers: 10})
		mentionAlerts(t, db, rule, "p", 7, start)
		for name, tt := range map[string]struct {
			filter alerts.MentionAlertFilter
			want   int
		}{
			"OKAll":     {alerts.MentionAlertFilter{}, 7},
			"OKMonitor": {alerts.MentionAlertFilter{Monitor: acme}, 7},
			"OKRule":    {alerts.MentionAlertFilter{Rule: rule.ID, Monitor: acme}, 7},
			"OKNone":    {alerts.MentionAlertFilter{Rule: "' OR 1=1 --"}, 0},
		} {
			t.Run(name, func(t *testing.T) {
				f, seen := tt.filter, map[string]bool{}
				for f.Limit = 3; ; {
					page, next, err := alerts.FindMentionAlerts(t.Context(), db, f)
					if err != nil {
						t.Fatal(err)
					}
					for _, a := range page {
						seen[a.ID] = true
					}
					if f.Cursor = next; next == "" {
						break
					}
				}
				if len(seen) != tt.want {
					t.Errorf("%d alerts, want %d", len(seen), tt.want)
				}
			})
		}
		update(t, db, func(tx *sqldb.Tx) error { return alerts.DeleteMentionRulesOf(t.Context(), tx, acme) })
		if page, _, err := alerts.FindMentionAlerts(t.Context(), db, alerts.MentionAlertFilter{}); err != nil || len(page) != 0 {
			t.Errorf("%d alerts of a monitor that is gone, %v", len(page), err)
		}
	})
}
