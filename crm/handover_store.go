package crm

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

var handovers = table[Handover, *Handover]{kind: RecordHandover, name: "handovers",
	columns: []string{"user_id", "state", "reason", "disable", "made_by", "given_by", "given_at", "record_type", "cursor", "handled", "total", "problem", "seen_at", "scopes"},
	bind: func(h *Handover) []any {
		return []any{&h.UserID, &h.State, &h.Reason, &h.Disable, &h.MadeBy, &h.GivenBy, atColumn{&h.GivenAt}, &h.recordType, &h.cursor, &h.Handled, &h.Total,
			&h.Problem, atColumn{&h.seenAt}, &h.scopes}
	}}

// Handovers lists hand-overs, the newest first, a page at a time.
func Handovers(ctx context.Context, q sqldb.Querier, a *Access, cursor string, limit int) ([]Handover, string, error) {
	return handovers.page(ctx, q, a, &where{}, cursor, limit)
}

// HandoverByID loads a hand-over.
func HandoverByID(ctx context.Context, q sqldb.Querier, a *Access, id string) (Handover, error) {
	return handovers.byID(ctx, q, a, id, 0)
}

// BeginHandover begins to collect what somebody has. One that is being looked through for the same
// person is dropped.
func BeginHandover(ctx context.Context, tx *sqldb.Tx, ch Change, userID, reason string) (Handover, error) {
	if err := ch.check(); err != nil {
		return Handover{}, err
	}
	if err := checkUser(ctx, tx, "user_id", userID); err != nil {
		return Handover{}, err
	}
	before, err := handovers.find(ctx, tx, "WHERE user_id = $1 AND state NOT IN ('done', 'returned', 'dropped')", userID)
	if err != nil {
		return Handover{}, err
	}
	for i := range before {
		if s := before[i].State; s == HandoverGiving || s == HandoverReturning {
			return Handover{}, fmt.Errorf("begin hand-over: hand-over %s of the same person is %s: %w", before[i].ID, s, ErrConflict)
		}
		after := before[i]
		after.State = HandoverDropped
		if err := handovers.save(ctx, tx, ch, "drop", &before[i], &after); err != nil {
			return Handover{}, err
		}
	}
	h := Handover{UserID: userID, State: HandoverCollecting, Reason: reason, MadeBy: ch.By, recordType: handoverKinds()[0].kind, scopes: ScopeText(ch.Access.Scopes)}
	for _, k := range handoverKinds() {
		n, err := k.count(ctx, tx, ch.Access, userID)
		if err != nil {
			return Handover{}, err
		}
		h.Total += n
	}
	return h, handovers.create(ctx, tx, ch, &h)
}

// A HandoverCount is how many records of a type somebody receives.
type HandoverCount struct {
	RecordType string `json:"record_type"`
	ReceiverID string `json:"receiver_id"` // empty: nobody yet
	State      string `json:"state"`
	Records    int64  `json:"records"`
}

// A HandoverSummary is what a hand-over comes to.
type HandoverSummary struct {
	Counts     []HandoverCount  `json:"counts"`
	Links      map[string]int64 `json:"links"`        // under review, by receiver: they go with their contacts
	OutOfReach map[string]int64 `json:"out_of_reach"` // by type: what the person has beside, and who looks may not give
}

// SummaryOf sums a hand-over up, as somebody sees it.
func SummaryOf(ctx context.Context, q sqldb.Querier, a *Access, h *Handover) (s HandoverSummary, err error) {
	s = HandoverSummary{Counts: []HandoverCount{}, Links: map[string]int64{}, OutOfReach: map[string]int64{}}
	w := &where{}
	w.add("handover_id = ?", h.ID)
	w.handedSeen(a)
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var c HandoverCount
		err := rows.Scan(&c.RecordType, &c.ReceiverID, &c.State, &c.Records)
		s.Counts = append(s.Counts, c)
		return err
	}, "SELECT record_type, receiver_id, state, count(*) FROM handover_records"+w.sql()+" GROUP BY record_type, receiver_id, state ORDER BY 1, 2, 3", w.args...)
	if err != nil {
		return s, fmt.Errorf("sum up hand-over %s: %w", h.ID, err)
	}
	contacts := &where{}
	contacts.add("handover_records.handover_id = ? AND handover_records.record_type = 'contact'", h.ID)
	contacts.names(a, RecordContact, "handover_records.record_id")
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var receiver string
		var n int64
		err := rows.Scan(&receiver, &n)
		s.Links[receiver] = n
		return err
	}, "SELECT receiver_id, count(*) FROM handover_records JOIN links l ON l.contact_id = record_id AND l.decision IN ('suggested', 'unsure')"+
		contacts.sql()+" GROUP BY receiver_id", contacts.args...)
	if err != nil {
		return s, fmt.Errorf("sum up hand-over %s: %w", h.ID, err)
	}
	if h.State != HandoverOpen {
		return s, nil
	}
	for _, k := range handoverKinds() {
		all, err := k.count(ctx, q, System(), h.UserID)
		if err != nil {
			return s, err
		}
		mine, err := k.count(ctx, q, a, h.UserID)
		if err != nil {
			return s, err
		}
		if all > mine {
			s.OutOfReach[k.kind] = all - mine
		}
	}
	return s, nil
}

// A HandoverFilter chooses records of a hand-over; an empty field does not restrict.
type HandoverFilter struct {
	HandoverID, Type, State string
	Receiver                *string // "": those that stay
	Cursor                  string
	Limit                   int
}

// HandoverRecords lists what is handed over and somebody may read, by type and id, a page at a time.
func HandoverRecords(ctx context.Context, q sqldb.Querier, a *Access, f HandoverFilter) (list []HandoverRecord, next string, err error) {
	if _, err := handovers.byID(ctx, q, a, f.HandoverID, 0); err != nil {
		return nil, "", err
	}
	w := &where{page: true}
	w.add("handover_id = ?", f.HandoverID)
	w.handedSeen(a)
	if f.Type != "" {
		w.add("record_type = ?", f.Type)
	}
	if f.State != "" {
		w.add("state = ?", f.State)
	}
	if f.Receiver != nil {
		w.add("receiver_id = ?", *f.Receiver)
	}
	if f.Cursor != "" {
		fields, err := decodeCursor(f.Cursor, 2)
		if err != nil {
			return nil, "", err
		}
		w.add("(record_type, record_id) > (?, ?)", fields[0], fields[1])
	}
	limit := pageSize(f.Limit)
	list, err = findHanded(ctx, q, w.sql()+" ORDER BY record_type, record_id"+w.limit(limit+1), w.args...)
	if err != nil {
		return nil, "", err
	}
	if len(list) > limit {
		list = list[:limit]
		next = encodeCursor(list[limit-1].RecordType, list[limit-1].RecordID)
	}
	return list, next, nameHanded(ctx, q, a, list)
}

func nameHanded(ctx context.Context, q sqldb.Querier, a *Access, list []HandoverRecord) error {
	ids := make(map[string][]string)
	for i := range list {
		ids[list[i].RecordType] = append(ids[list[i].RecordType], list[i].RecordID)
	}
	for kind, some := range ids {
		k, ok := handoverKindOf(kind)
		if !ok {
			continue
		}
		names, err := k.names(ctx, q, a, some)
		if err != nil {
			return err
		}
		for i := range list {
			if list[i].RecordType == kind {
				list[i].Name = names[list[i].RecordID]
			}
		}
	}
	return nil
}

func findHanded(ctx context.Context, q sqldb.Querier, rest string, args ...any) (list []HandoverRecord, err error) {
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var r HandoverRecord
		err := rows.Scan(&r.RecordType, &r.RecordID, &r.ReceiverID, &r.Why, &r.About, &r.State, &r.Note, &r.became)
		list = append(list, r)
		return err
	}, "SELECT record_type, record_id, receiver_id, why, about, state, note, became FROM handover_records"+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("load what is handed over: %w", err)
	}
	return list, nil
}

// A Reception says who receives some of what is handed over: a type, what somebody was proposed
// for, or single records.
type Reception struct {
	Version    int64       // of the hand-over that was looked at; 0: any
	ReceiverID string      // empty: they stay
	Type       string      // empty: all
	From       *string     // of those that are proposed to somebody; nil: whoever it is
	Records    []RecordRef // only these; none: all that the others choose
}

// A RecordRef names a record.
type RecordRef struct {
	RecordType string `json:"record_type"`
	RecordID   string `json:"record_id"`
}

// Receive changes who receives what, and returns for how many records.
func Receive(ctx context.Context, tx *sqldb.Tx, ch Change, id string, r Reception) (n int64, err error) {
	h, err := handovers.forChange(ctx, tx, ch, id, r.Version)
	if err != nil {
		return 0, err
	}
	if h.State != HandoverOpen {
		return 0, fmt.Errorf("change hand-over %s: it is %s: %w", id, h.State, ErrConflict)
	}
	if r.ReceiverID != "" {
		if err := checkReceiver(ctx, tx, &h, r.ReceiverID); err != nil {
			return 0, err
		}
	}
	w := &where{args: []any{r.ReceiverID, BecauseChosen, ch.By}}
	w.add("handover_id = ?", id)
	if r.Type != "" {
		w.add("record_type = ?", r.Type)
	}
	if r.From != nil {
		w.add("receiver_id = ?", *r.From)
	}
	set := "UPDATE handover_records SET receiver_id = $1, why = $2, about = $3"
	if len(r.Records) == 0 {
		if n, err = tx.Exec(ctx, set+w.sql(), w.args...); err != nil {
			return 0, fmt.Errorf("change hand-over %s: %w", id, err)
		}
	}
	for _, one := range r.Records {
		each := &where{conditions: append([]string{}, w.conditions...), args: append([]any{}, w.args...)}
		each.add("record_type = ?", one.RecordType)
		each.add("record_id = ?", one.RecordID)
		changed, err := tx.Exec(ctx, set+each.sql(), each.args...)
		if err != nil {
			return 0, fmt.Errorf("change hand-over %s: %w", id, err)
		}
		n += changed
	}
	after := h
	if err := handovers.save(ctx, tx, ch, "choose", &h, &after); err != nil {
		return 0, err
	}
	return n, nil
}

// checkReceiver refuses who cannot receive.
func checkReceiver(ctx context.Context, q sqldb.Querier, h *Handover, id string) error {
	if id == h.UserID {
		return invalid("receiver_id", "is who hands over: choose somebody else, or nobody")
	}
	found, err := sqldb.Strings(ctx, q, "SELECT id FROM users WHERE id = $1 AND NOT disabled", id)
	if err != nil {
		return fmt.Errorf("load user %s: %w", id, err)
	}
	if len(found) == 0 {
		return invalid("receiver_id", "there is no user %q who can sign in", id)
	}
	return nil
}

// GiveHandover begins to give everything to its receivers. Disable: who hands over can sign in no
// more when that is done.
func GiveHandover(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64, disable bool) (Handover, error) {
	if err := ch.check(); err != nil {
		return Handover{}, err
	}
	if disable {
		if err := ch.Access.Demand(ToUpdate, RecordUser); err != nil {
			return Handover{}, err
		}
	}
	h, err := handovers.forChange(ctx, tx, ch, id, version)
	if err != nil {
		return h, err
	}
	if h.State != HandoverOpen {
		return h, fmt.Errorf("give hand-over %s: it is %s: %w", id, h.State, ErrConflict)
	}
	after := h
	after.State, after.Disable, after.GivenBy, after.GivenAt, after.Problem = HandoverGiving, disable, ch.By, ch.At, ""
	after.Handled, after.seenAt, after.scopes = 0, time.Time{}, ScopeText(ch.Access.Scopes)
	err = tx.QueryRow(ctx, "SELECT count(*) FROM handover_records WHERE handover_id = $1 AND receiver_id <> ''", id).Scan(&after.Total)
	if err != nil {
		return h, fmt.Errorf("give hand-over %s: %w", id, err)
	}
	return after, handovers.save(ctx, tx, ch, "give", &h, &after)
}

// UndoHandover begins to take everything back. It is refused when people have changed any of it
// since: what they did would be somebody else's then.
func UndoHandover(ctx context.Context, tx *sqldb.Tx, ch Change, id string, version int64) (Handover, error) {
	if err := ch.check(); err != nil {
		return Handover{}, err
	}
	h, err := handovers.forChange(ctx, tx, ch, id, version)
	if err != nil {
		return h, err
	}
	if h.State != HandoverDone {
		return h, fmt.Errorf("undo hand-over %s: it is %s: %w", id, h.State, ErrConflict)
	}
	changed, err := sqldb.Strings(ctx, tx, `SELECT DISTINCT r.record_type || ' ' || r.record_id FROM handover_records r JOIN audit a ON a.record_id = r.record_id
		WHERE r.handover_id = $1 AND r.state = 'given' AND a.event <> r.handover_id
			AND a.id > (SELECT max(id) FROM audit WHERE record_id = $1 AND action = 'give') AND a.actor NOT IN ('matcher', 'verifier', 'import', 'rule', 'form', 'limit')
		ORDER BY 1 LIMIT 4`, id)
	if err != nil {
		return h, fmt.Errorf("undo hand-over %s: %w", id, err)
	}
	if len(changed) > 0 {
		return h, fmt.Errorf("undo hand-over %s: people have changed what was given since, %v: give those back by hand: %w", id, changed, ErrConflict)
	}
	after := h
	after.State, after.GivenBy, after.Handled, after.seenAt, after.Problem = HandoverReturning, ch.By, 0, time.Time{}, ""
	after.scopes = ScopeText(ch.Access.Scopes)
	return after, handovers.save(ctx, tx, ch, "undo", &h, &after)
}
