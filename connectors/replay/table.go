package replay

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/groundswell/groundswell/post"
)

// A TableMap says which columns of a table hold what a post needs.
type TableMap struct {
	columns map[string]string // the post's field → a header's name or a column's number from 0
	network string
	zone    *time.Location
}

// columnFields are the fields of a post that a column may hold.
var columnFields = []string{"text", "time", "author", "author_id", "id", "name", "bio", "location", "followers",
	"language", "url", "likes", "shares", "replies", "reply_to", "thread"}

// ParseTableMap reads a map such as "text=3,id=0,time=created_at,author=user,zone=-08:00". Columns
// are named by their header or numbered from 0. text, time and author (or author_id) are needed;
// network (default: table) and zone (default: UTC; used for times without one) are plain values.
func ParseTableMap(text string) (*TableMap, error) {
	m := &TableMap{columns: make(map[string]string), network: Table, zone: time.UTC}
	for part := range strings.SplitSeq(text, ",") {
		field, column, ok := strings.Cut(strings.TrimSpace(part), "=")
		field, column = strings.TrimSpace(field), strings.TrimSpace(column)
		if !ok || column == "" {
			return nil, fmt.Errorf("map %.40q: want field=column", part)
		}
		switch {
		case field == "network":
			m.network = column
		case field == "zone":
			zone, err := parseZone(column)
			if err != nil {
				return nil, err
			}
			m.zone = zone
		case slices.Contains(columnFields, field):
			m.columns[field] = column
		default:
			return nil, fmt.Errorf("map %.40q: known fields are %s, network and zone", field, strings.Join(columnFields, ", "))
		}
	}
	if m.columns["text"] == "" || m.columns["time"] == "" || m.columns["author"] == "" && m.columns["author_id"] == "" {
		return nil, fmt.Errorf("map %.80q: text, time and author (or author_id) have to be mapped", text)
	}
	return m, nil
}

func parseZone(s string) (*time.Location, error) {
	if at, err := time.Parse("-07:00", s); err == nil {
		_, offset := at.Zone()
		return time.FixedZone(s, offset), nil
	}
	zone, err := time.LoadLocation(s)
	if err != nil {
		return nil, fmt.Errorf("map zone %.40q: want an offset such as -08:00 or a name such as Europe/Berlin", s)
	}
	return zone, nil
}

// headerNames are the names under which the needed columns are found without a map.
var headerNames = map[string][]string{
	"text":   {"text", "tweet", "message", "body", "content", "full_text"},
	"time":   {"time", "created_at", "posted_at", "timestamp", "date"},
	"author": {"author", "user", "username", "handle", "screen_name"},
	"id":     {"id", "id_str", "tweet_id", "post_id"},
	"name":   {"name", "display_name"}, "language": {"language", "lang"}, "url": {"url"},
	"likes": {"likes", "like_count", "favorite_count"}, "shares": {"shares", "retweet_count"},
}

// guessMap maps the columns of a header by their names, or says what is missing.
func guessMap(header []string) (*TableMap, error) {
	m := &TableMap{columns: make(map[string]string), network: Table, zone: time.UTC}
	for field, names := range headerNames {
		for _, name := range names {
			if i := slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(h, name) }); i >= 0 {
				m.columns[field] = strconv.Itoa(i)
				break
			}
		}
	}
	for _, field := range []string{"text", "time", "author"} {
		if m.columns[field] == "" {
			return nil, fmt.Errorf("a table without a column named %s: say with a map which columns hold text, time and author", strings.Join(headerNames[field], " or "))
		}
	}
	return m, nil
}

// A table is a TableMap bound to the columns of one file.
type table struct {
	at      map[string]int
	network string
	zone    *time.Location
	comma   byte
}

// bind finds the columns in the first row. header says that the row is one, and holds no post.
func (m *TableMap) bind(row []string, comma byte) (t *table, header bool, err error) {
	t = &table{at: make(map[string]int), network: m.network, zone: m.zone, comma: comma}
	for _, field := range columnFields {
		column, ok := m.columns[field]
		if !ok {
			continue
		}
		n, err := strconv.Atoi(column)
		if err != nil {
			header = true
			if n = slices.IndexFunc(row, func(h string) bool { return strings.EqualFold(h, column) }); n < 0 {
				return nil, false, fmt.Errorf("no column %q for %s: the header has %.200s", column, field, strings.Join(row, ", "))
			}
		}
		if n < 0 || n >= len(row) {
			return nil, false, fmt.Errorf("no column %d for %s: the first row has %d, counted from 0", n, field, len(row))
		}
		t.at[field] = n
	}
	if _, err := parseTime(row[t.at["time"]], t.zone); err != nil {
		header = true
	}
	return t, header, nil
}

// separator is the first of tab, semicolon and comma that the line holds; 0 when it holds none.
func separator(line []byte) byte {
	for _, c := range []byte{'\t', ';', ','} {
		if bytes.IndexByte(line, c) >= 0 {
			return c
		}
	}
	return 0
}

// splitRow cuts a row into columns. Tabs part columns as they stand; other separators may stand
// within quotes.
func splitRow(row []byte, comma byte) ([]string, error) {
	text := strings.TrimRight(string(row), "\r\n")
	if comma == '\t' {
		return strings.Split(text, "\t"), nil
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = rune(comma), true, -1
	columns, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("malformed row: %w", err)
	}
	return columns, nil
}

// event makes the event of one row. A row without an id gets one made of its author, time and text.
func (t *table) event(row []string) (post.Event, error) {
	for _, field := range columnFields {
		if n, ok := t.at[field]; ok && n >= len(row) {
			return post.Event{}, fmt.Errorf("%d columns in the row: %s is mapped to column %d, counted from 0", len(row), field, n)
		}
	}
	get := func(field string) string {
		if n, ok := t.at[field]; ok {
			return strings.TrimSpace(row[n])
		}
		return ""
	}
	at, err := parseTime(get("time"), t.zone)
	if err != nil {
		return post.Event{}, err
	}
	p := post.Post{
		Network: t.network, ID: get("id"), Kind: post.KindPost, Text: get("text"), Language: get("language"), URL: get("url"),
		PostedAt: at, ReplyTo: get("reply_to"), Thread: get("thread"),
		Author: post.Author{
			ID: get("author_id"), Handle: strings.TrimPrefix(get("author"), "@"), Name: get("name"), Bio: get("bio"),
			Location: get("location"), Followers: number(get("followers")),
		},
		Engagement: post.Engagement{Likes: number(get("likes")), Shares: number(get("shares")), Replies: number(get("replies"))},
	}
	if p.Text == "" {
		return post.Event{}, fmt.Errorf("no text")
	}
	if p.ReplyTo != "" {
		p.Kind = post.KindReply
	}
	if p.ID == "" {
		sum := sha256.Sum256([]byte(p.AuthorKey().ID + "\x00" + get("time") + "\x00" + p.Text))
		p.ID = base64.RawURLEncoding.EncodeToString(sum[:16])
	}
	e := post.Event{Type: post.Upsert, Post: p}
	if err := e.Validate(); err != nil {
		return post.Event{}, err
	}
	return e, nil
}

func number(s string) int64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n < 0 || n > 1<<53 {
		return 0
	}
	return int64(n)
}

// layouts are the forms of time that a table may hold; those without a zone use the map's.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05Z07:00", time.RubyDate, time.RFC1123Z,
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02",
}

func parseTime(s string, zone *time.Location) (time.Time, error) {
	for _, layout := range layouts {
		if at, err := time.ParseInLocation(layout, s, zone); err == nil {
			return at.UTC(), nil
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 {
		switch {
		case n < 1e8: // a row number, not a time: 1e8 s is 1973
		case n < 1e11:
			return time.Unix(n, 0).UTC(), nil
		case n < 1e14:
			return time.UnixMilli(n).UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("time %.40q: want RFC 3339, 2006-01-02 15:04:05 -0700 or seconds since 1970", s)
}
