package listening

import (
	"context"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Revise stores edits: the text, the mentions and the cells become what they would be had the post
// been written so. An edit that is older than the one stored changes nothing. An edit of a post
// that is not there is saved as a new post when it matches a monitor.
func Revise(ctx context.Context, tx *sqldb.Tx, edits []*Heard) error {
	edits = newest(edits)
	if len(edits) == 0 {
		return nil
	}
	standing, err := editTimes(ctx, tx, edits)
	if err != nil {
		return err
	}
	var unknown, known []*Heard
	for _, h := range edits {
		edited, ok := standing[h.PostID]
		h.Known = ok
		switch {
		case !ok && len(h.Mentions) > 0:
			unknown = append(unknown, h)
		case ok && edited < sqldb.Millis(h.Event.Post.EditedAt):
			known = append(known, h)
		}
	}
	if err := Save(ctx, tx, unknown); err != nil {
		return err
	}
	return rewrite(ctx, tx, known)
}

// newest keeps the last edit of each post.
func newest(edits []*Heard) []*Heard {
	last := make(map[string]*Heard, len(edits))
	for _, h := range edits {
		if old := last[h.PostID]; old == nil || !h.Event.Post.EditedAt.Before(old.Event.Post.EditedAt) {
			last[h.PostID] = h
		}
	}
	return slices.DeleteFunc(slices.Clone(edits), func(h *Heard) bool { return last[h.PostID] != h })
}

// editTimes returns when the posts that are stored were edited last.
func editTimes(ctx context.Context, tx *sqldb.Tx, edits []*Heard) (map[string]int64, error) {
	times := make(map[string]int64, len(edits))
	for some := range slices.Chunk(edits, perQuery) {
		args := make([]any, len(some))
		for i, h := range some {
			args[i] = h.PostID
		}
		if err := editTimesOf(ctx, tx, args, times); err != nil {
			return nil, fmt.Errorf("load posts: %w", err)
		}
	}
	return times, nil
}

func editTimesOf(ctx context.Context, tx *sqldb.Tx, postIDs []any, times map[string]int64) error {
	rows, err := tx.Query(ctx, "SELECT id, edited_at FROM posts WHERE "+sqldb.In("id", 1, len(postIDs)), postIDs...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var edited int64
		if err := rows.Scan(&id, &edited); err != nil {
			return err
		}
		times[id] = edited
	}
	return rows.Err()
}

// rewrite replaces posts that are stored. The time and part of a mention stay what they were, so
// that it is taken from the cell it was counted in.
func rewrite(ctx context.Context, tx *sqldb.Tx, edits []*Heard) error {
	if len(edits) == 0 {
		return nil
	}
	ids := make([]string, len(edits))
	posts, gone := make([][]any, len(edits)), make([][]any, len(edits))
	for i, h := range edits {
		p := &h.Event.Post
		ids[i] = h.PostID
		gone[i] = []any{h.PostID}
		posts[i] = []any{p.Text, p.URL, sqldb.Millis(p.EditedAt), p.Engagement.Total(), p.Language, int64(FingerprintOf(p.Text)), h.PostID}
	}
	before, err := stored(ctx, tx, ids)
	if err != nil {
		return err
	}
	total := newCounts()
	for _, h := range edits {
		old := before[h.PostID]
		for i := range old {
			total.add(&old[i], -1)
		}
		for i := range h.Mentions {
			if len(old) > 0 {
				h.Mentions[i].PostedAt, h.Mentions[i].Part = old[0].PostedAt, old[0].Part
			}
		}
	}
	if err := tx.ExecMany(ctx, "UPDATE posts SET text = $1, url = $2, edited_at = $3, engagement = $4, language = $5, fingerprint = $6 WHERE id = $7", posts); err != nil {
		return err
	}
	if err := deleteMentions(ctx, tx, gone); err != nil {
		return err
	}
	if err := keepCorrections(ctx, tx, edits, ids); err != nil {
		return err
	}
	if err := insertMentions(ctx, tx, edits, total); err != nil {
		return err
	}
	for _, h := range edits { // a mention that stood before is not news
		for i := range h.Mentions {
			m := &h.Mentions[i]
			m.New = !slices.ContainsFunc(before[h.PostID], func(o Mention) bool { return o.MonitorID == m.MonitorID })
		}
	}
	return total.save(ctx, tx)
}
