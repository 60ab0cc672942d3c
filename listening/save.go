package listening

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
)

// Save stores posts that match a monitor, with their authors, mentions and cells, and sets New
// where something was not there before. The cells grow by exactly what this inserts, so saving
// twice changes nothing. A post or author that was taken back (tombstones) is left out.
func Save(ctx context.Context, tx *sqldb.Tx, heard []*Heard) error {
	for _, h := range heard {
		h.New = false
		for i := range h.Mentions {
			h.Mentions[i].New = false
		}
	}
	heard, err := withoutTombstones(ctx, tx, heard)
	if err != nil || len(heard) == 0 {
		return err
	}
	if err := saveAuthors(ctx, tx, heard); err != nil {
		return err
	}
	if err := insertPosts(ctx, tx, heard); err != nil {
		return err
	}
	total := newCounts()
	if err := insertMentions(ctx, tx, heard, total); err != nil {
		return err
	}
	return total.save(ctx, tx)
}

// withoutTombstones leaves out what was taken back.
func withoutTombstones(ctx context.Context, tx *sqldb.Tx, heard []*Heard) ([]*Heard, error) {
	var any int
	if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM tombstones LIMIT 1) t").Scan(&any); err != nil {
		return nil, fmt.Errorf("load tombstones: %w", err)
	}
	if any == 0 {
		return heard, nil
	}
	ids := make(map[string]bool, 2*len(heard))
	for _, h := range heard {
		ids[h.PostID], ids[h.AuthorID] = true, true
	}
	gone, err := existing(ctx, tx, "tombstones", ids)
	if err != nil || len(gone) == 0 {
		return heard, err
	}
	return slices.DeleteFunc(slices.Clone(heard), func(h *Heard) bool { return gone[h.PostID] || gone[h.AuthorID] }), nil
}

// existing returns those of the ids that stand in the table.
func existing(ctx context.Context, q sqldb.Querier, table string, wanted map[string]bool) (map[string]bool, error) {
	list := make([]string, 0, len(wanted))
	for id := range wanted {
		list = append(list, id)
	}
	found := make(map[string]bool)
	for some := range slices.Chunk(list, perQuery) {
		there, err := ids(ctx, q, "SELECT id FROM "+table+" WHERE "+sqldb.In("id", 1, len(some)), sqldb.Anys(some)...)
		if err != nil {
			return nil, err
		}
		for _, id := range there {
			found[id] = true
		}
	}
	return found, nil
}

// saveAuthors stores each author as their newest post shows them.
func saveAuthors(ctx context.Context, tx *sqldb.Tx, heard []*Heard) error {
	newest := make(map[string]*Heard, len(heard))
	for _, h := range heard {
		if old := newest[h.AuthorID]; old == nil || !h.Event.Post.PostedAt.Before(old.Event.Post.PostedAt) {
			newest[h.AuthorID] = h
		}
	}
	rows := make([][]any, 0, len(newest))
	for id, h := range newest {
		a := &h.Event.Post.Author
		rows = append(rows, []any{id, h.Event.Post.Network, h.Event.Post.AuthorKey().ID, a.Handle, a.Name, a.URL, a.Bio, a.Location, a.Followers,
			texts(a.VerifiedLinks), a.Bot, sqldb.Millis(h.Event.Post.PostedAt), sqldb.Millis(a.CreatedAt)})
	}
	slices.SortFunc(rows, func(a, b []any) int { return cmp.Compare(a[0].(string), b[0].(string)) })
	return tx.Upsert(ctx, sqldb.Upsert{Table: "authors", Key: []string{"id"},
		Columns: []string{"id", "network", "native_id", "handle", "name", "url", "bio", "location", "followers", "verified_links", "bot", "seen_at", "opened_at"},
		Set: `handle = excluded.handle, name = excluded.name, url = excluded.url, bio = excluded.bio, location = excluded.location,
			followers = excluded.followers, verified_links = excluded.verified_links, bot = excluded.bot, seen_at = excluded.seen_at,
			opened_at = CASE WHEN excluded.opened_at > 0 THEN excluded.opened_at ELSE authors.opened_at END
			WHERE excluded.seen_at > authors.seen_at`}, rows, nil)
}

// texts is a list as the database keeps it.
func texts(list []string) string {
	if len(list) == 0 {
		return "[]"
	}
	data, err := json.Marshal(list)
	if err != nil {
		panic(err) // texts only
	}
	return string(data)
}

func insertPosts(ctx context.Context, tx *sqldb.Tx, heard []*Heard) error {
	rows := make([][]any, len(heard))
	for i, h := range heard {
		p := &h.Event.Post
		rows[i] = []any{h.PostID, p.Network, p.ID, h.AuthorID, string(p.Kind), p.Text, p.URL, sqldb.Millis(p.PostedAt), sqldb.Millis(p.EditedAt),
			p.Thread, p.ReplyTo, p.ShareOf, p.QuoteOf, p.Engagement.Total(), h.Event.Source, sqldb.Millis(h.Event.ReceivedAt), p.Language, int64(FingerprintOf(p.Text))}
	}
	fresh, err := tx.InsertNew(ctx, sqldb.Insert{Table: "posts", Key: []string{"id"},
		Columns: []string{"id", "network", "native_id", "author_id", "kind", "text", "url", "posted_at", "edited_at",
			"thread", "reply_to", "share_of", "quote_of", "engagement", "source", "received_at", "language", "fingerprint"}}, rows)
	for i := range fresh {
		heard[i].New = fresh[i]
	}
	return err
}

// insertMentions stores the mentions, counts those that are new and notes what the model says of
// those that are corrected.
func insertMentions(ctx context.Context, tx *sqldb.Tx, heard []*Heard, total *counts) error {
	var rows, corrected [][]any
	var mentions []*Mention
	for _, h := range heard {
		for i := range h.Mentions {
			m := &h.Mentions[i]
			rows = append(rows, []any{m.PostID, m.MonitorID, m.AuthorID, sqldb.Millis(m.PostedAt), m.Part, m.Reach,
				m.Language, string(m.Polarity), m.Score, m.Confidence, string(m.Intent), m.IntentConfidence, m.Model})
			mentions = append(mentions, m)
		}
	}
	fresh, err := tx.InsertNew(ctx, sqldb.Insert{Table: "mentions", Key: []string{"post_id", "monitor_id"},
		Columns: []string{"post_id", "monitor_id", "author_id", "posted_at", "part", "reach", "language", "polarity", "score", "confidence", "intent", "intent_confidence", "model"}}, rows)
	if err != nil {
		return err
	}
	for i, m := range mentions {
		if m.New = fresh[i]; m.New {
			total.add(m, 1)
			if m.Correction != "" {
				corrected = append(corrected, m.correctedRow())
			}
		}
	}
	return saveCorrected(ctx, tx, corrected)
}

// stored returns the mentions of posts as they stand in the database, by post.
func stored(ctx context.Context, q sqldb.Querier, postIDs []string) (map[string][]Mention, error) {
	found := make(map[string][]Mention)
	for some := range slices.Chunk(postIDs, perQuery) {
		if err := storedSome(ctx, q, some, found); err != nil {
			return nil, fmt.Errorf("load mentions: %w", err)
		}
	}
	return found, nil
}

func storedSome(ctx context.Context, q sqldb.Querier, postIDs []string, found map[string][]Mention) error {
	rows, err := q.Query(ctx, `SELECT post_id, monitor_id, author_id, posted_at, part, reach, language, polarity, score, confidence, intent, intent_confidence
		FROM mentions WHERE `+sqldb.In("post_id", 1, len(postIDs))+" ORDER BY post_id, monitor_id", sqldb.Anys(postIDs)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var m Mention
		var posted int64
		var polarity, intent string
		if err := rows.Scan(&m.PostID, &m.MonitorID, &m.AuthorID, &posted, &m.Part, &m.Reach, &m.Language, &polarity, &m.Score, &m.Confidence, &intent,
			&m.IntentConfidence); err != nil {
			return err
		}
		m.PostedAt, m.Polarity, m.Intent = sqldb.FromMillis(posted), post.Polarity(polarity), post.Intent(intent)
		found[m.PostID] = append(found[m.PostID], m)
	}
	return rows.Err()
}
