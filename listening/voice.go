package listening

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
)

// A Voice is what one author said about a monitor in a time.
type Voice struct {
	Author          AuthorView
	Posts           int64
	Negative        int64
	Positive        int64
	Recommendations int64  // posts that recommend
	Complaints      int64  // posts that complain
	Helpful         int64  // positive answers to others
	Engagement      int64  // of the posts, together
	Reach           int64  // of the post that most may have seen
	TopPost         string // id of the post with the most engagement
}

// A VoiceFilter chooses the voices of monitors.
type VoiceFilter struct {
	Monitors    []string // a post that several of them heard counts once
	From, Until time.Time
	Polarity    post.Polarity // of at least one post; empty: any
	Leaning     post.Polarity // that more of their posts have than the other; empty: any. Those with most posts of it come first
	Limit       int           // those of the largest reach
}

// heard restricts a query of mentions m to those of the filter's monitors and time; the values begin
// the arguments.
func (f *VoiceFilter) heard() (condition string, args []any) {
	args = append([]any{sqldb.Millis(f.From), sqldb.Millis(f.Until)}, sqldb.Anys(f.Monitors)...)
	condition = "m.posted_at >= $1 AND m.posted_at < $2 AND " + sqldb.In("m.monitor_id", 3, len(f.Monitors))
	if len(f.Monitors) > 1 {
		condition += " AND NOT EXISTS (SELECT 1 FROM mentions e WHERE e.post_id = m.post_id AND e.monitor_id < m.monitor_id AND " + sqldb.In("e.monitor_id", 3, len(f.Monitors)) + ")"
	}
	return condition, args
}

const (
	countNegative = "SUM(CASE WHEN m.polarity = 'negative' THEN 1 ELSE 0 END)"
	countPositive = "SUM(CASE WHEN m.polarity = 'positive' THEN 1 ELSE 0 END)"
)

// Voices returns who spoke about monitors, the largest reach first.
func Voices(ctx context.Context, q sqldb.Querier, f VoiceFilter) ([]Voice, error) {
	having, order := "", ""
	switch {
	case f.Leaning == post.Negative:
		having, order = "HAVING "+countNegative+" > "+countPositive, countNegative+" DESC, "
	case f.Leaning == post.Positive:
		having, order = "HAVING "+countPositive+" > "+countNegative, countPositive+" DESC, "
	case f.Polarity == post.Negative:
		having = "HAVING " + countNegative + " > 0"
	case f.Polarity == post.Positive:
		having = "HAVING " + countPositive + " > 0"
	}
	heard, args := f.heard()
	rows, err := q.Query(ctx, `SELECT m.author_id, MAX(p.network), MAX(COALESCE(a.handle, '')), MAX(COALESCE(a.name, '')), MAX(COALESCE(a.url, '')),
		MAX(COALESCE(a.followers, 0)), MAX(CASE WHEN a.bot THEN 1 ELSE 0 END), COUNT(*),
		`+countNegative+", "+countPositive+`,
		SUM(CASE WHEN m.intent = 'recommendation' THEN 1 ELSE 0 END), SUM(CASE WHEN m.intent = 'complaint' THEN 1 ELSE 0 END),
		SUM(CASE WHEN m.polarity = 'positive' AND p.kind = 'reply' THEN 1 ELSE 0 END),
		CAST(SUM(p.engagement) AS bigint), MAX(m.reach)
		FROM mentions m JOIN posts p ON p.id = m.post_id LEFT JOIN authors a ON a.id = m.author_id
		WHERE `+heard+` GROUP BY m.author_id `+having+`
		ORDER BY `+order+`MAX(m.reach) DESC, m.author_id LIMIT $`+strconv.Itoa(len(args)+1), append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("load voices: %w", err)
	}
	defer rows.Close()
	var voices []Voice
	for rows.Next() {
		var v Voice
		var bot int
		if err := rows.Scan(&v.Author.ID, &v.Author.Network, &v.Author.Handle, &v.Author.Name, &v.Author.URL, &v.Author.Followers, &bot,
			&v.Posts, &v.Negative, &v.Positive, &v.Recommendations, &v.Complaints, &v.Helpful, &v.Engagement, &v.Reach); err != nil {
			return nil, fmt.Errorf("load voices: %w", err)
		}
		v.Author.Bot = bot == 1
		voices = append(voices, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load voices: %w", err)
	}
	return voices, nil
}

// TopPosts fills in which post of each voice has the most engagement, among those of the polarity.
func TopPosts(ctx context.Context, q sqldb.Querier, f VoiceFilter, voices []Voice) error {
	byAuthor := make(map[string]*Voice, len(voices))
	ids := make([]string, len(voices))
	for i := range voices {
		ids[i], byAuthor[voices[i].Author.ID] = voices[i].Author.ID, &voices[i]
	}
	heard, args := f.heard()
	args = append(args, string(cmp.Or(f.Polarity, f.Leaning)))
	for some := range slices.Chunk(ids, perQuery) {
		query := `SELECT m.author_id, m.post_id FROM mentions m JOIN posts p ON p.id = m.post_id
			WHERE ` + heard + fmt.Sprintf(" AND ($%d = '' OR m.polarity = $%d) AND ", len(args), len(args)) +
			sqldb.In("m.author_id", len(args)+1, len(some)) + " ORDER BY p.engagement, m.post_id DESC"
		if err := topPostsOf(ctx, q, query, append(slices.Clone(args), sqldb.Anys(some)...), byAuthor); err != nil {
			return fmt.Errorf("load the posts of voices: %w", err)
		}
	}
	return nil
}

func topPostsOf(ctx context.Context, q sqldb.Querier, query string, args []any, byAuthor map[string]*Voice) error {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var author, id string
		if err := rows.Scan(&author, &id); err != nil {
			return err
		}
		byAuthor[author].TopPost = id
	}
	return rows.Err()
}
