package crm

import (
	"context"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// SaveTouches puts touches on timelines and returns how many were new. Saving twice changes nothing.
func SaveTouches(ctx context.Context, tx *sqldb.Tx, touches []Touch) (added int, err error) {
	rows := make([][]any, len(touches))
	for i, t := range touches {
		rows[i] = []any{t.ContactID, t.PostID, t.AuthorID, sqldb.Millis(t.PostedAt)}
	}
	fresh, err := tx.InsertNew(ctx, sqldb.Insert{
		Table:   "touches",
		Columns: []string{"contact_id", "post_id", "author_id", "posted_at"},
		Key:     []string{"contact_id", "post_id"},
	}, rows)
	if err != nil {
		return 0, err
	}
	var heard []string
	for i, f := range fresh {
		if f {
			added++
			heard = append(heard, touches[i].ContactID)
		}
	}
	return added, rateLeadsOf(ctx, tx, heard, time.Time{})
}

// addTouchesOf puts all an author said on a contact's timeline and returns how many were new.
func addTouchesOf(ctx context.Context, tx *sqldb.Tx, authorID, contactID string) (added int, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO touches (contact_id, post_id, author_id, posted_at)
		SELECT CAST($1 AS text), id, author_id, posted_at FROM posts WHERE author_id = $2
		ON CONFLICT (contact_id, post_id) DO NOTHING`, contactID, authorID)
	if err != nil {
		return 0, fmt.Errorf("add touches of author %s: %w", authorID, err)
	}
	return int(n), nil
}

func removeTouchesOf(ctx context.Context, tx *sqldb.Tx, authorID, contactID string) error {
	if _, err := tx.Exec(ctx, "DELETE FROM touches WHERE author_id = $1 AND contact_id = $2", authorID, contactID); err != nil {
		return fmt.Errorf("remove touches of author %s: %w", authorID, err)
	}
	return nil
}

// RemoveTouches takes what deleted posts left behind: their touches, and the words that leads
// quote from them.
func RemoveTouches(ctx context.Context, tx *sqldb.Tx, postIDs []string) error {
	for part := range chunks(postIDs) {
		if _, err := tx.Exec(ctx, "DELETE FROM touches WHERE "+sqldb.In("post_id", 1, len(part)), sqldb.Anys(part)...); err != nil {
			return fmt.Errorf("remove touches: %w", err)
		}
		if err := redactLeads(ctx, tx, "post_id", part); err != nil {
			return err
		}
	}
	return nil
}

// Forget takes what authors who are gone left behind: links, touches, what the audit log
// holds of them, and their words and names in leads.
func Forget(ctx context.Context, tx *sqldb.Tx, authorIDs []string) error {
	for part := range chunks(authorIDs) {
		for _, statement := range []string{"DELETE FROM links WHERE " + sqldb.In("author_id", 1, len(part)),
			"DELETE FROM touches WHERE " + sqldb.In("author_id", 1, len(part)),
			"DELETE FROM verifications WHERE " + sqldb.In("author_id", 1, len(part)),
			"DELETE FROM invitations WHERE " + sqldb.In("author_id", 1, len(part)),
			"DELETE FROM consents WHERE " + sqldb.In("author_id", 1, len(part)),
			"DELETE FROM contact_moves WHERE table_name = 'links' AND " + sqldb.In("record_id", 1, len(part)),
		} {
			if _, err := tx.Exec(ctx, statement, sqldb.Anys(part)...); err != nil {
				return fmt.Errorf("forget authors: %w", err)
			}
		}
		if err := redactAudit(ctx, tx, "author_id", part); err != nil {
			return err
		}
		if err := forgetIdeas(ctx, tx, "author_id", part); err != nil {
			return err
		}
		if err := redactLeads(ctx, tx, "author_id", part); err != nil {
			return err
		}
	}
	return nil
}

// Timeline returns a contact's touches, the newest first, a page at a time; next is empty on the
// last one.
func Timeline(ctx context.Context, q sqldb.Querier, contactID, cursor string, limit int) (touches []Touch, next string, err error) {
	return timeline(ctx, q, contactScope(contactID), cursor, limit)
}

// AccountTimeline is the Timeline of the contacts of an account and of those below it, as far as
// somebody may see them.
func AccountTimeline(ctx context.Context, q sqldb.Querier, a *Access, accountID, cursor string, limit int) (touches []Touch, next string, err error) {
	s, err := ViewOf{RecordAccount, accountID}.scope(ctx, q, a)
	if err != nil {
		return nil, "", err
	}
	return timeline(ctx, q, s, cursor, limit)
}

func timeline(ctx context.Context, q sqldb.Querier, s *scope, cursor string, limit int) (touches []Touch, next string, err error) {
	limit = pageSize(limit)
	w := s.people()
	if cursor != "" {
		ms, id, err := decodeTimeCursor(cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("(posted_at, post_id) < (?, ?)", ms, id)
	}
	if touches, err = queryTouches(ctx, q, w.sql()+" ORDER BY posted_at DESC, post_id DESC"+w.limit(limit+1), w.args...); err != nil {
		return nil, "", err
	}
	if len(touches) > limit {
		touches = touches[:limit]
		next = timeCursor(touches[limit-1].PostedAt, touches[limit-1].PostID)
	}
	return touches, next, nil
}

func queryTouches(ctx context.Context, q sqldb.Querier, rest string, args ...any) ([]Touch, error) {
	rows, err := q.Query(ctx, "SELECT contact_id, post_id, author_id, posted_at FROM touches"+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("load touches: %w", err)
	}
	defer rows.Close()
	var touches []Touch
	for rows.Next() {
		var t Touch
		if err := rows.Scan(&t.ContactID, &t.PostID, &t.AuthorID, atColumn{&t.PostedAt}); err != nil {
			return nil, fmt.Errorf("load touches: %w", err)
		}
		touches = append(touches, t)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load touches: %w", err)
	}
	return touches, nil
}

// TouchCounts says how much each contact was heard; those never heard are left out.
func TouchCounts(ctx context.Context, q sqldb.Querier, contactIDs []string) (map[string]TouchCount, error) {
	counts := make(map[string]TouchCount)
	for part := range chunks(contactIDs) {
		if err := touchCounts(ctx, q, part, counts); err != nil {
			return nil, fmt.Errorf("count touches: %w", err)
		}
	}
	return counts, nil
}

func touchCounts(ctx context.Context, q sqldb.Querier, ids []string, counts map[string]TouchCount) error {
	rows, err := q.Query(ctx, "SELECT contact_id, count(*), max(posted_at) FROM touches WHERE "+
		sqldb.In("contact_id", 1, len(ids))+" GROUP BY contact_id", sqldb.Anys(ids)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var c TouchCount
		var last int64
		if err := rows.Scan(&id, &c.Touches, &last); err != nil {
			return err
		}
		c.Last = sqldb.FromMillis(last)
		counts[id] = c
	}
	return rows.Err()
}
