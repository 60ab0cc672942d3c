package listening

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
)

// A Rescoring is how far the stored mentions are read anew after a change of the model: from the
// newest to the oldest, in transactions that keep the place, so that it goes on after a kill.
type Rescoring struct {
	Model      string // version of the model that reads
	StartedAt  time.Time
	FinishedAt time.Time // zero: under way
	UpdatedAt  time.Time
	Total      int64 // mentions to be read when it began
	Seen       int64
	Changed    int64 // whose polarity or intent is another now

	postedAt int64 // where it stands
	postID   string
}

// ErrOvertaken says that another process is at the same re-scoring.
var ErrOvertaken = errors.New("another process is at the same re-scoring")

// Done says how much of it is done, 0…1.
func (r *Rescoring) Done() float64 {
	if !r.FinishedAt.IsZero() || r.Total == 0 {
		return 1
	}
	return min(1, float64(r.Seen)/float64(r.Total))
}

// A Model names what reads: a mention read by it, or by it and the classifier, is up to date.
type Model struct {
	Version string // of the fast model
	Deep    string // of the classifier; empty: there is none
}

// WithDeep is the version of a mention that the classifier read too.
func (m Model) WithDeep() string {
	if m.Deep == "" {
		return m.Version
	}
	return m.Version + "+" + m.Deep
}

// stale is the condition on mentions m that are not up to date, with its two arguments from $1 on.
const stale = "m.model <> $1 AND m.model <> $2"

// BeginRescoring returns the re-scoring to a model, which begins when there is none; ok is false
// when every mention is up to date.
func BeginRescoring(ctx context.Context, db *sqldb.DB, model Model, now time.Time) (r Rescoring, ok bool, err error) {
	r, err = rescoring(ctx, db, "WHERE model = $1", model.WithDeep())
	switch {
	case err == nil && r.FinishedAt.IsZero():
		return r, true, nil
	case err != nil && !errors.Is(err, ErrNotFound):
		return r, false, err
	}
	r = Rescoring{Model: model.WithDeep(), StartedAt: now, UpdatedAt: now, postedAt: 1<<63 - 1}
	if err := db.QueryRow(ctx, "SELECT COUNT(*) FROM mentions m WHERE "+stale, model.Version, model.WithDeep()).Scan(&r.Total); err != nil {
		return r, false, fmt.Errorf("count mentions: %w", err)
	}
	if r.Total == 0 {
		return r, false, nil
	}
	return r, true, db.Update(ctx, func(tx *sqldb.Tx) error { return r.save(ctx, tx) })
}

// LastRescoring returns the re-scoring that was at work last, or ErrNotFound.
func LastRescoring(ctx context.Context, q sqldb.Querier) (Rescoring, error) {
	return rescoring(ctx, q, "ORDER BY updated_at DESC LIMIT 1")
}

func rescoring(ctx context.Context, q sqldb.Querier, condition string, args ...any) (r Rescoring, err error) {
	var started, finished, updated int64
	err = q.QueryRow(ctx, "SELECT model, started_at, finished_at, updated_at, total, seen, changed, posted_at, post_id FROM rescorings "+condition, args...).
		Scan(&r.Model, &started, &finished, &updated, &r.Total, &r.Seen, &r.Changed, &r.postedAt, &r.postID)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return r, fmt.Errorf("load re-scoring: %w", err)
	}
	r.StartedAt, r.FinishedAt, r.UpdatedAt = sqldb.FromMillis(started), sqldb.FromMillis(finished), sqldb.FromMillis(updated)
	return r, nil
}

func (r *Rescoring) save(ctx context.Context, tx *sqldb.Tx) error {
	return tx.Upsert(ctx, sqldb.Upsert{Table: "rescorings", Key: []string{"model"},
		Columns: []string{"model", "started_at", "finished_at", "updated_at", "total", "seen", "changed", "posted_at", "post_id"},
		Set: `started_at = excluded.started_at, finished_at = excluded.finished_at, updated_at = excluded.updated_at, total = excluded.total,
			seen = excluded.seen, changed = excluded.changed, posted_at = excluded.posted_at, post_id = excluded.post_id`},
		[][]any{{r.Model, sqldb.Millis(r.StartedAt), sqldb.Millis(r.FinishedAt), sqldb.Millis(r.UpdatedAt), r.Total, r.Seen, r.Changed, r.postedAt, r.postID}}, nil)
}

// A StoredPost is a post as a model reads it anew: what the network said of it, and the monitors
// that hear it.
type StoredPost struct {
	Post     post.Post // text, claimed language, network, id and kind
	PostID   string
	EditedAt time.Time // zero: never
	Monitors []string

	postedAt int64 // as its mentions have it
}

// Stale returns the next posts whose mentions are not up to date, with limit mentions or a few more.
func (r *Rescoring) Stale(ctx context.Context, q sqldb.Querier, model Model, limit int) ([]StoredPost, error) {
	posts, err := storedPosts(ctx, q, "WHERE "+stale+` AND m.posted_at <= $3 AND (m.posted_at, m.post_id) < ($3, $4)
		ORDER BY m.posted_at DESC, m.post_id DESC, m.monitor_id LIMIT $5`, model.Version, model.WithDeep(), r.postedAt, r.postID, limit)
	if err != nil || len(posts) == 0 {
		return nil, err
	}
	// The limit may have cut the last post's mentions.
	last, err := storedPosts(ctx, q, "WHERE "+stale+" AND m.post_id = $3 ORDER BY m.monitor_id", model.Version, model.WithDeep(), posts[len(posts)-1].PostID)
	if err != nil {
		return nil, err
	}
	return append(posts[:len(posts)-1], last...), nil
}

func storedPosts(ctx context.Context, q sqldb.Querier, condition string, args ...any) ([]StoredPost, error) {
	rows, err := q.Query(ctx, `SELECT m.post_id, m.monitor_id, m.posted_at, p.network, p.native_id, p.kind, p.text, p.language, p.edited_at
		FROM mentions m JOIN posts p ON p.id = m.post_id `+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("load posts: %w", err)
	}
	defer rows.Close()
	var all []StoredPost
	for rows.Next() {
		var s StoredPost
		var monitor string
		var edited int64
		if err := rows.Scan(&s.PostID, &monitor, &s.postedAt, &s.Post.Network, &s.Post.ID, &s.Post.Kind, &s.Post.Text, &s.Post.Language, &edited); err != nil {
			return nil, fmt.Errorf("load posts: %w", err)
		}
		s.EditedAt = sqldb.FromMillis(edited)
		if n := len(all); n == 0 || all[n-1].PostID != s.PostID {
			all = append(all, s)
		}
		last := &all[len(all)-1]
		last.Monitors = append(last.Monitors, monitor)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load posts: %w", err)
	}
	return all, nil
}

// Advance stores what the model says of the posts that Stale returned, and moves on to the place
// behind them, in one transaction. Without posts the re-scoring is finished. ErrOvertaken says that
// somebody else moved on meanwhile: begin again.
func (r *Rescoring) Advance(ctx context.Context, db *sqldb.DB, posts []StoredPost, rereads []Reread, now time.Time) (changed []string, err error) {
	var next Rescoring
	err = db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		stored, err := rescoring(ctx, tx, "WHERE model = $1", r.Model)
		if err != nil {
			return err
		}
		if stored.postedAt != r.postedAt || stored.postID != r.postID || !stored.FinishedAt.Equal(r.FinishedAt) {
			return ErrOvertaken
		}
		next = *r
		if next.UpdatedAt = now; len(posts) == 0 {
			next.FinishedAt = now
			return next.save(ctx, tx)
		}
		if changed, err = SaveRereads(ctx, tx, rereads); err != nil {
			return err
		}
		last := &posts[len(posts)-1]
		next.postedAt, next.postID = last.postedAt, last.PostID
		next.Seen += int64(len(rereads))
		next.Changed += int64(len(changed))
		return next.save(ctx, tx)
	})
	if err != nil {
		return nil, fmt.Errorf("re-score mentions: %w", err)
	}
	*r = next
	return changed, nil
}
