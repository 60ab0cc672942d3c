package pipeline_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// reads is a rig that listens for two brands and a market; ids are its monitors by name.
func reads(t *testing.T, db *sqldb.DB) (r *rig, ids map[string]string) {
	r = newRig(t, db)
	ids = map[string]string{"acme": r.monitor.ID}
	for _, m := range []listening.Monitor{
		{Name: "bolt", Kind: listening.Competitor, Query: "bolt OR boltfon*", Enabled: true},
		{Name: "phones", Kind: listening.Market, Query: "phone OR telefon", Enabled: true},
	} {
		if err := r.db.Update(t.Context(), func(tx *sqldb.Tx) error {
			created, err := listening.CreateMonitor(t.Context(), tx, m, noon)
			ids[m.Name] = created.ID
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.live.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r, ids
}

// Each monitor hears what is said about its own brand.
func TestReadTellsBrandsApart(t *testing.T) { sqldbtest.Each(t, testReadTellsBrandsApart) }

func testReadTellsBrandsApart(t *testing.T, db *sqldb.DB) {
	rig, ids := reads(t, db)
	const p, n, u = post.Positive, post.Negative, post.Unknown
	for name, test := range map[string]struct {
		text string
		want map[string]post.Polarity
	}{
		"OKTwoBrands":     {"Acme is great, Boltfone is awful", map[string]post.Polarity{"acme": p, "bolt": n}},
		"OKGerman":        {"Acme ist großartig, aber Bolt ist der letzte Mist", map[string]post.Polarity{"acme": p, "bolt": n}},
		"OKComparison":    {"my acme phone is so much better than my old bolt", map[string]post.Polarity{"acme": p, "bolt": n, "phones": p}},
		"OKMarketIsNoOne": {"Acme, such an awful phone", map[string]post.Polarity{"acme": n, "phones": n}},
		"OKOneMonitor":    {"I love my acme", map[string]post.Polarity{"acme": p}},
		"OKUnknown":       {"Acme är bra, men Bolt är hemskt dåligt och värdelöst", map[string]post.Polarity{"acme": u, "bolt": u}},
		"OKNobody":        {"nothing to see", map[string]post.Polarity{}},
	} {
		t.Run(name, func(t *testing.T) {
			event := said("1", "anna.example", test.text)
			event.Post.Language = ""
			got := map[string]post.Polarity{}
			matched := rig.live.Matcher().Match(&event.Post)
			readings := rig.Reader.Read(&event.Post, matched)
			for name, id := range ids {
				if i := slices.Index(matched, id); i >= 0 {
					got[name] = readings[i].Polarity
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	share := said("1", "anna.example", "I want to buy an acme, where can I buy it?")
	if r := rig.Reader.Read(&share.Post, []string{ids["acme"]}); r[0].Intent != post.IntentPurchase {
		t.Errorf("a post: %+v", r[0])
	}
	share.Post.Kind = post.KindShare
	if r := rig.Reader.Read(&share.Post, []string{ids["acme"]}); r[0].Intent != post.IntentNone {
		t.Errorf("a share: %+v", r[0])
	}
}
