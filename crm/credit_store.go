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

// CreditRulesInForce are the newest rules.
func CreditRulesInForce(ctx context.Context, q sqldb.Querier) (CreditRules, error) {
	var r CreditRules
	err := q.QueryRow(ctx, "SELECT version, parts, created_at, created_by FROM credit_rules ORDER BY version DESC LIMIT 1").
		Scan(&r.Version, jsonColumn{&r.Parts}, atColumn{&r.CreatedAt}, &r.CreatedBy)
	if errors.Is(err, sql.ErrNoRows) {
		return DefaultCreditRules(), nil
	}
	if err != nil {
		return r, fmt.Errorf("load rules of credit: %w", err)
	}
	return r, nil
}

// SaveCreditRules puts rules in force for what is invoiced and paid from now on. What was credited
// before stays until RecountCredit adds what is different. version is the one that was loaded.
func SaveCreditRules(ctx context.Context, tx *sqldb.Tx, ch Change, version int64, parts []CreditPart) (CreditRules, error) {
	if err := ch.Access.Demand(ToUpdate, RecordCreditRules); err != nil {
		return CreditRules{}, err
	}
	before, err := CreditRulesInForce(ctx, tx)
	if err != nil {
		return CreditRules{}, err
	}
	if version >= 0 && before.Version != version {
		return CreditRules{}, fmt.Errorf("save rules of credit: %w", ErrConflict)
	}
	roles, err := Roles(ctx, tx)
	if err != nil {
		return CreditRules{}, err
	}
	r := CreditRules{Version: before.Version + 1, Parts: parts, CreatedAt: ch.At, CreatedBy: ch.By}
	if err := r.Check(roleNames(roles)); err != nil {
		return CreditRules{}, err
	}
	fresh, err := tx.InsertNew(ctx, sqldb.Insert{Table: "credit_rules", Key: []string{"version"}, Columns: []string{"version", "parts", "created_at", "created_by"}},
		[][]any{{r.Version, auditText(r.Parts), sqldb.Millis(ch.At), ch.By}})
	if err != nil {
		return CreditRules{}, err
	}
	if !fresh[0] {
		return CreditRules{}, fmt.Errorf("save rules of credit: %w", ErrConflict)
	}
	return r, record(ctx, tx, ch, changedRecord{action: "save", kind: RecordCreditRules, id: fmt.Sprint(r.Version), before: before.Parts, after: r.Parts})
}

// A CreditEntry is what somebody gets for a line of an invoice, or a correction of that.
type CreditEntry struct {
	ID            string    `json:"id"`
	Period        string    `json:"period"` // 2026-03
	Basis         string    `json:"basis"`  // invoiced, paid
	Event         string    `json:"event"`  // id of the invoice or payment it is for
	OpportunityID string    `json:"opportunity_id"`
	InvoiceID     string    `json:"invoice_id"`
	Line          int64     `json:"line"` // of the invoice, from 0
	Part          string    `json:"part"`
	Overlay       bool      `json:"overlay"`
	TakerType     string    `json:"taker_type"`
	TakerID       string    `json:"taker_id"`
	Share         int64     `json:"share"` // of the line, in millionths; 0: a correction
	Amount        int64     `json:"amount"`
	Currency      string    `json:"currency"`
	Rules         int64     `json:"rules"` // their version; 0: the default
	Correction    bool      `json:"correction"`
	Note          string    `json:"note"`
	At            time.Time `json:"at"` // when it was written

	corrects string // the entry that it takes the teams of; empty: those of today
}

// Bases of credit.
const (
	BasisInvoiced = "invoiced"
	BasisPaid     = "paid"
)

const creditColumns = "id, period, basis, event, opportunity_id, invoice_id, line, part, overlay, taker_type, taker_id, share, amount, currency, rules, correction, note, at"

func (e *CreditEntry) pointers() []any {
	return []any{&e.ID, &e.Period, &e.Basis, &e.Event, &e.OpportunityID, &e.InvoiceID, &e.Line, &e.Part, &e.Overlay, &e.TakerType, &e.TakerID,
		&e.Share, &e.Amount, &e.Currency, &e.Rules, &e.Correction, &e.Note, atColumn{&e.At}}
}

func queryCredit(ctx context.Context, q sqldb.Querier, rest string, args ...any) ([]CreditEntry, error) {
	rows, err := q.Query(ctx, "SELECT "+creditColumns+" FROM credit_entries "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("load credit: %w", err)
	}
	defer rows.Close()
	var all []CreditEntry
	for rows.Next() {
		var e CreditEntry
		if err := rows.Scan(e.pointers()...); err != nil {
			return nil, fmt.Errorf("load credit: %w", err)
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

func insertCredit(ctx context.Context, tx *sqldb.Tx, at time.Time, all []CreditEntry) error {
	rows := make([][]any, len(all))
	for i := range all {
		all[i].ID, all[i].At = NewID(at), at
		rows[i] = values(all[i].pointers())
	}
	_, err := tx.InsertNew(ctx, sqldb.Insert{Table: "credit_entries", Key: []string{"id"}, Columns: strings.Split(creditColumns, ", ")}, rows)
	if err != nil {
		return err
	}
	return keepTeams(ctx, tx, all)
}

// A creditEvent is an invoice or a payment, with what it is worth line by line.
type creditEvent struct {
	id, basis string
	at        time.Time
	invoice   *Invoice
	nets      []int64
	reverses  string // the payment that it takes back
}

// creditInvoice credits an invoice that was just made.
func creditInvoice(ctx context.Context, tx *sqldb.Tx, ch Change, i *Invoice) error {
	return credit(ctx, tx, ch, creditEvent{id: i.ID, basis: BasisInvoiced, at: i.CreatedAt, invoice: i, nets: lineNets(i)})
}

// creditPayment credits a payment that was just counted in, or out: what its invoice's lines are paid by
// now, less what they were before.
func creditPayment(ctx context.Context, tx *sqldb.Tx, ch Change, i *Invoice, p *Payment) error {
	return credit(ctx, tx, ch, paymentEvent(i, p, i.Paid))
}

func paymentEvent(i *Invoice, p *Payment, paid int64) creditEvent {
	nets, before := paidNets(i, paid), paidNets(i, paid-p.Amount.Amount)
	for n := range nets {
		nets[n] -= before[n]
	}
	return creditEvent{p.ID, BasisPaid, p.PaidAt, i, nets, p.Reverses}
}

func credit(ctx context.Context, tx *sqldb.Tx, ch Change, e creditEvent) error {
	rules, err := CreditRulesInForce(ctx, tx)
	if err != nil {
		return err
	}
	all, err := e.entries(ctx, tx, &rules, ch.At)
	if err != nil {
		return err
	}
	if err := placeCredit(ctx, tx, all, ch.At); err != nil {
		return err
	}
	return insertCredit(ctx, tx, ch.At, all)
}

// entries are what the rules give for an event, or what it takes back.
func (e *creditEvent) entries(ctx context.Context, q sqldb.Querier, rules *CreditRules, now time.Time) ([]CreditEntry, error) {
	if e.reverses != "" {
		return e.takenBack(ctx, q)
	}
	takers, f, err := takersOf(ctx, q, e.invoice.OpportunityID, now)
	if err != nil {
		return nil, err
	}
	var all []CreditEntry
	for n, net := range e.nets {
		if net == 0 {
			continue
		}
		for _, s := range rules.Split(net, takers, f) {
			all = append(all, CreditEntry{Period: creditMonth(e.at), Basis: e.basis, Event: e.id, OpportunityID: e.invoice.OpportunityID, InvoiceID: e.invoice.ID,
				Line: int64(n), Part: s.Part, Overlay: s.Overlay, TakerType: s.Taker.Type, TakerID: s.Taker.ID, Share: s.Share, Amount: s.Amount,
				Currency: e.invoice.Currency, Rules: rules.Version})
		}
	}
	return all, nil
}

// placeCredit puts entries whose period is closed into the first open one from now on, and says so.
func placeCredit(ctx context.Context, q sqldb.Querier, all []CreditEntry, now time.Time) error {
	closed, err := sqldb.Strings(ctx, q, "SELECT period FROM credit_periods")
	if err != nil {
		return fmt.Errorf("load closed periods: %w", err)
	}
	open := creditMonth(now)
	for at := now; slices.Contains(closed, open); open = creditMonth(at) {
		at = time.Date(at.Year(), at.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	}
	for i := range all {
		if e := &all[i]; slices.Contains(closed, e.Period) {
			e.Note = strings.TrimSpace(e.Note + " of " + e.Period + ", which is closed")
			e.Period = open
		}
	}
	return nil
}

// uncreditInvoice takes back what an invoice that was cancelled had credited: in the period of the
// cancellation, for what a statement showed stays.
func uncreditInvoice(ctx context.Context, tx *sqldb.Tx, ch Change, i *Invoice) error {
	return correctCredit(ctx, tx, ch, creditEvent{id: i.ID, basis: BasisInvoiced, at: ch.At, invoice: i}, nil, "invoice "+i.Number+" was cancelled")
}

// creditKey is what entries of one event are for.
type creditKey struct {
	line                    int64
	part, takerType, takers string
	overlay                 bool
}

func (e *CreditEntry) key() creditKey {
	return creditKey{e.Line, e.Part, e.TakerType, e.TakerID, e.Overlay}
}

// correctCredit adds what an event's entries should come to and do not.
func correctCredit(ctx context.Context, tx *sqldb.Tx, ch Change, e creditEvent, want []CreditEntry, note string) error {
	have, err := queryCredit(ctx, tx, "WHERE event = $1 AND basis = $2 ORDER BY id", e.id, e.basis)
	if err != nil {
		return err
	}
	missing, first := make(map[creditKey]int64), make(map[creditKey]string)
	for _, entry := range have {
		first[entry.key()] = cmp.Or(first[entry.key()], entry.ID)
	}
	var order []CreditEntry
	count := func(list []CreditEntry, sign int64) {
		for _, entry := range list {
			if _, seen := missing[entry.key()]; !seen {
				order = append(order, entry)
			}
			missing[entry.key()] += sign * entry.Amount
		}
	}
	count(want, 1)
	count(have, -1)
	var add []CreditEntry
	for _, entry := range order {
		if entry.Amount = missing[entry.key()]; entry.Amount == 0 {
			continue
		}
		entry.Period, entry.Share, entry.Correction, entry.Note = creditMonth(e.at), 0, true, note
		entry.corrects = cmp.Or(first[entry.key()], entry.corrects)
		add = append(add, entry)
	}
	if err := placeCredit(ctx, tx, add, ch.At); err != nil {
		return err
	}
	return insertCredit(ctx, tx, ch.At, add)
}

// RecountCredit judges what was invoiced and paid from a period on by the rules in force and by who
// took part until now, all of it or none, and adds what is different: to the period itself while it is open, and to the
// first open one where it is closed. It returns how many invoices and payments it looked at.
func RecountCredit(ctx context.Context, tx *sqldb.Tx, ch Change, from string) (int, error) {
	if err := ch.Access.Demand(ToUpdate, RecordCreditRules); err != nil {
		return 0, err
	}
	since, err := time.Parse("2006-01", from)
	if err != nil {
		return 0, invalid("from", "%q is no period: want one like 2026-03", from)
	}
	rules, err := CreditRulesInForce(ctx, tx)
	if err != nil {
		return 0, err
	}
	// The invoices are held, so that two recounts at once, or a payment meanwhile, correct nothing twice.
	const counted = "WHERE id IN (SELECT invoice_id FROM credit_entries WHERE period >= $1)"
	if _, err := tx.Exec(ctx, "UPDATE invoices SET version = version "+counted, from); err != nil {
		return 0, fmt.Errorf("hold invoices: %w", err)
	}
	list, err := invoices.find(ctx, tx, counted+" ORDER BY id", from)
	if err != nil {
		return 0, err
	}
	seen := 0
	for n := range list {
		i := &list[n]
		events := []creditEvent{{id: i.ID, basis: BasisInvoiced, at: i.CreatedAt, invoice: i, nets: lineNets(i)}}
		if i.State == InvoiceCancelled {
			events[0].nets = nil
		}
		paid, err := payments.find(ctx, tx, "WHERE invoice_id = $1 ORDER BY id", i.ID)
		if err != nil {
			return 0, err
		}
		so := int64(0)
		for k := range paid {
			so += paid[k].Amount.Amount
			events = append(events, paymentEvent(i, &paid[k], so))
		}
		for _, e := range events {
			if e.at.Before(since) {
				continue
			}
			want, err := e.entries(ctx, tx, &rules, ch.At)
			if err != nil {
				return 0, err
			}
			for k := range want {
				want[k].Rules = rules.Version
			}
			if err := correctCredit(ctx, tx, ch, e, want, "recounted"); err != nil {
				return 0, err
			}
			seen++
		}
	}
	return seen, record(ctx, tx, ch, changedRecord{action: "recount", kind: RecordCreditRules, id: fmt.Sprint(rules.Version), after: map[string]any{"from": from, "events": seen}})
}

// A CreditPeriod is one whose statements stand for ever.
type CreditPeriod struct {
	Period   string    `json:"period"`
	ClosedAt time.Time `json:"closed_at"`
	ClosedBy string    `json:"closed_by"`
	Entries  int64     `json:"entries"`
}

// CloseCreditPeriod closes a month that is over: from then on nothing is added to it.
func CloseCreditPeriod(ctx context.Context, tx *sqldb.Tx, ch Change, period string) (CreditPeriod, error) {
	if err := ch.Access.Demand(ToUpdate, RecordCreditRules); err != nil {
		return CreditPeriod{}, err
	}
	at, err := time.Parse("2006-01", period)
	switch {
	case err != nil:
		return CreditPeriod{}, invalid("period", "%q is no month: want one like 2026-03", period)
	case at.AddDate(0, 1, 0).After(ch.At):
		return CreditPeriod{}, invalid("period", "%s is not over", period)
	}
	p := CreditPeriod{Period: period, ClosedAt: ch.At, ClosedBy: ch.By}
	if err := tx.QueryRow(ctx, "SELECT count(*) FROM credit_entries WHERE period = $1", period).Scan(&p.Entries); err != nil {
		return CreditPeriod{}, fmt.Errorf("close period %s: %w", period, err)
	}
	fresh, err := tx.InsertNew(ctx, sqldb.Insert{Table: "credit_periods", Key: []string{"period"}, Columns: []string{"period", "closed_at", "closed_by", "entries"}},
		[][]any{{period, sqldb.Millis(ch.At), ch.By, p.Entries}})
	if err != nil {
		return CreditPeriod{}, err
	}
	if !fresh[0] {
		return CreditPeriod{}, fmt.Errorf("close period %s: it is closed: %w", period, ErrConflict)
	}
	return p, record(ctx, tx, ch, changedRecord{action: "close", kind: RecordCreditRules, id: period, after: p})
}

// CreditPeriods lists the closed periods, the newest first.
func CreditPeriods(ctx context.Context, q sqldb.Querier) ([]CreditPeriod, error) {
	rows, err := q.Query(ctx, "SELECT period, closed_at, closed_by, entries FROM credit_periods ORDER BY period DESC")
	if err != nil {
		return nil, fmt.Errorf("load closed periods: %w", err)
	}
	defer rows.Close()
	var all []CreditPeriod
	for rows.Next() {
		var p CreditPeriod
		if err := rows.Scan(&p.Period, atColumn{&p.ClosedAt}, &p.ClosedBy, &p.Entries); err != nil {
			return nil, fmt.Errorf("load closed periods: %w", err)
		}
		all = append(all, p)
	}
	return all, rows.Err()
}
