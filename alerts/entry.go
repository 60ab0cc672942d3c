package alerts

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/groundswell/groundswell/alerts/reason"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/oklog/ulid/v2"
)

// An Action is what happened to an incident.
type Action string

// The actions: the detector's first, then those of people.
const (
	Opened    Action = "opened"
	Reopened  Action = "reopened"
	Escalated Action = "escalated"
	Subsided  Action = "subsided"
	Ended     Action = "resolved"

	Acknowledged Action = "acknowledged"
	Assigned     Action = "assigned"
	Unassigned   Action = "unassigned"
	Commented    Action = "commented"
	Silenced     Action = "silenced"
	Unsilenced   Action = "unsilenced"
	Merged       Action = "merged"    // into the other incident
	TookIn       Action = "took_in"   // the other incident
	Separated    Action = "separated" // from the other incident
	Labelled     Action = "labelled"
	Unlabelled   Action = "unlabelled"
)

// An Entry is one thing that happened to an incident. Entries are never changed.
type Entry struct {
	ID         string
	IncidentID string
	At         time.Time
	By         string // a user's name; empty: the detector
	Action     Action
	Value      string // the assignee, the end of the silence, the other incident, the label, the severity
	Text       string // the comment; the detector's reasons
}

// shownReasons is how many of the detector's reasons stand in the history.
const shownReasons = 4

// detected is the entry of a change that the detector found. Its id is the same wherever it is
// made, so that nothing is entered twice.
func (i *Incident) detected(c *spike.Change) Entry {
	action := map[spike.Phase]Action{spike.Open: Opened, spike.Escalating: Escalated, spike.Subsiding: Subsided, spike.Resolved: Ended}[c.Phase]
	if action == Opened && c.Reopened > 0 {
		action = Reopened
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", i.ID, c.Phase, c.At))
	return Entry{ID: base64.RawURLEncoding.EncodeToString(sum[:16]), IncidentID: i.ID, At: spike.Time(c.At), Action: action,
		Value: strconv.Itoa(c.Severity), Text: strings.Join(reason.Texts(c.Reasons[:min(shownReasons, len(c.Reasons))], "en"), "; ")}
}

// newID makes an id; those of one process ascend within a millisecond, too.
func newID(now time.Time) string {
	return ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String()
}

func saveEntries(ctx context.Context, tx *sqldb.Tx, entries ...Entry) error {
	rows := make([][]any, len(entries))
	for i, e := range entries {
		rows[i] = []any{e.ID, e.IncidentID, sqldb.Millis(e.At), e.By, string(e.Action), e.Value, e.Text}
	}
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "incident_entries", Key: []string{"id"},
		Columns: []string{"id", "incident_id", "at", "by_user", "action", "value", "text"}}, rows)
	return err
}

// History returns a page of what happened to an incident and to those merged into it, the newest
// first, and the cursor of the next page.
func History(ctx context.Context, q sqldb.Querier, incidentID, cursor string, limit int) (page []Entry, next string, err error) {
	if _, err := IncidentByID(ctx, q, incidentID); err != nil {
		return nil, "", err
	}
	query, args := `SELECT id, incident_id, at, by_user, action, value, text FROM incident_entries
		WHERE (incident_id = $1 OR incident_id IN (SELECT id FROM incidents WHERE merged_into = $1))`, []any{incidentID}
	if cursor != "" {
		at, id, err := readCursor(cursor)
		if err != nil {
			return nil, "", err
		}
		query, args = query+" AND (at, id) < ($2, $3)", append(args, at, id)
	}
	if limit = min(limit, mostOnPage); limit <= 0 {
		limit = usualPage
	}
	rows, err := q.Query(ctx, query+" ORDER BY at DESC, id DESC LIMIT "+strconv.Itoa(limit+1), args...)
	if err != nil {
		return nil, "", fmt.Errorf("load history of incident %s: %w", incidentID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var e Entry
		var at int64
		if err := rows.Scan(&e.ID, &e.IncidentID, &at, &e.By, &e.Action, &e.Value, &e.Text); err != nil {
			return nil, "", fmt.Errorf("load history of incident %s: %w", incidentID, err)
		}
		e.At = sqldb.FromMillis(at)
		page = append(page, e)
	}
	if err := rows.Err(); err != nil {
		return nil, "", fmt.Errorf("load history of incident %s: %w", incidentID, err)
	}
	if len(page) > limit {
		page = page[:limit]
		last := &page[limit-1]
		next = writeCursor(sqldb.Millis(last.At), last.ID)
	}
	return page, next, nil
}
