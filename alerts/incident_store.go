package alerts

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// detectedColumns are what the detector writes, caredColumns what people do.
const (
	detectedColumns = "id, monitor_id, kind, state, severity, opened_at, peak_at, resolved_at, reasons, detail, updated_at"
	caredColumns    = "acknowledged_at, acknowledged_by, assignee, silenced_until, merged_into, label, labelled_at, labelled_by, version"
)

const (
	usualPage  = 50
	mostOnPage = 500
	mostCursor = 200 // characters
)

// A Filter chooses incidents; an empty field does not restrict.
type Filter struct {
	Monitor  string // id
	State    string
	Kind     string
	Severity int    // at least
	Assignee string // a user's name
	OpenOnly bool   // those that are not resolved
	Merged   bool   // also those that are merged into another
	Cursor   string // what the page before returned
	Limit    int    // of the page; 50 when 0, 500 at most
}

// FindIncidents returns a page of incidents, the newest first, and the cursor of the next page,
// which is empty at the end.
func FindIncidents(ctx context.Context, q sqldb.Querier, f Filter) (page []Incident, next string, err error) {
	where, args := []string{"TRUE"}, []any{}
	restrict := func(condition string, value any) {
		args = append(args, value)
		where = append(where, condition+" $"+strconv.Itoa(len(args)))
	}
	for _, by := range []struct{ column, value string }{{"monitor_id", f.Monitor}, {"state", f.State}, {"kind", f.Kind}, {"assignee", f.Assignee}} {
		if by.value != "" {
			restrict(by.column+" =", by.value)
		}
	}
	if f.OpenOnly {
		restrict("state <>", string(spike.Resolved))
	}
	if f.Severity > 0 {
		restrict("severity >=", f.Severity)
	}
	if !f.Merged {
		restrict("merged_into =", "")
	}
	if f.Cursor != "" {
		opened, id, err := readCursor(f.Cursor)
		if err != nil {
			return nil, "", err
		}
		args = append(args, opened, id)
		where = append(where, fmt.Sprintf("(opened_at, id) < ($%d, $%d)", len(args)-1, len(args)))
	}
	limit := min(f.Limit, mostOnPage)
	if limit <= 0 {
		limit = usualPage
	}
	args = append(args, limit+1)
	page, err = queryIncidents(ctx, q, strings.Join(where, " AND ")+" ORDER BY opened_at DESC, id DESC LIMIT $"+strconv.Itoa(len(args)), args...)
	if err == nil && len(page) > limit {
		last := &page[limit-1]
		page, next = page[:limit], writeCursor(sqldb.Millis(last.OpenedAt), last.ID)
	}
	return page, next, err
}

// IncidentByID returns one incident, or ErrNotFound.
func IncidentByID(ctx context.Context, q sqldb.Querier, id string) (Incident, error) {
	found, err := queryIncidents(ctx, q, "id = $1", id)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("load incident %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return Incident{}, err
	}
	return found[0], nil
}

func queryIncidents(ctx context.Context, q sqldb.Querier, where string, args ...any) (all []Incident, err error) {
	rows, err := q.Query(ctx, "SELECT "+detectedColumns+", "+caredColumns+" FROM incidents WHERE "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("load incidents: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		i, err := scanIncident(rows)
		if err != nil {
			return nil, fmt.Errorf("load incident %s: %w", i.ID, err)
		}
		all = append(all, i)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load incidents: %w", err)
	}
	return all, nil
}

func scanIncident(rows *sql.Rows) (i Incident, err error) {
	var opened, peak, resolved, acknowledged, silenced, labelled, updated int64
	var reasons, detail []byte
	if err := rows.Scan(&i.ID, &i.MonitorID, &i.Kind, &i.State, &i.Severity, &opened, &peak, &resolved, &reasons, &detail, &updated,
		&acknowledged, &i.AcknowledgedBy, &i.Assignee, &silenced, &i.MergedInto, &i.Label, &labelled, &i.LabelledBy, &i.Version); err != nil {
		return i, err
	}
	i.OpenedAt, i.PeakAt, i.ResolvedAt, i.UpdatedAt = sqldb.FromMillis(opened), sqldb.FromMillis(peak), sqldb.FromMillis(resolved), sqldb.FromMillis(updated)
	i.AcknowledgedAt, i.SilencedUntil, i.LabelledAt = sqldb.FromMillis(acknowledged), sqldb.FromMillis(silenced), sqldb.FromMillis(labelled)
	return i, errors.Join(json.Unmarshal(reasons, &i.Reasons), json.Unmarshal(detail, &i.Detail))
}

// saveIncident writes what the detector found out. What people did to an incident stays, but that
// a new wave has to be acknowledged anew.
func saveIncident(ctx context.Context, tx *sqldb.Tx, i *Incident) error {
	reasons, err := json.Marshal(i.Reasons)
	if err != nil {
		panic(err) // texts only
	}
	detail, err := json.Marshal(i.Detail)
	if err != nil {
		panic(err) // texts and numbers only
	}
	_, err = tx.Exec(ctx, "INSERT INTO incidents ("+detectedColumns+`, acknowledged_at, acknowledged_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '')
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, severity = excluded.severity, peak_at = excluded.peak_at,
			resolved_at = excluded.resolved_at, reasons = excluded.reasons, detail = excluded.detail, updated_at = excluded.updated_at`,
		i.ID, i.MonitorID, string(i.Kind), string(i.State), i.Severity, sqldb.Millis(i.OpenedAt), sqldb.Millis(i.PeakAt), sqldb.Millis(i.ResolvedAt),
		string(reasons), string(detail), sqldb.Millis(i.UpdatedAt))
	if err == nil && i.State == spike.Open && i.Detail.Reopened > 0 {
		_, err = tx.Exec(ctx, "UPDATE incidents SET acknowledged_at = 0, acknowledged_by = '' WHERE id = $1", i.ID)
	}
	if err != nil {
		return fmt.Errorf("save incident %s: %w", i.ID, err)
	}
	return nil
}

func writeCursor(opened int64, id string) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", opened, id))
}

// BadCursor says that a cursor is none that a page returned.
type BadCursor struct{}

func (BadCursor) Error() string { return "cursor: want what the page before returned as next" }

func readCursor(cursor string) (opened int64, id string, err error) {
	if len(cursor) > mostCursor {
		return 0, "", BadCursor{}
	}
	data, err := base64.RawURLEncoding.DecodeString(cursor)
	at, id, ok := strings.Cut(string(data), " ")
	if err == nil && ok {
		if opened, err = strconv.ParseInt(at, 10, 64); err == nil {
			return opened, id, nil
		}
	}
	return 0, "", BadCursor{}
}
