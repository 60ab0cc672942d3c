package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// NoticeKinds are the kinds of events of a case that people can be told of.
var NoticeKinds = []string{"stage", "approval", "close", "quote", "order", "invoice", "payment", "process", "people", "activity"}

// A Follow says what somebody wants to hear of a case. Whoever took part in it hears everything until
// they say otherwise; anybody else who may read it can follow it.
type Follow struct {
	OpportunityID string   `json:"opportunity_id"`
	UserID        string   `json:"user_id"`
	Following     bool     `json:"following"` // they are told
	Muted         bool     `json:"muted"`     // they said that they want to hear nothing
	Kinds         []string `json:"kinds"`     // empty: all
}

// A Notice tells somebody what happened in a case, or to something else that is theirs: then it names
// no opportunity.
type Notice struct {
	ID            string    `json:"id"`
	OpportunityID string    `json:"opportunity_id"`
	Case          string    `json:"case"` // the opportunity's name
	Kind          string    `json:"kind"`
	Text          string    `json:"text"`
	Actor         string    `json:"actor"`
	At            time.Time `json:"at"`
	SeenAt        time.Time `json:"seen_at,omitzero"`
}

// FollowOf says what somebody hears of a case.
func FollowOf(ctx context.Context, q sqldb.Querier, opportunityID, userID string) (Follow, error) {
	f := Follow{OpportunityID: opportunityID, UserID: userID, Kinds: []string{}}
	err := q.QueryRow(ctx, "SELECT muted, kinds FROM follows WHERE opportunity_id = $1 AND user_id = $2", opportunityID, userID).Scan(&f.Muted, jsonColumn{&f.Kinds})
	if err == nil {
		f.Following = !f.Muted
		return f, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return f, fmt.Errorf("load what %s follows: %w", userID, err)
	}
	took, err := sqldb.Strings(ctx, q, tookPart+" AND user_id = $2", opportunityID, userID)
	f.Following = len(took) > 0
	return f, err
}

// tookPart are the people who took part in an opportunity.
const tookPart = `SELECT user_id FROM (SELECT user_id FROM participants WHERE record_type = 'opportunity' AND record_id = $1
	UNION SELECT owner_id FROM opportunities WHERE id = $1) took WHERE user_id <> ''`

// SetFollow notes what somebody wants to hear of a case.
func SetFollow(ctx context.Context, tx *sqldb.Tx, a *Access, f Follow) (Follow, error) {
	if _, err := OpportunityByID(ctx, tx, a, f.OpportunityID); err != nil {
		return f, err
	}
	for i, kind := range f.Kinds {
		if !slices.Contains(NoticeKinds, kind) {
			return f, invalid(fmt.Sprintf("kinds[%d]", i), "%q: want one of %s", kind, strings.Join(NoticeKinds, ", "))
		}
	}
	if f.Kinds == nil {
		f.Kinds = []string{}
	}
	f.Following = !f.Muted
	return f, tx.Upsert(ctx, sqldb.Upsert{Table: "follows", Key: []string{"opportunity_id", "user_id"},
		Columns: []string{"opportunity_id", "user_id", "muted", "kinds"}, Set: "muted = excluded.muted, kinds = excluded.kinds"},
		[][]any{{f.OpportunityID, f.UserID, f.Muted, auditText(f.Kinds)}}, nil)
}

// noticed tells who follows a case what was just changed in it; the log calls it for every change.
func noticed(ctx context.Context, tx *sqldb.Tx, ch Change, changes []changedRecord) error {
	for i := range changes {
		r := &changes[i]
		e, ok := caseEvent(&AuditEntry{RecordType: r.kind, RecordID: r.id, Action: r.action, After: rawJSON(auditText(r.after)), Actor: ch.By, At: ch.At}, document{})
		if r.kind == RecordActivity && r.action == "create" {
			e.Kind, e.Title, ok = "activity", "Activity", isHuman(ch.By)
		}
		if !ok || !slices.Contains(NoticeKinds, e.Kind) {
			continue
		}
		opportunity, number, err := caseOfRecord(ctx, tx, r.kind, r.id)
		if err != nil {
			return err
		}
		if opportunity == "" {
			continue
		}
		e.Title = strings.Join(strings.Fields(e.Title+" "+number), " ")
		if err := tell(ctx, tx, ch, opportunity, &e); err != nil {
			return err
		}
	}
	return nil
}

// caseOfRecord is the opportunity that a record belongs to, and what the record is called.
func caseOfRecord(ctx context.Context, q sqldb.Querier, kind, id string) (opportunity, called string, err error) {
	query := map[string]string{
		RecordOpportunity: "SELECT id, '' FROM opportunities WHERE id = $1",
		RecordLead:        "SELECT id, '' FROM opportunities WHERE lead_id = $1 AND lead_id <> ''",
		RecordQuote:       "SELECT opportunity_id, number FROM quotes WHERE id = $1",
		RecordOrder:       "SELECT opportunity_id, number FROM orders WHERE id = $1",
		RecordInvoice:     "SELECT opportunity_id, number FROM invoices WHERE id = $1",
		RecordPayment:     "SELECT i.opportunity_id, i.number FROM payments p JOIN invoices i ON i.id = p.invoice_id WHERE p.id = $1",
		RecordActivity:    "SELECT o.id, a.subject FROM activities a JOIN opportunities o ON o.id = a.record_id WHERE a.id = $1 AND a.record_type = 'opportunity' AND a.process_id = ''",
	}[kind]
	if query == "" {
		return "", "", nil
	}
	err = q.QueryRow(ctx, query, id).Scan(&opportunity, &called)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return opportunity, called, err
}

// tell writes a notice for everybody who follows a case, but for who did it.
func tell(ctx context.Context, tx *sqldb.Tx, ch Change, opportunityID string, e *CaseEvent) error {
	users, err := sqldb.Strings(ctx, tx, tookPart+" UNION SELECT user_id FROM follows WHERE opportunity_id = $1 AND NOT muted ORDER BY 1", opportunityID)
	if err != nil {
		return fmt.Errorf("tell who follows opportunity %s: %w", opportunityID, err)
	}
	var rows [][]any
	for _, user := range users {
		f, err := FollowOf(ctx, tx, opportunityID, user)
		if err != nil {
			return err
		}
		if user == ch.By || !isHuman(user) || !f.Following || len(f.Kinds) > 0 && !slices.Contains(f.Kinds, e.Kind) {
			continue
		}
		rows = append(rows, []any{NewID(ch.At), user, opportunityID, e.Kind, cut(e.Title, maxName), ch.By, sqldb.Millis(ch.At), 0})
	}
	_, err = tx.InsertNew(ctx, sqldb.Insert{Table: "notices", Key: []string{"id"},
		Columns: []string{"id", "user_id", "opportunity_id", "kind", "body", "actor", "at", "seen_at"}}, rows)
	return err
}

// tellPerson writes a notice for one person about something that is no case.
func tellPerson(ctx context.Context, tx *sqldb.Tx, ch Change, userID, kind, text string) error {
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "notices", Key: []string{"id"},
		Columns: []string{"id", "user_id", "opportunity_id", "kind", "body", "actor", "at", "seen_at"}},
		[][]any{{NewID(ch.At), userID, "", kind, cut(text, maxReason), ch.By, sqldb.Millis(ch.At), 0}})
	return err
}

// Notices lists what somebody was told, the newest first, a page at a time.
func Notices(ctx context.Context, q sqldb.Querier, a *Access, userID string, unseen bool, cursor string, limit int) (all []Notice, next string, err error) {
	limit = pageSize(limit)
	w := &where{}
	w.add("n.user_id = ?", userID)
	readable := "o.id IS NOT NULL"
	if c := a.condition(w, ToRead, RecordOpportunity, "o"); c != "" {
		readable = c
	}
	w.add("(n.opportunity_id = '' OR " + readable + ")")
	if unseen {
		w.add("n.seen_at = 0")
	}
	if cursor != "" {
		fields, err := decodeCursor(cursor, 1)
		if err != nil {
			return nil, "", err
		}
		w.add("n.id < ?", fields[0])
	}
	rows, err := q.Query(ctx, `SELECT n.id, n.opportunity_id, COALESCE(o.name, ''), n.kind, n.body, n.actor, n.at, n.seen_at
		FROM notices n LEFT JOIN opportunities o ON o.id = n.opportunity_id`+w.sql()+" ORDER BY n.id DESC"+w.limit(limit+1), w.args...)
	if err != nil {
		return nil, "", fmt.Errorf("load notices: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n Notice
		if err := rows.Scan(&n.ID, &n.OpportunityID, &n.Case, &n.Kind, &n.Text, &n.Actor, atColumn{&n.At}, atColumn{&n.SeenAt}); err != nil {
			return nil, "", fmt.Errorf("load notices: %w", err)
		}
		all = append(all, n)
	}
	if len(all) > limit {
		all = all[:limit]
		next = encodeCursor(all[limit-1].ID)
	}
	return all, next, rows.Err()
}

// SeeNotices notes that somebody has seen what they were told, up to a notice and it included.
func SeeNotices(ctx context.Context, tx *sqldb.Tx, userID, upTo string, now time.Time) (int64, error) {
	n, err := tx.Exec(ctx, "UPDATE notices SET seen_at = $1 WHERE user_id = $2 AND seen_at = 0 AND id <= $3", sqldb.Millis(now), userID, upTo)
	if err != nil {
		return 0, fmt.Errorf("see notices: %w", err)
	}
	return n, nil
}
