package crm

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A ReviewLink is a link in the queue.
type ReviewLink struct {
	Link
	Network string // of the author
	Rank    float64
	Stake   Stake
}

// Queues of links.
const (
	QueueWaiting = "waiting" // suggestions
	QueueUnsure  = "unsure"  // somebody looked and could not tell
	QueueSample  = "sample"  // automatic links that are held out: who checks them measures the matcher
)

// A ReviewFilter chooses links of a queue; an empty field does not restrict.
type ReviewFilter struct {
	Queue     string // QueueWaiting when empty
	Network   string
	ContactID string
	AuthorID  string
	Min, Max  float64 // of the probability; Max 0: no limit
	Cursor    string
	Limit     int
}

// conditions are those of the filter, without the cursor.
func (f *ReviewFilter) conditions() (*where, error) {
	w := &where{}
	switch f.Queue {
	case "", QueueWaiting:
		w.add("l.decision = ?", string(Suggested))
	case QueueUnsure:
		w.add("l.decision = ?", string(Unsure))
	case QueueSample:
		w.add("l.decision = ?", string(Confirmed))
		w.add("l.decided_by = ?", ByMatcher)
	default:
		return nil, invalid("queue", "%q is not one of waiting, unsure, sample", f.Queue)
	}
	for _, by := range []struct{ column, value string }{{"a.network", f.Network}, {"l.contact_id", f.ContactID}, {"l.author_id", f.AuthorID}} {
		if by.value != "" {
			w.add(by.column+" = ?", by.value)
		}
	}
	if f.Min > 0 {
		w.add("l.probability >= ?", f.Min)
	}
	if f.Max > 0 {
		w.add("l.probability < ?", f.Max)
	}
	return w, nil
}

// sampleScan is how many pages of automatic links are read for one of the sample, at most: one in
// five is held out, so a page is full after five.
const sampleScan = 40

// ReviewQueue lists the links of a queue, a page at a time, the highest rank first; next is empty
// on the last one. Links whose author or contact is gone are left out.
func ReviewQueue(ctx context.Context, q sqldb.Querier, a *Access, f ReviewFilter) (links []ReviewLink, next string, err error) {
	limit := pageSize(f.Limit)
	cursor := f.Cursor
	for range sampleScan {
		var page []ReviewLink
		if page, cursor, err = reviewPage(ctx, q, a, f, cursor, limit); err != nil {
			return nil, "", err
		}
		for i, l := range page {
			if f.Queue == QueueSample && !HeldOut(l.AuthorID, l.ContactID) {
				continue
			}
			links = append(links, l)
			if len(links) == limit {
				if i == len(page)-1 && cursor == "" {
					return links, "", nil
				}
				return links, reviewCursor(&l), nil
			}
		}
		if cursor == "" || f.Queue != QueueSample {
			return links, cursor, nil
		}
	}
	return links, cursor, nil
}

func reviewCursor(l *ReviewLink) string {
	return encodeCursor(strconv.FormatFloat(l.Rank, 'g', -1, 64), l.AuthorID, l.ContactID)
}

func reviewPage(ctx context.Context, q sqldb.Querier, access *Access, f ReviewFilter, cursor string, limit int) (links []ReviewLink, next string, err error) {
	w, err := f.conditions()
	if err != nil {
		return nil, "", err
	}
	w.readable(access, RecordContact, "c")
	w.readable(access, RecordLink, "l")
	if cursor != "" {
		fields, err := decodeCursor(cursor, 3)
		if err != nil {
			return nil, "", err
		}
		rank, err := strconv.ParseFloat(fields[0], 64)
		if err != nil {
			return nil, "", invalid("cursor", "is not one this list gave out: start again without it")
		}
		w.add("(l.rank, l.author_id, l.contact_id) < (?, ?, ?)", rank, fields[1], fields[2])
	}
	query := `SELECT l.` + linkColumnsOf + `, a.network, l.rank, a.followers, a.seen_at FROM links l JOIN authors a ON a.id = l.author_id
		JOIN contacts c ON c.id = l.contact_id` + w.sql() + " ORDER BY l.rank DESC, l.author_id DESC, l.contact_id DESC" + w.limit(limit+1)
	rows, err := q.Query(ctx, query, w.args...)
	if err != nil {
		return nil, "", fmt.Errorf("load review queue: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r ReviewLink
		var seen int64
		if r.Link, err = scanLink(rows, &r.Network, &r.Rank, &r.Stake.Followers, &seen); err != nil {
			return nil, "", fmt.Errorf("load review queue: %w", err)
		}
		r.Stake.LastPost, r.Stake.Probability = sqldb.FromMillis(seen), r.Probability
		links = append(links, r)
	}
	if err := rows.Err(); err != nil {
		return nil, "", fmt.Errorf("load review queue: %w", err)
	}
	if len(links) > limit {
		links = links[:limit]
		next = reviewCursor(&links[limit-1])
	}
	return links, next, nil
}

// RankReview gives every link that waits its place, by what depends on it now, and says how many
// changed. It reads a page at a time.
func RankReview(ctx context.Context, db *sqldb.DB, storms []Storm, now time.Time) (changed int, err error) {
	const some = 500
	for author, contact := "", ""; ; {
		links, err := waitingAfter(ctx, db, author, contact, some)
		if err != nil || len(links) == 0 {
			return changed, err
		}
		if err := Stakes(ctx, db, links, storms); err != nil {
			return changed, err
		}
		var rows [][]any
		for i := range links {
			if rank := links[i].Stake.Rank(now); rank != links[i].Rank {
				rows = append(rows, []any{rank, links[i].AuthorID, links[i].ContactID})
			}
		}
		if len(rows) > 0 {
			if err := db.Update(ctx, func(tx *sqldb.Tx) error {
				return tx.ExecMany(ctx, "UPDATE links SET rank = $1 WHERE author_id = $2 AND contact_id = $3", rows)
			}); err != nil {
				return changed, err
			}
		}
		changed += len(rows)
		last := &links[len(links)-1]
		author, contact = last.AuthorID, last.ContactID
	}
}

// waitingAfter is a page of the links that wait, in the order of their key.
func waitingAfter(ctx context.Context, q sqldb.Querier, author, contact string, limit int) (links []ReviewLink, err error) {
	rows, err := q.Query(ctx, `SELECT l.`+linkColumnsOf+`, a.network, l.rank, a.followers, a.seen_at FROM links l JOIN authors a ON a.id = l.author_id
		WHERE l.decision IN ('suggested', 'unsure') AND (l.author_id, l.contact_id) > ($1, $2) ORDER BY l.author_id, l.contact_id LIMIT $3`, author, contact, limit)
	if err != nil {
		return nil, fmt.Errorf("load review queue: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r ReviewLink
		var seen int64
		if r.Link, err = scanLink(rows, &r.Network, &r.Rank, &r.Stake.Followers, &seen); err != nil {
			return nil, fmt.Errorf("load review queue: %w", err)
		}
		r.Stake.LastPost, r.Stake.Probability = sqldb.FromMillis(seen), r.Probability
		links = append(links, r)
	}
	return links, rows.Err()
}

// Stakes fills in what depends on links beside their author: incidents and open leads.
func Stakes(ctx context.Context, q sqldb.Querier, links []ReviewLink, storms []Storm) error {
	var authors, contacts []string
	for _, l := range links {
		authors, contacts = append(authors, l.AuthorID), append(contacts, l.ContactID)
	}
	stormy := make(map[string]bool)
	for part := range chunks(authors) {
		for _, s := range storms {
			args := append([]any{s.MonitorID, sqldb.Millis(s.Since)}, sqldb.Anys(part)...)
			if err := collect(ctx, q, stormy, `SELECT DISTINCT p.author_id FROM posts p JOIN mentions m ON m.post_id = p.id
				WHERE m.monitor_id = $1 AND m.posted_at >= $2 AND `+sqldb.In("p.author_id", 3, len(part)), args...); err != nil {
				return err
			}
		}
	}
	leading := make(map[string]bool)
	for _, by := range []struct {
		column string
		ids    []string
	}{{"author_id", authors}, {"contact_id", contacts}} {
		for part := range chunks(by.ids) {
			if err := collect(ctx, q, leading, "SELECT DISTINCT "+by.column+" FROM leads WHERE milestone IN ("+openMilestones+") AND "+
				sqldb.In(by.column, 1, len(part)), sqldb.Anys(part)...); err != nil {
				return err
			}
		}
	}
	for i := range links {
		s := &links[i].Stake
		s.Incident, s.Lead = stormy[links[i].AuthorID], leading[links[i].AuthorID] || leading[links[i].ContactID]
	}
	return nil
}

// openMilestones are those of leads that somebody still works on (Milestone.Open), for SQL.
const openMilestones = "'unqualified', 'marketing-qualified', 'sales-qualified'"

// collect adds the one column of a query to a set.
func collect(ctx context.Context, q sqldb.Querier, set map[string]bool, query string, args ...any) error {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("load stakes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return fmt.Errorf("load stakes: %w", err)
		}
		set[id] = true
	}
	return rows.Err()
}

// ReviewCounts says how many links wait, by network, and how many somebody was unsure about.
func ReviewCounts(ctx context.Context, q sqldb.Querier, access *Access) (waiting map[string]int, unsure int, err error) {
	w := &where{}
	w.add("l.decision IN ('suggested', 'unsure')")
	w.readable(access, RecordContact, "c")
	w.readable(access, RecordLink, "l")
	rows, err := q.Query(ctx, `SELECT l.decision, a.network, count(*) FROM links l JOIN authors a ON a.id = l.author_id
		JOIN contacts c ON c.id = l.contact_id`+w.sql()+" GROUP BY l.decision, a.network", w.args...)
	if err != nil {
		return nil, 0, fmt.Errorf("count review queue: %w", err)
	}
	defer rows.Close()
	waiting = make(map[string]int)
	for rows.Next() {
		var decision Decision
		var network string
		var n int
		if err := rows.Scan(&decision, &network, &n); err != nil {
			return nil, 0, fmt.Errorf("count review queue: %w", err)
		}
		if decision == Unsure {
			unsure += n
		} else {
			waiting[network] += n
		}
	}
	return waiting, unsure, rows.Err()
}

// Labels are all that people taught about pairs of which the model had said something.
func Labels(ctx context.Context, q sqldb.Querier) ([]Label, error) {
	links, err := queryLinks(ctx, q, "decision IN ('confirmed', 'rejected') AND model <> '' AND decided_by NOT IN ('matcher', 'verifier', 'import', 'rule')")
	if err != nil {
		return nil, err
	}
	var labels []Label
	for i := range links {
		if l, ok := labelOf(&links[i]); ok {
			labels = append(labels, l)
		}
	}
	return labels, nil
}

// ModelLinks yields every link that the model made and no person decided.
func ModelLinks(ctx context.Context, q sqldb.Querier, yield func(*Link) error) error {
	for author, contact := "", ""; ; {
		links, err := queryLinks(ctx, q, `decided_by = 'matcher' AND decision IN ('suggested', 'confirmed') AND (author_id, contact_id) > ($1, $2)
			ORDER BY author_id, contact_id LIMIT 1000`, author, contact)
		if err != nil || len(links) == 0 {
			return err
		}
		for i := range links {
			if err := yield(&links[i]); err != nil {
				return err
			}
		}
		author, contact = links[len(links)-1].AuthorID, links[len(links)-1].ContactID
	}
}
