package crm

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
)

// RecordIdea is the type of ideas.
const RecordIdea = "idea"

var ideas = table[Idea, *Idea]{kind: RecordIdea, name: "ideas",
	columns: []string{"campaign_id", "post_id", "author_id", "group_id", "kind", "status", "title", "reason", "posted_at", "likes", "shares", "replies", "chosen_at", "thanked_at"},
	bind: func(i *Idea) []any {
		return []any{&i.CampaignID, &i.PostID, &i.AuthorID, &i.GroupID, &i.Kind, &i.Status, &i.Title, &i.Reason, atColumn{&i.PostedAt}, &i.Likes, &i.Shares, &i.Replies,
			atColumn{&i.ChosenAt}, atColumn{&i.ThankedAt}}
	}}

// Near says whether the texts of two fingerprints are nearly the same.
type Near func(a, b uint64) bool

// A HeardPost is a post as idea campaigns see it.
type HeardPost struct {
	Post        *post.Post
	PostID      string
	AuthorID    string
	Fingerprint uint64
	MonitorIDs  []string // that heard it
	Negative    bool     // it speaks so
	Fresh       bool     // it was not in the database: of one that was, only what the network tells of it is new
}

// maxIdeas of a campaign, the newest, are compared with a new one and shown.
const maxIdeas = 10_000

// CollectIdeas takes the ideas out of posts: those under the hashtag of an active idea campaign that
// one of its monitors heard. What shares or answers an idea supports it. Collecting twice changes
// nothing.
func CollectIdeas(ctx context.Context, tx *sqldb.Tx, heard []HeardPost, near Near, now time.Time) error {
	if len(heard) == 0 {
		return nil
	}
	active, err := campaigns.find(ctx, tx, "WHERE kind = $1 AND status = $2 ORDER BY id", CampaignIdea, CampaignActive)
	if err != nil || len(active) == 0 {
		return err
	}
	for i := range active {
		if err := active[i].collect(ctx, tx, heard, near, now); err != nil {
			return fmt.Errorf("collect ideas of campaign %s: %w", active[i].ID, err)
		}
	}
	return supportIdeas(ctx, tx, heard)
}

// takes says whether a post is an idea of the campaign: somebody's own words under its hashtag.
func (c *Campaign) takes(h *HeardPost) bool {
	return h.Fresh && h.Post.Kind != post.KindShare && h.Post.Kind != post.KindPrivate && c.Collects(h.Post.PostedAt) &&
		slices.ContainsFunc(h.MonitorIDs, func(m string) bool { return slices.Contains(c.MonitorIDs, m) }) && hasTag(h.Post, c.Hashtag)
}

// hasTag says whether a post bears a hashtag, as the network tells or as it stands in the text.
func hasTag(p *post.Post, tag string) bool {
	key := foldKey(tag)
	if slices.ContainsFunc(p.Hashtags, func(t string) bool { return foldKey(t) == key }) {
		return true
	}
	for field := range strings.FieldsSeq(p.Text) {
		_, rest, found := strings.Cut(field, "#")
		if found && foldKey(strings.TrimRight(rest, ".,;:!?…)»”\"'")) == key {
			return true
		}
	}
	return false
}

func (c *Campaign) collect(ctx context.Context, tx *sqldb.Tx, heard []HeardPost, near Near, now time.Time) error {
	found := make(map[string]*HeardPost)
	for i := range heard {
		if c.takes(&heard[i]) {
			found[heard[i].PostID] = &heard[i]
		}
	}
	if len(found) == 0 {
		return nil
	}
	if err := c.dropKnown(ctx, tx, found); err != nil || len(found) == 0 {
		return err
	}
	groups, err := c.groups(ctx, tx)
	if err != nil {
		return err
	}
	fresh := make([]*HeardPost, 0, len(found))
	for _, h := range found {
		fresh = append(fresh, h)
	}
	slices.SortFunc(fresh, func(a, b *HeardPost) int {
		return cmp.Or(a.Post.PostedAt.Compare(b.Post.PostedAt), strings.Compare(a.PostID, b.PostID))
	})
	rows := make([][]any, len(fresh))
	for n, h := range fresh {
		i := Idea{Meta: Meta{NewID(now), 1, now, now}, CampaignID: c.ID, PostID: h.PostID, AuthorID: h.AuthorID, Kind: c.Seeks, Status: IdeaNew, PostedAt: h.Post.PostedAt,
			Likes: h.Post.Engagement.Likes, Shares: h.Post.Engagement.Shares + h.Post.Engagement.Quotes, Replies: h.Post.Engagement.Replies}
		i.GroupID = i.ID
		at := slices.IndexFunc(groups, func(g ideaPrint) bool { return near(g.fingerprint, h.Fingerprint) })
		if at >= 0 {
			i.GroupID = groups[at].group
		}
		groups = append(groups, ideaPrint{i.GroupID, h.Fingerprint})
		rows[n] = values(ideas.pointers(&i))
	}
	_, err = tx.InsertNew(ctx, sqldb.Insert{Table: "ideas", Columns: append(slices.Clone(metaColumns), ideas.columns...), Key: []string{"id"}}, rows)
	return err
}

// dropKnown takes out the posts that are ideas of the campaign already.
func (c *Campaign) dropKnown(ctx context.Context, q sqldb.Querier, found map[string]*HeardPost) error {
	posts := make([]string, 0, len(found))
	for id := range found {
		posts = append(posts, id)
	}
	for part := range chunks(posts) {
		known, err := sqldb.Strings(ctx, q, "SELECT post_id FROM ideas WHERE campaign_id = $1 AND "+sqldb.In("post_id", 2, len(part)), append([]any{c.ID}, sqldb.Anys(part)...)...)
		if err != nil {
			return err
		}
		for _, id := range known {
			delete(found, id)
		}
	}
	return nil
}

// An ideaPrint is what an idea says, as far as it takes to tell another one like it.
type ideaPrint struct {
	group       string
	fingerprint uint64
}

// groups are the ideas of the campaign, the oldest first.
func (c *Campaign) groups(ctx context.Context, q sqldb.Querier) (all []ideaPrint, err error) {
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var g ideaPrint
		var print int64
		err := rows.Scan(&g.group, &print)
		g.fingerprint = uint64(print)
		all = append(all, g)
		return err
	}, `SELECT group_id, fingerprint FROM (SELECT i.id, i.group_id, p.fingerprint FROM ideas i JOIN posts p ON p.id = i.post_id
		WHERE i.campaign_id = $1 AND p.fingerprint <> 0 ORDER BY i.id DESC LIMIT $2) newest ORDER BY id`, c.ID, maxIdeas)
	return all, err
}

// supportIdeas notes what shares and answers ideas, and what the network now tells of them.
func supportIdeas(ctx context.Context, tx *sqldb.Tx, heard []HeardPost) error {
	type support struct {
		kind string
		by   *HeardPost
	}
	of := make(map[string][]support) // by post
	told := make(map[string]*post.Engagement)
	var posts []string
	for i := range heard {
		h := &heard[i]
		for _, to := range []struct{ kind, id string }{{"share", h.Post.ShareOf}, {"share", h.Post.QuoteOf}, {"reply", h.Post.ReplyTo}} {
			if to.id != "" && h.Fresh {
				id := post.Key{Network: h.Post.Network, ID: to.id}.Short()
				of[id], posts = append(of[id], support{to.kind, h}), append(posts, id)
			}
		}
		if e := &h.Post.Engagement; e.Likes+e.Shares+e.Quotes+e.Replies > 0 {
			told[h.PostID], posts = e, append(posts, h.PostID)
		}
	}
	slices.Sort(posts)
	posts = slices.Compact(posts)
	var rows, counts [][]any
	for part := range chunks(posts) {
		found, err := ideas.find(ctx, tx, "WHERE "+sqldb.In("post_id", 1, len(part)), sqldb.Anys(part)...)
		if err != nil {
			return err
		}
		for _, i := range found {
			for _, s := range of[i.PostID] {
				if s.by.AuthorID != i.AuthorID { // who answers himself supports nothing
					rows = append(rows, []any{i.ID, s.by.PostID, s.by.AuthorID, s.kind, s.kind == "reply" && s.by.Negative})
				}
			}
			if e := told[i.PostID]; e != nil {
				counts = append(counts, []any{e.Likes, e.Shares + e.Quotes, e.Replies, i.ID})
			}
		}
	}
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "idea_support", Columns: []string{"idea_id", "post_id", "author_id", "kind", "against"}, Key: []string{"idea_id", "post_id"}}, rows)
	return errors.Join(err, tx.ExecMany(ctx, "UPDATE ideas SET likes = $1, shares = $2, replies = $3 WHERE id = $4", counts))
}

// collectHeard collects what the monitors of an idea campaign heard before it was there, the newest
// posts first. How the engagement of those is made up is not kept: all of it counts as likes.
func collectHeard(ctx context.Context, tx *sqldb.Tx, ch Change, c *Campaign, near Near) error {
	if c.Kind != CampaignIdea || c.Status != CampaignActive || len(c.MonitorIDs) == 0 {
		return nil
	}
	until := c.EndsAt
	if until.IsZero() {
		until = ch.At.Add(maxAhead)
	}
	args := append([]any{sqldb.Millis(c.StartsAt), sqldb.Millis(until), maxIdeas}, sqldb.Anys(c.MonitorIDs)...)
	var heard []HeardPost
	err := sqldb.EachRow(ctx, tx, func(rows *sql.Rows) error {
		h := HeardPost{Post: &post.Post{}, MonitorIDs: c.MonitorIDs, Fresh: true}
		var print int64
		p := h.Post
		err := rows.Scan(&h.PostID, &h.AuthorID, &p.Network, &p.ID, &p.Kind, &p.Text, &p.ReplyTo, &p.ShareOf, &p.QuoteOf, atColumn{&p.PostedAt}, &print, &h.Negative, &p.Engagement.Likes)
		h.Fingerprint = uint64(print)
		heard = append(heard, h)
		return err
	}, `SELECT id, author_id, network, native_id, kind, text, reply_to, share_of, quote_of, posted_at, fingerprint,
			EXISTS (SELECT 1 FROM mentions m WHERE m.post_id = p.id AND m.polarity = 'negative'), engagement
		FROM posts p WHERE id IN (SELECT post_id FROM mentions WHERE posted_at >= $1 AND posted_at <= $2 AND `+sqldb.In("monitor_id", 4, len(c.MonitorIDs))+
		`) ORDER BY posted_at DESC LIMIT $3`, args...)
	if err != nil {
		return fmt.Errorf("load what was heard: %w", err)
	}
	if err := c.collect(ctx, tx, heard, near, ch.At); err != nil {
		return err
	}
	for i := range heard {
		heard[i].Post.Engagement = post.Engagement{} // a known idea knows better
	}
	return supportIdeas(ctx, tx, heard)
}
