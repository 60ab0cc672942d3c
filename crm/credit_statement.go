package crm

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/Rhymond/go-money"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// A StatementFilter chooses what a credit statement is about; an empty field does not restrict.
type StatementFilter struct {
	From, Until   string // periods, both included, such as 2026-03
	Basis         string
	TakerType     string
	TakerID       string
	OpportunityID string
	Export        bool // it leaves the system: what may be exported, not what may be read
}

// A StatementLine is one figure of a statement, with the line of the invoice that it comes from.
type StatementLine struct {
	CreditEntry
	Taker     string `json:"taker"`   // what to call who gets it
	Through   string `json:"through"` // in a team's statement: whose credit it is; empty: the team's own
	Invoice   string `json:"invoice"` // its number
	Text      string `json:"text"`    // of the invoice's line
	LineNet   int64  `json:"line_net"`
	Case      string `json:"case"`      // the opportunity's name
	Territory string `json:"territory"` // its primary one
}

// A StatementSum is what one taker gets in one currency; overlay stands apart.
type StatementSum struct {
	TakerType string `json:"taker_type"`
	TakerID   string `json:"taker_id"`
	Taker     string `json:"taker"`
	Currency  string `json:"currency"`
	Amount    int64  `json:"amount"`
	Overlay   int64  `json:"overlay"`
}

// maxStatement bounds the lines of one statement.
const maxStatement = 100_000

// Statement lists what was credited. A team's holds its own credit and that of those who were its
// members when they were credited. With a grant at level own, somebody sees, or exports, their own credit alone.
func Statement(ctx context.Context, q sqldb.Querier, a *Access, f StatementFilter) ([]StatementLine, error) {
	w := &where{}
	for _, by := range []struct{ condition, value string }{{"period >= ?", f.From}, {"period <= ?", f.Until}, {"basis = ?", f.Basis}, {"opportunity_id = ?", f.OpportunityID}} {
		if by.value != "" {
			w.add(by.condition, by.value)
		}
	}
	action := ToRead
	if f.Export {
		action = ToExport
	}
	if a.Level(action, RecordCreditRules) != LevelAll {
		w.add("taker_type = 'user' AND taker_id = ?", a.UserID)
	}
	switch {
	case f.TakerType == TakerTeam && f.TakerID != "":
		w.add(ofTeam("credit_entries"), f.TakerID, f.TakerID)
	case f.TakerID != "":
		w.add("taker_id = ?", f.TakerID)
		fallthrough
	case f.TakerType != "":
		w.add("taker_type = ?", f.TakerType)
	}
	entries, err := queryCredit(ctx, q, w.sql()+" ORDER BY period, invoice_id, line, id"+w.limit(maxStatement+1), w.args...)
	if err != nil {
		return nil, err
	}
	if len(entries) > maxStatement {
		return nil, invalid("until", "makes more than %d lines: ask for fewer periods", maxStatement)
	}
	return explained(ctx, q, a, entries, f)
}

// explained says of each entry whose it is and where it comes from, as far as no mask hides it from
// somebody.
func explained(ctx context.Context, q sqldb.Querier, a *Access, entries []CreditEntry, f StatementFilter) ([]StatementLine, error) {
	ids := func(of func(*CreditEntry) string) (all []string) {
		for i := range entries {
			all = append(all, of(&entries[i]))
		}
		return all
	}
	byInvoice, err := byIDs(ids(func(e *CreditEntry) string { return e.InvoiceID }), func(in string, args []any) ([]Invoice, error) {
		return invoices.find(ctx, q, "WHERE "+in, args...)
	}, func(i *Invoice) string { return i.ID })
	if err != nil {
		return nil, err
	}
	cases, err := opportunitiesByID(ctx, q, ids(func(e *CreditEntry) string { return e.OpportunityID }))
	if err != nil {
		return nil, err
	}
	of, err := RecordTerritories(ctx, q, RecordOpportunity, slices.Compact(slices.Sorted(slices.Values(ids(func(e *CreditEntry) string { return e.OpportunityID })))))
	if err != nil {
		return nil, err
	}
	names, err := takerNames(ctx, q)
	if err != nil {
		return nil, err
	}
	nets := make(map[string][]int64)
	lines := make([]StatementLine, len(entries))
	for n, e := range entries {
		l := StatementLine{CreditEntry: e, Taker: cmp.Or(names[e.TakerType+e.TakerID], e.TakerID, "the company")}
		if i := byInvoice[e.InvoiceID]; i != nil && int(e.Line) < len(i.Lines) {
			if nets[i.ID] == nil {
				nets[i.ID] = lineNets(i)
			}
			l.Invoice = a.shown(RecordInvoice, "number", i.Number)
			if !a.hides(RecordInvoice, "lines") {
				l.Text, l.LineNet = i.Lines[e.Line].Text, nets[i.ID][e.Line]
			}
		}
		if o := cases[e.OpportunityID]; o != nil {
			l.Case = a.shown(RecordOpportunity, "name", o.Name)
		}
		l.Territory = names["territory"+primaryOf(of[e.OpportunityID])]
		if f.TakerType == TakerTeam && f.TakerID != "" && e.TakerType == TakerUser {
			l.Through = l.Taker
		}
		lines[n] = l
	}
	return lines, nil
}

// takerNames are what to call those who get credit, and territories, by type and id.
func takerNames(ctx context.Context, q sqldb.Querier) (map[string]string, error) {
	rows, err := q.Query(ctx, `SELECT 'user', id, name FROM users UNION ALL SELECT 'team', id, name FROM teams UNION ALL SELECT 'territory', id, name FROM territories
		UNION ALL SELECT 'source', 'mention:' || id, name FROM monitors`)
	if err != nil {
		return nil, fmt.Errorf("load names: %w", err)
	}
	defer rows.Close()
	names := make(map[string]string)
	for rows.Next() {
		var kind, id, name string
		if err := rows.Scan(&kind, &id, &name); err != nil {
			return nil, fmt.Errorf("load names: %w", err)
		}
		names[kind+id] = name
	}
	return names, rows.Err()
}

// SumStatement adds a statement up by who gets it and currency, the most first.
func SumStatement(lines []StatementLine) []StatementSum {
	type key struct{ kind, id, currency string }
	at := make(map[key]int)
	var sums []StatementSum
	for _, l := range lines {
		k := key{l.TakerType, l.TakerID, l.Currency}
		i, ok := at[k]
		if !ok {
			i = len(sums)
			at[k], sums = i, append(sums, StatementSum{TakerType: l.TakerType, TakerID: l.TakerID, Taker: l.Taker, Currency: l.Currency})
		}
		if l.Overlay {
			sums[i].Overlay += l.Amount
		} else {
			sums[i].Amount += l.Amount
		}
	}
	slices.SortStableFunc(sums, func(a, b StatementSum) int {
		return cmp.Or(cmp.Compare(b.Amount, a.Amount), cmp.Compare(b.Overlay, a.Overlay), cmp.Compare(a.Taker, b.Taker))
	})
	return sums
}

var statementHeader = []string{"period", "basis", "taker_type", "taker", "through", "part", "overlay", "amount", "currency", "share_percent", "invoice", "line", "text", "line_net",
	"case", "territory", "rules", "correction", "note", "written_at"}

// StatementCSV is a statement as a file. Text that a spreadsheet would take for a formula begins with
// an apostrophe (OWASP, CSV injection).
func StatementCSV(lines []StatementLine) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(statementHeader); err != nil {
		return nil, err
	}
	for _, l := range lines {
		share := ""
		if l.Share != 0 {
			share = decimal(l.Share, 4)
		}
		err := w.Write([]string{l.Period, l.Basis, l.TakerType, plainCell(l.Taker), plainCell(l.Through), plainCell(l.Part), strconv.FormatBool(l.Overlay),
			majorUnits(l.Amount, l.Currency), l.Currency, share, plainCell(l.Invoice), strconv.FormatInt(l.Line+1, 10), plainCell(l.Text), majorUnits(l.LineNet, l.Currency),
			plainCell(l.Case), plainCell(l.Territory), strconv.FormatInt(l.Rules, 10), strconv.FormatBool(l.Correction), plainCell(l.Note), l.At.UTC().Format(time.RFC3339)})
		if err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// plainCell keeps a spreadsheet from taking a text for a formula.
func plainCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(s[0])) {
		return "'" + s
	}
	return s
}

// majorUnits writes an amount of minor units in the unit of its currency.
func majorUnits(n int64, currency string) string {
	fraction := 2
	if c := money.GetCurrency(currency); c != nil {
		fraction = c.Fraction
	}
	return decimal(n, fraction)
}

// decimal writes an amount of minor units with its point.
func decimal(n int64, fraction int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	digits := strconv.FormatInt(n, 10)
	if fraction == 0 {
		return sign + digits
	}
	if short := fraction + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	return sign + digits[:len(digits)-fraction] + "." + digits[len(digits)-fraction:]
}
