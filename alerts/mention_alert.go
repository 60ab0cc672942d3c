package alerts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/alerts/reason"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// A MentionAlert is a mention that meets a rule. A mention has one at most.
type MentionAlert struct {
	ID        string
	PostID    string
	MonitorID string
	RuleID    string   // of the first rule that it meets
	Kind      RuleKind // of that rule; not stored
	AuthorID  string
	Reasons   []reason.Reason
	Mention   notify.Mention
	PostedAt  time.Time
	CreatedAt time.Time
	ToldAt    time.Time // zero: it waits
	ToldWith  string    // id of the alert it was told with; its own when it was told alone
}

const alertColumns = "post_id, monitor_id, id, rule_id, author_id, reasons, mention, posted_at, created_at, told_at, told_with"

// SaveMentionAlerts saves alerts in the transaction of their mentions, and returns those that are
// new: a mention that is handled again alerts nobody again.
func SaveMentionAlerts(ctx context.Context, tx *sqldb.Tx, alerts []MentionAlert) (fresh []MentionAlert, err error) {
	rows := make([][]any, len(alerts))
	for i := range alerts {
		a := &alerts[i]
		reasons, err := json.Marshal(a.Reasons)
		if err != nil {
			panic(err) // texts only
		}
		mention, err := json.Marshal(a.Mention)
		if err != nil {
			return nil, fmt.Errorf("save alert on post %s: %w", a.PostID, err) // a time out of range
		}
		rows[i] = []any{a.PostID, a.MonitorID, a.ID, a.RuleID, a.AuthorID, string(reasons), string(mention),
			sqldb.Millis(a.PostedAt), sqldb.Millis(a.CreatedAt), sqldb.Millis(a.ToldAt), a.ToldWith}
	}
	added, err := tx.InsertNew(ctx, sqldb.Insert{Table: "mention_alerts", Key: []string{"post_id", "monitor_id"}, Columns: strings.Split(alertColumns, ", ")}, rows)
	for i := range added {
		if added[i] {
			fresh = append(fresh, alerts[i])
		}
	}
	return fresh, err
}

// A MentionAlertFilter chooses alerts; an empty field does not restrict.
type MentionAlertFilter struct {
	Monitor string // id
	Rule    string // id
	Cursor  string
	Limit   int // of the page; 50 when 0, 500 at most
}

// FindMentionAlerts returns a page of alerts, the newest mention first, and the next cursor.
func FindMentionAlerts(ctx context.Context, q sqldb.Querier, f MentionAlertFilter) (page []MentionAlert, next string, err error) {
	where, args := []string{"TRUE"}, []any{}
	for _, by := range []struct{ column, value string }{{"monitor_id", f.Monitor}, {"rule_id", f.Rule}} {
		if by.value != "" {
			args = append(args, by.value)
			where = append(where, by.column+" = $"+strconv.Itoa(len(args)))
		}
	}
	if f.Cursor != "" {
		at, id, err := readCursor(f.Cursor)
		if err != nil {
			return nil, "", err
		}
		args = append(args, at, id)
		where = append(where, fmt.Sprintf("(posted_at, id) < ($%d, $%d)", len(args)-1, len(args)))
	}
	limit := min(f.Limit, mostOnPage)
	if limit <= 0 {
		limit = usualPage
	}
	page, err = queryAlerts(ctx, q, fmt.Sprintf("SELECT %s FROM mention_alerts WHERE %s ORDER BY posted_at DESC, id DESC LIMIT %d",
		alertColumns, strings.Join(where, " AND "), limit+1), args...)
	if err == nil && len(page) > limit {
		page = page[:limit]
		last := &page[limit-1]
		next = writeCursor(sqldb.Millis(last.PostedAt), last.ID)
	}
	return page, next, err
}

func queryAlerts(ctx context.Context, q sqldb.Querier, query string, args ...any) (all []MentionAlert, err error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("load alerts on mentions: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		a, err := scanAlert(rows)
		if err != nil {
			return nil, fmt.Errorf("load alert %s: %w", a.ID, err)
		}
		all = append(all, a)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load alerts on mentions: %w", err)
	}
	return all, nil
}

func scanAlert(rows *sql.Rows) (a MentionAlert, err error) {
	var posted, created, told int64
	var reasons, mention []byte
	if err := rows.Scan(&a.PostID, &a.MonitorID, &a.ID, &a.RuleID, &a.AuthorID, &reasons, &mention, &posted, &created, &told, &a.ToldWith); err != nil {
		return a, err
	}
	a.PostedAt, a.CreatedAt, a.ToldAt = sqldb.FromMillis(posted), sqldb.FromMillis(created), sqldb.FromMillis(told)
	return a, errors.Join(json.Unmarshal(reasons, &a.Reasons), json.Unmarshal(mention, &a.Mention))
}

// ForgetPosts removes the alerts on posts that are gone, with what was to be told of them.
func ForgetPosts(ctx context.Context, tx *sqldb.Tx, postIDs []string) error {
	for some := range slices.Chunk(postIDs, 200) {
		args := make([]any, len(some))
		for i, id := range some {
			args[i] = id
		}
		in := sqldb.In("post_id", 1, len(some))
		for _, statement := range []string{
			"DELETE FROM deliveries WHERE incident_id IN (SELECT id FROM mention_alerts WHERE " + in + ")",
			"DELETE FROM mention_alerts WHERE " + in,
		} {
			if _, err := tx.Exec(ctx, statement, args...); err != nil {
				return fmt.Errorf("forget alerts on posts: %w", err)
			}
		}
	}
	return nil
}
