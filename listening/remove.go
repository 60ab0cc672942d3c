package listening

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Remove takes posts out, with their mentions and what those counted in the cells, and puts up
// tombstones so that they do not come back. It returns the ids of those that were stored.
func Remove(ctx context.Context, tx *sqldb.Tx, postIDs []string, now time.Time) (removed []string, err error) {
	if len(postIDs) == 0 {
		return nil, nil
	}
	if err := entomb(ctx, tx, postIDs, false, now); err != nil {
		return nil, err
	}
	return removeStored(ctx, tx, postIDs, now)
}

// Forget takes authors out with everything of theirs, and puts up tombstones so that nothing of
// theirs is kept again. It returns the ids of the posts that went.
func Forget(ctx context.Context, tx *sqldb.Tx, authorIDs []string, now time.Time) (removed []string, err error) {
	if len(authorIDs) == 0 {
		return nil, nil
	}
	if err := entomb(ctx, tx, authorIDs, true, now); err != nil {
		return nil, err
	}
	posts, err := postsOf(ctx, tx, authorIDs)
	if err != nil {
		return nil, err
	}
	if removed, err = removeStored(ctx, tx, posts, now); err != nil {
		return nil, err
	}
	rows := make([][]any, len(authorIDs))
	for i, id := range authorIDs {
		rows[i] = []any{id}
	}
	for _, statement := range []string{"DELETE FROM authors WHERE id = $1", "DELETE FROM cell_authors WHERE author_id = $1"} {
		if err := tx.ExecMany(ctx, statement, rows); err != nil {
			return nil, err
		}
	}
	return removed, nil
}

func entomb(ctx context.Context, tx *sqldb.Tx, ids []string, author bool, now time.Time) error {
	rows := make([][]any, len(ids))
	for i, id := range slices.Sorted(slices.Values(ids)) {
		rows[i] = []any{id, sqldb.Millis(now), author}
	}
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "tombstones", Columns: []string{"id", "at", "author"}, Key: []string{"id"}}, rows)
	return err
}

func postsOf(ctx context.Context, tx *sqldb.Tx, authorIDs []string) (posts []string, err error) {
	for some := range slices.Chunk(authorIDs, perQuery) {
		found, err := ids(ctx, tx, "SELECT id FROM posts WHERE "+sqldb.In("author_id", 1, len(some))+" ORDER BY id", sqldb.Anys(some)...)
		if err != nil {
			return nil, err
		}
		posts = append(posts, found...)
	}
	return posts, nil
}

// ids returns the one column of a query.
func ids(ctx context.Context, q sqldb.Querier, query string, args ...any) (found []string, err error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("load posts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("load posts: %w", err)
		}
		found = append(found, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load posts: %w", err)
	}
	return found, nil
}

// removeStored deletes posts, uncounts their mentions and withdraws what people said of them. A post
// that was edited until no monitor heard it any more has no mention, but its text is stored.
func removeStored(ctx context.Context, tx *sqldb.Tx, postIDs []string, now time.Time) (removed []string, err error) {
	wanted := make(map[string]bool, len(postIDs))
	for _, id := range postIDs {
		wanted[id] = true
	}
	there, err := existing(ctx, tx, "posts", wanted)
	if err != nil || len(there) == 0 {
		return nil, err
	}
	removed = slices.Sorted(maps.Keys(there))
	mentions, err := stored(ctx, tx, removed)
	if err != nil {
		return nil, err
	}
	total := newCounts()
	rows := make([][]any, len(removed))
	for i, id := range removed {
		rows[i] = []any{id}
		for k := range mentions[id] {
			total.add(&mentions[id][k], -1)
		}
	}
	if err := deletePosts(ctx, tx, rows); err != nil {
		return nil, err
	}
	if err := withdrawCorrections(ctx, tx, removed, now); err != nil {
		return nil, err
	}
	return removed, total.save(ctx, tx)
}

// deletePosts deletes posts with their mentions.
func deletePosts(ctx context.Context, tx *sqldb.Tx, rows [][]any) error {
	if err := deleteMentions(ctx, tx, rows); err != nil {
		return err
	}
	if err := tx.ExecMany(ctx, "DELETE FROM mention_changes WHERE post_id = $1", rows); err != nil {
		return err
	}
	return tx.ExecMany(ctx, "DELETE FROM posts WHERE id = $1", rows)
}

func deleteMentions(ctx context.Context, tx *sqldb.Tx, rows [][]any) error {
	for _, table := range []string{"corrected_mentions", "mentions"} {
		if err := tx.ExecMany(ctx, "DELETE FROM "+table+" WHERE post_id = $1", rows); err != nil {
			return err
		}
	}
	return nil
}

// A Pruning says what is too old, and which authors are kept though nothing of theirs is.
type Pruning struct {
	Before time.Time
	Limit  int    // of posts
	Kept   string // a condition on authors, in SQL; empty: none is
}

// Prune deletes posts that are too old with their mentions, and the authors without a post that nobody
// keeps, and returns the posts' ids. The cells stay: they name nobody. So do corrections: they hold no
// text, and copies of an old post may still come.
func Prune(ctx context.Context, tx *sqldb.Tx, p Pruning) (pruned []string, err error) {
	at := sqldb.Millis(p.Before)
	if pruned, err = ids(ctx, tx, "SELECT id FROM posts WHERE posted_at < $1 ORDER BY posted_at, id LIMIT $2", at, p.Limit); err != nil || len(pruned) == 0 {
		return nil, err
	}
	rows := make([][]any, len(pruned))
	for i, id := range pruned {
		rows[i] = []any{id}
	}
	if err := deletePosts(ctx, tx, rows); err != nil {
		return nil, err
	}
	gone := "DELETE FROM authors WHERE seen_at < $1 AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.author_id = authors.id)"
	if p.Kept != "" {
		gone += " AND NOT (" + p.Kept + ")"
	}
	if _, err = tx.Exec(ctx, gone, at); err == nil {
		_, err = tx.Exec(ctx, "DELETE FROM cell_authors WHERE hour < $1", at/time.Hour.Milliseconds())
	}
	if err != nil {
		return nil, fmt.Errorf("prune posts: %w", err)
	}
	return pruned, nil
}

// ForgetTombstones removes the tombstones of posts put up before a time: the log holds those posts
// no longer, so they cannot come back from there.
func ForgetTombstones(ctx context.Context, tx *sqldb.Tx, before time.Time) error {
	if _, err := tx.Exec(ctx, "DELETE FROM tombstones WHERE NOT author AND at < $1", sqldb.Millis(before)); err != nil {
		return fmt.Errorf("prune tombstones: %w", err)
	}
	return nil
}
