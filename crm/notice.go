package crm

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// What people are told beside the events of a case.
const (
	NoticeLead    = "lead"    // a lead waits for too long
	NoticeWebhook = "webhook" // a webhook of theirs is paused
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

// A Notice tells somebody what happened in a case, to a lead, or to something else that is theirs:
// then it names neither.
type Notice struct {
	ID            string    `json:"id"`
	OpportunityID string    `json:"opportunity_id"`
	LeadID        string    `json:"lead_id"`
	Case          string    `json:"case"` // the name of the opportunity or the lead
	Kind          string    `json:"kind"`
	Text          string    `json:"text"`
	Actor         string    `json:"actor"`
	At            time.Time `json:"at"`
	SeenAt        time.Time `json:"seen_at,omitzero"`
}

// A NoticeFilter chooses notices of somebody.
type NoticeFilter struct {
	UserID string
	Unseen bool // only what was not seen yet
	Cursor string
	Limit  int
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
	var told []string
	for _, user := range users {
		f, err := FollowOf(ctx, tx, opportunityID, user)
		if err != nil {
			return err
		}
		if user != ch.By && isHuman(user) && f.Following && (len(f.Kinds) == 0 || slices.Contains(f.Kinds, e.Kind)) {
			told = append(told, user)
		}
	}
	return tellPeople(ctx, tx, ch, told, Notice{OpportunityID: opportunityID, Kind: e.Kind, Text: cut(e.Title, maxName)})
}

// tellPeople writes a notice for each of some people, to be sent to them as they have chosen.
func tellPeople(ctx context.Context, tx *sqldb.Tx, ch Change, users []string, n Notice) error {
	rows := make([][]any, len(users))
	for i, user := range users {
		s, err := NoticeSettingsOf(ctx, tx, user)
		if err != nil {
			return err
		}
		rows[i] = []any{NewID(ch.At), user, n.OpportunityID, n.LeadID, n.Kind, cut(n.Text, maxReason), ch.By, sqldb.Millis(ch.At), 0, sqldb.Millis(s.SendAt(n.Kind, ch.At))}
	}
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "notices", Key: []string{"id"},
		Columns: []string{"id", "user_id", "opportunity_id", "lead_id", "kind", "body", "actor", "at", "seen_at", "send_at"}}, rows)
	return err
}

// Notices lists what somebody was told, the newest first, a page at a time.
func Notices(ctx context.Context, q sqldb.Querier, a *Access, f NoticeFilter) (all []Notice, next string, err error) {
	limit := pageSize(f.Limit)
	w := &where{}
	w.add("n.user_id = ?", f.UserID)
	if f.Unseen {
		w.add("n.seen_at = 0")
	}
	if f.Cursor != "" {
		fields, err := decodeCursor(f.Cursor, 1)
		if err != nil {
			return nil, "", err
		}
		w.add("n.id < ?", fields[0])
	}
	if all, err = queryNotices(ctx, q, a, w, " ORDER BY n.id DESC"+w.limit(limit+1)); err != nil {
		return nil, "", err
	}
	if len(all) > limit {
		all = all[:limit]
		next = encodeCursor(all[limit-1].ID)
	}
	return all, next, nil
}

// queryNotices loads notices about what somebody may read; what a mask hides of it is left out.
func queryNotices(ctx context.Context, q sqldb.Querier, a *Access, w *where, rest string) (all []Notice, err error) {
	for _, of := range []struct{ kind, key, alias string }{{RecordOpportunity, "n.opportunity_id", "o"}, {RecordLead, "n.lead_id", "l"}} {
		readable := of.alias + ".id IS NOT NULL"
		if c := a.condition(w, ToRead, of.kind, of.alias); c != "" {
			readable = c
		}
		w.add("(" + of.key + " = '' OR " + readable + ")")
	}
	hidden := map[string][]string{RecordOpportunity: a.Hidden(RecordOpportunity), RecordLead: a.Hidden(RecordLead)}
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var n Notice
		var name, topic string
		err := rows.Scan(&n.ID, &n.OpportunityID, &n.LeadID, &n.Case, &name, &topic, &n.Kind, &n.Text, &n.Actor, atColumn{&n.At}, atColumn{&n.SeenAt})
		for _, part := range []struct {
			kind, field string
			value       *string
		}{{RecordOpportunity, "name", &n.Case}, {RecordLead, "name", &name}, {RecordLead, "topic", &topic}} {
			if slices.Contains(hidden[part.kind], part.field) {
				*part.value = ""
			}
		}
		n.Case = cmp.Or(n.Case, name, topic)
		all = append(all, n)
		return err
	}, `SELECT n.id, n.opportunity_id, n.lead_id, COALESCE(o.name, ''), COALESCE(l.name, ''), COALESCE(l.topic, ''), n.kind, n.body, n.actor, n.at, n.seen_at
		FROM notices n LEFT JOIN opportunities o ON o.id = n.opportunity_id LEFT JOIN leads l ON l.id = n.lead_id`+w.sql()+rest, w.args...)
	if err != nil {
		return nil, fmt.Errorf("load notices: %w", err)
	}
	return all, nil
}

// SeeNotices notes that somebody has seen what they were told, up to a notice and it included. It is
// not sent any more.
func SeeNotices(ctx context.Context, tx *sqldb.Tx, userID, upTo string, now time.Time) (int64, error) {
	n, err := tx.Exec(ctx, "UPDATE notices SET seen_at = $1, send_at = 0 WHERE user_id = $2 AND seen_at = 0 AND id <= $3", sqldb.Millis(now), userID, upTo)
	if err != nil {
		return 0, fmt.Errorf("see notices: %w", err)
	}
	return n, nil
}
