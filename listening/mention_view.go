package listening

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
)

// A MentionView is a mention as people see it: with its post, author and monitor.
type MentionView struct {
	PostID     string
	MonitorID  string
	Monitor    string // name
	Network    string
	Kind       string // of the post
	URL        string
	Text       string
	PostedAt   time.Time
	EditedAt   time.Time // zero: never
	Author     AuthorView
	Source     string
	Reach      int64
	Engagement int64 // likes, shares, replies and quotes together
	Reading    post.Reading
	Model      string             // version of what read it
	Correction *MentionCorrection // nil: it is read as the model does
}

// A MentionCorrection is the correction that a mention is read by.
type MentionCorrection struct {
	ID      string
	Own     bool // it was made for this mention; else for a near-duplicate
	By      string
	At      time.Time
	ByModel post.Reading // what the model says
}

// An AuthorView is an author as people see them.
type AuthorView struct {
	ID        string
	Network   string
	Handle    string
	Name      string
	URL       string
	Bio       string
	Location  string
	Followers int64
	Bot       bool
	SeenAt    time.Time
	OpenedAt  time.Time // the account; zero: unknown
}

// A Filter chooses mentions; an empty field does not restrict.
type Filter struct {
	Monitor     string // id
	Polarity    string
	Intent      string
	Network     string
	Author      string // id
	Text        string // what the text holds, in small, capital or title letters
	Authors     string // an SQL condition on m.author_id, from who knows what authors are
	Also        string // an SQL condition on mentions m, posts p and authors a, from who knows more of them
	From, Until time.Time
	Cursor      string // where the page begins: what the page before returned
	Limit       int    // of the page; 50 when 0
}

const viewSelect = `SELECT m.post_id, m.monitor_id, COALESCE(mo.name, ''), p.network, p.kind, p.url, p.text, m.posted_at, p.edited_at,
	m.author_id, COALESCE(a.handle, ''), COALESCE(a.name, ''), COALESCE(a.url, ''), COALESCE(a.followers, 0), COALESCE(a.opened_at, 0), p.source, m.reach, p.engagement,
	m.language, m.polarity, m.score, m.confidence, m.intent, m.intent_confidence, m.model, COALESCE(cm.correction_id, ''), COALESCE(co.post_id, ''), COALESCE(co.corrected_by, ''),
	COALESCE(co.corrected_at, 0), COALESCE(cm.polarity, ''), COALESCE(cm.score, 0), COALESCE(cm.confidence, 0), COALESCE(cm.intent, ''),
	COALESCE(cm.intent_confidence, 0)
	FROM mentions m JOIN posts p ON p.id = m.post_id LEFT JOIN authors a ON a.id = m.author_id LEFT JOIN monitors mo ON mo.id = m.monitor_id
	LEFT JOIN corrected_mentions cm ON cm.post_id = m.post_id AND cm.monitor_id = m.monitor_id LEFT JOIN corrections co ON co.id = cm.correction_id `

// FindMentions returns a page of mentions, newest first, and the cursor of the next page, which is
// empty at the end.
func FindMentions(ctx context.Context, q sqldb.Querier, f Filter) (page []MentionView, next string, err error) {
	var where []string
	var args []any
	restrict := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(args)), 1)
		}
		where = append(where, condition)
	}
	for _, by := range []struct{ column, value string }{{"m.monitor_id", f.Monitor}, {"m.polarity", f.Polarity}, {"m.intent", f.Intent},
		{"p.network", f.Network}, {"m.author_id", f.Author}} {
		if by.value != "" {
			restrict(by.column+" = ?", by.value)
		}
	}
	for _, condition := range []string{f.Authors, f.Also} {
		if condition != "" {
			where = append(where, "("+condition+")")
		}
	}
	if !f.From.IsZero() {
		restrict("m.posted_at >= ?", sqldb.Millis(f.From))
	}
	if !f.Until.IsZero() {
		restrict("m.posted_at < ?", sqldb.Millis(f.Until))
	}
	if f.Text != "" {
		restrict("(p.text LIKE ? ESCAPE '!' OR p.text LIKE ? ESCAPE '!' OR p.text LIKE ? ESCAPE '!')", patterns(f.Text)...)
	}
	if f.Cursor != "" {
		posted, postID, monitorID, err := readCursor(f.Cursor)
		if err != nil {
			return nil, "", err
		}
		restrict("m.posted_at <= ?", posted)
		restrict("(m.posted_at, m.post_id, m.monitor_id) < (?, ?, ?)", posted, postID, monitorID)
	}
	condition := ""
	if len(where) > 0 {
		condition = "WHERE " + strings.Join(where, " AND ")
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	args = append(args, limit+1)
	page, err = queryViews(ctx, q, viewSelect+condition+" ORDER BY m.posted_at DESC, m.post_id DESC, m.monitor_id DESC LIMIT $"+strconv.Itoa(len(args)), args...)
	if err == nil && len(page) > limit {
		last := page[limit-1]
		page, next = page[:limit], writeCursor(sqldb.Millis(last.PostedAt), last.PostID, last.MonitorID)
	}
	return page, next, err
}

// MentionsByPosts returns the mentions of posts, newest first.
func MentionsByPosts(ctx context.Context, q sqldb.Querier, postIDs []string) (all []MentionView, err error) {
	for some := range slices.Chunk(postIDs, perQuery) {
		views, err := queryViews(ctx, q, viewSelect+"WHERE "+sqldb.In("m.post_id", 1, len(some))+
			" ORDER BY m.posted_at DESC, m.post_id DESC, m.monitor_id DESC", sqldb.Anys(some)...)
		if err != nil {
			return nil, err
		}
		all = append(all, views...)
	}
	return all, nil
}

func queryViews(ctx context.Context, q sqldb.Querier, query string, args ...any) ([]MentionView, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("load mentions: %w", err)
	}
	defer rows.Close()
	var views []MentionView
	for rows.Next() {
		var v MentionView
		var posted, edited, opened, at int64
		var c MentionCorrection
		var corrected string
		if err := rows.Scan(&v.PostID, &v.MonitorID, &v.Monitor, &v.Network, &v.Kind, &v.URL, &v.Text, &posted, &edited,
			&v.Author.ID, &v.Author.Handle, &v.Author.Name, &v.Author.URL, &v.Author.Followers, &opened, &v.Source, &v.Reach, &v.Engagement,
			&v.Reading.Language, &v.Reading.Polarity, &v.Reading.Score, &v.Reading.Confidence, &v.Reading.Intent, &v.Reading.IntentConfidence,
			&v.Model, &c.ID, &corrected, &c.By, &at, &c.ByModel.Polarity, &c.ByModel.Score, &c.ByModel.Confidence, &c.ByModel.Intent,
			&c.ByModel.IntentConfidence); err != nil {
			return nil, fmt.Errorf("load mentions: %w", err)
		}
		v.PostedAt, v.EditedAt, v.Author.Network, v.Author.OpenedAt = sqldb.FromMillis(posted), sqldb.FromMillis(edited), v.Network, sqldb.FromMillis(opened)
		if c.ID != "" {
			c.Own, c.At, c.ByModel.Language = corrected == v.PostID, sqldb.FromMillis(at), v.Reading.Language
			v.Correction = &c
		}
		views = append(views, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load mentions: %w", err)
	}
	return views, nil
}

// AuthorByID returns one author, or ErrNotFound.
func AuthorByID(ctx context.Context, q sqldb.Querier, id string) (AuthorView, error) {
	found, err := AuthorsByID(ctx, q, []string{id})
	if err != nil {
		return AuthorView{}, err
	}
	a, ok := found[id]
	if !ok {
		return AuthorView{}, fmt.Errorf("load author %s: %w", id, ErrNotFound)
	}
	return a, nil
}

// AuthorsByID returns the authors of those ids that there are.
func AuthorsByID(ctx context.Context, q sqldb.Querier, ids []string) (map[string]AuthorView, error) {
	found := make(map[string]AuthorView, len(ids))
	for some := range slices.Chunk(ids, perQuery) {
		err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
			var a AuthorView
			var seen int64
			err := rows.Scan(&a.ID, &a.Network, &a.Handle, &a.Name, &a.URL, &a.Bio, &a.Location, &a.Followers, &a.Bot, &seen)
			a.SeenAt = sqldb.FromMillis(seen)
			found[a.ID] = a
			return err
		}, "SELECT id, network, handle, name, url, bio, location, followers, bot, seen_at FROM authors WHERE "+sqldb.In("id", 1, len(some)), sqldb.Anys(some)...)
		if err != nil {
			return nil, fmt.Errorf("load authors: %w", err)
		}
	}
	return found, nil
}

// patterns finds a text as it is mostly written. The databases fold the letters of ASCII at most,
// and one of them none, so each way of writing has its pattern.
func patterns(text string) []any {
	lower := strings.ToLower(strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text))
	first, size := utf8.DecodeRuneInString(lower)
	return []any{"%" + lower + "%", "%" + string(unicode.ToUpper(first)) + lower[size:] + "%", "%" + strings.ToUpper(lower) + "%"}
}

func writeCursor(posted int64, postID, monitorID string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(posted, 10) + " " + postID + " " + monitorID))
}

func readCursor(cursor string) (posted int64, postID, monitorID string, err error) {
	data, err := base64.RawURLEncoding.DecodeString(cursor)
	parts := strings.Split(string(data), " ")
	if err == nil && len(parts) == 3 {
		if posted, err = strconv.ParseInt(parts[0], 10, 64); err == nil {
			return posted, parts[1], parts[2], nil
		}
	}
	return 0, "", "", &Invalid{"cursor", "want what the page before returned as next"}
}
