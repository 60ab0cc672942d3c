package crm

import (
	"context"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A MergePreview is what a merge would come to.
type MergePreview struct {
	Winner, Loser Contact
	Merged        Contact                // the winner afterwards
	Filled        map[string]FilledField // what it takes over
	Differing     []string               // fields in which both say something, and not the same: the winner's stays
	Moves         map[string]int64       // how many of the loser's records go over, by what they are
	Proposed      bool                   // the other way round is not the better one
}

// PreviewMerge says what a merge would come to, and changes nothing.
func PreviewMerge(ctx context.Context, q sqldb.Querier, a *Access, o MergeOrder) (MergePreview, error) {
	winner, loser, err := o.load(ctx, q, a)
	if err != nil {
		return MergePreview{}, err
	}
	p := MergePreview{Winner: winner, Loser: loser, Moves: make(map[string]int64)}
	if p.Merged, p.Filled, err = mergeFields(winner, loser, o.Take); err != nil {
		return MergePreview{}, err
	}
	h, err := (&Merge{WinnerID: winner.ID, LoserID: loser.ID, Filled: p.Filled}).heir(ctx, q, a)
	if err != nil {
		return MergePreview{}, err
	}
	if h.owns {
		p.Merged.OwnerID = h.user
	}
	for _, name := range mergedFields {
		a, b := *winner.field(name), *loser.field(name)
		if _, filled := p.Filled[name]; a != "" && b != "" && foldKey(a) != foldKey(b) && !filled && name != "account_id" {
			p.Differing = append(p.Differing, name)
		}
	}
	better, _ := Direction(&winner, &loser)
	p.Proposed = better.ID == winner.ID
	for _, r := range contactReferences {
		var n int64
		if err := q.QueryRow(ctx, "SELECT count(*) FROM "+r.table+" t WHERE "+r.toMove(RecordContact), loser.ID, winner.ID).Scan(&n); err != nil {
			return MergePreview{}, fmt.Errorf("count %s: %w", r.table, err)
		}
		p.Moves[r.name] = n
	}
	for _, table := range []string{"links", "touches"} {
		var n int64
		if err := q.QueryRow(ctx, "SELECT count(*) FROM "+table+" WHERE contact_id = $1", loser.ID).Scan(&n); err != nil {
			return MergePreview{}, fmt.Errorf("count %s: %w", table, err)
		}
		p.Moves[table] = n
	}
	return p, nil
}

// PostsOfAuthor are the ids of an author's last posts, the newest first.
func PostsOfAuthor(ctx context.Context, q sqldb.Querier, authorID string, limit int) (ids []string, err error) {
	rows, err := q.Query(ctx, "SELECT id FROM posts WHERE author_id = $1 ORDER BY posted_at DESC, id DESC LIMIT $2", authorID, limit)
	if err != nil {
		return nil, fmt.Errorf("load posts of author %s: %w", authorID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("load posts of author %s: %w", authorID, err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
