package listening

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
)

// Whoever reads the topic of mentions learns a reading when the pipeline makes it. Where a person,
// the classifier or a new model changes it later, the post is noted in the same transaction, until
// the topic has been told.

// noteChanged notes posts whose mentions are read differently now.
func noteChanged(ctx context.Context, tx *sqldb.Tx, postIDs []string) error {
	rows := make([][]any, 0, len(postIDs))
	for _, id := range slices.Compact(slices.Sorted(slices.Values(postIDs))) {
		rows = append(rows, []any{id})
	}
	// An upsert, for that waits for whoever is telling of the same post.
	return tx.Upsert(ctx, sqldb.Upsert{Table: "mention_changes", Key: []string{"post_id"}, Columns: []string{"post_id"}, Set: "post_id = excluded.post_id"}, rows, nil)
}

// ChangedMentions returns some of the posts that the topic of mentions is to be told of anew.
func ChangedMentions(ctx context.Context, q sqldb.Querier, limit int) ([]string, error) {
	return ids(ctx, q, "SELECT post_id FROM mention_changes ORDER BY post_id LIMIT $1", limit)
}

// ToldMentions takes the notes of posts away, before they are read for the last time: a change that
// is under way is waited for, and what comes later makes a note of its own.
func ToldMentions(ctx context.Context, tx *sqldb.Tx, postIDs []string) error {
	rows := make([][]any, len(postIDs))
	for i, id := range postIDs {
		rows[i] = []any{id}
	}
	return tx.ExecMany(ctx, "DELETE FROM mention_changes WHERE post_id = $1", rows)
}

// RenewChanged notes posts again that changed while they were told of.
func RenewChanged(ctx context.Context, tx *sqldb.Tx, postIDs []string) error {
	return noteChanged(ctx, tx, postIDs)
}

// HeardAgain returns posts as they were heard, with their mentions as they are read now, by id. Of
// a post it has what the database keeps: not its hashtags, links and engagement.
func HeardAgain(ctx context.Context, q sqldb.Querier, postIDs []string) (map[string]*Heard, error) {
	all := make(map[string]*Heard, len(postIDs))
	mentions, err := stored(ctx, q, postIDs)
	if err != nil {
		return nil, err
	}
	for some := range slices.Chunk(postIDs, perQuery) {
		if err := heardAgain(ctx, q, some, all); err != nil {
			return nil, fmt.Errorf("load posts: %w", err)
		}
	}
	for id, h := range all {
		h.Mentions = mentions[id]
	}
	return all, nil
}

func heardAgain(ctx context.Context, q sqldb.Querier, postIDs []string, all map[string]*Heard) error {
	rows, err := q.Query(ctx, `SELECT p.id, p.network, p.native_id, p.kind, p.text, p.language, p.url, p.posted_at, p.edited_at, p.thread, p.reply_to, p.share_of,
		p.quote_of, p.source, p.received_at, p.author_id, COALESCE(a.native_id, ''), COALESCE(a.handle, ''), COALESCE(a.name, ''), COALESCE(a.url, ''),
		COALESCE(a.bio, ''), COALESCE(a.location, ''), COALESCE(a.followers, 0), COALESCE(a.bot, FALSE), COALESCE(a.verified_links, '[]')
		FROM posts p LEFT JOIN authors a ON a.id = p.author_id WHERE `+sqldb.In("p.id", 1, len(postIDs)), sqldb.Anys(postIDs)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		h := &Heard{Known: true}
		e, p, a := &h.Event, &h.Event.Post, &h.Event.Post.Author
		var posted, edited, received int64
		var links string
		if err := rows.Scan(&h.PostID, &p.Network, &p.ID, &p.Kind, &p.Text, &p.Language, &p.URL, &posted, &edited, &p.Thread, &p.ReplyTo, &p.ShareOf,
			&p.QuoteOf, &e.Source, &received, &h.AuthorID, &a.ID, &a.Handle, &a.Name, &a.URL, &a.Bio, &a.Location, &a.Followers, &a.Bot, &links); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(links), &a.VerifiedLinks); err != nil {
			return fmt.Errorf("verified links of author %s: %w", h.AuthorID, err)
		}
		p.PostedAt, p.EditedAt, e.ReceivedAt = sqldb.FromMillis(posted), sqldb.FromMillis(edited), sqldb.FromMillis(received)
		if e.Type = post.Upsert; !p.EditedAt.IsZero() {
			e.Type = post.Edit
		}
		all[h.PostID] = h
	}
	return rows.Err()
}
