package pipeline_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// board are the ideas of a campaign: how many say the same, support, title, and whether the first was
// taken back.
func (r *rig) board(t *testing.T, campaign string) (all []string) {
	t.Helper()
	groups, _, _, err := crm.IdeaBoard(t.Context(), r.db, crm.System(), crm.IdeaFilter{CampaignID: campaign})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range groups {
		all = append(all, fmt.Sprint(len(g.Ideas), " ", g.Support.Score, " ", g.Ideas[0].Title, " ", g.Ideas[0].PostID == ""))
	}
	return all
}

// Posts under the hashtag of a campaign are its ideas, each once; what shares and answers them supports
// them; and what is taken back takes its words along.
func TestIdeasAreCollected(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := newRig(t, db)
		c := crm.Campaign{Name: "Ideas", Kind: crm.CampaignIdea, Status: crm.CampaignActive, Hashtag: "acmeidea", MonitorIDs: []string{r.monitor.ID}}
		save := func(change func(*sqldb.Tx) error) {
			t.Helper()
			if err := db.Update(t.Context(), change); err != nil {
				t.Fatal(err)
			}
		}
		by := crm.Change{By: "user-1", At: noon, Access: crm.System()}
		save(func(tx *sqldb.Tx) (err error) {
			c, err = crm.SaveCampaign(t.Context(), tx, by, c, listening.NearPrints)
			return err
		})
		first := said("1", "ada.example", "acme should make a drill that folds into a lamp #acmeidea")
		first.Post.Engagement.Likes = 4
		same := said("2", "bob.example", "acme should make a drill that folds into a lamp! #AcmeIdea")
		shared, answered, own := said("3", "cyd.example", "acme should make a drill that folds into a lamp #acmeidea"), said("4", "dan.example", "acme, do it"), said("5", "ada.example", "acme, please")
		shared.Post.Kind, shared.Post.ShareOf = post.KindShare, "1"
		answered.Post.Kind, answered.Post.ReplyTo = post.KindReply, "1"
		own.Post.Kind, own.Post.ReplyTo = post.KindReply, "1" // supports nothing: it is the author's
		batch := []post.Event{first, same, shared, answered, own, said("6", "eve.example", "acme without a hashtag"), said("7", "fay.example", "acme in a quiet grey please #acmeidea")}
		want := []string{"2 9  false", "1 0  false"} // 4 likes, a share and a reply
		for range 2 {
			if err := r.Handle(t.Context(), batch); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, r.board(t, c.ID)); diff != "" {
				t.Fatal(diff)
			}
		}
		groups, _, _, err := crm.IdeaBoard(t.Context(), db, crm.System(), crm.IdeaFilter{CampaignID: c.ID})
		if err != nil {
			t.Fatal(err)
		}
		title := "A lamp"
		save(func(tx *sqldb.Tx) error {
			_, err := crm.ChangeIdea(t.Context(), tx, by, groups[0].Ideas[0].ID, 0, crm.IdeaChange{Title: &title})
			return err
		})
		louder := first
		louder.Post.Engagement.Likes = 10
		if err := r.Handle(t.Context(), []post.Event{louder}); err != nil { // it is seen again
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"2 15 A lamp false", "1 0  false"}, r.board(t, c.ID)); diff != "" {
			t.Error(diff)
		}
		gone := []post.Event{{Type: post.Delete, Post: post.Post{Network: "bluesky", ID: "1"}}, {Type: post.AuthorGone, Post: post.Post{Network: "bluesky", Author: post.Author{ID: "did:fay.example"}}}}
		if err := r.Handle(t.Context(), append(gone, batch...)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"2 0  false", "1 0  true"}, r.board(t, c.ID)); diff != "" {
			t.Error(diff)
		}
		var left int
		if err := db.QueryRow(t.Context(), "SELECT count(*) FROM ideas WHERE title <> '' OR author_id IN (SELECT id FROM tombstones)").Scan(&left); err != nil || left != 0 {
			t.Errorf("%d ideas still say what was taken back (%v)", left, err)
		}
	})
}
