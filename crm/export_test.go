package crm

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// ReadCSV reads a file as the import does: its rows, and the reasons of those it cannot read.
func ReadCSV(data []byte, comma rune) (rows [][]string, refused []string, err error) {
	r := newCSVReader(bytes.NewReader(data))
	r.comma = byte(comma)
	for {
		record, _, err := r.next()
		var bad *rowError
		switch {
		case errors.Is(err, io.EOF):
			return rows, refused, nil
		case errors.As(err, &bad):
			refused = append(refused, bad.Error())
		case err != nil:
			return rows, refused, err
		default:
			rows = append(rows, record)
		}
	}
}

// ReadNetwork reads a file of somebody's network as the import does: its rows, and the reasons of those
// it cannot read.
func ReadNetwork(r io.Reader) (header []string, rows [][]string, refused []string, err error) {
	source := openNetwork(&importNoun{fields: networkFields, names: contactNoun.names}, r)
	if header, err = source.header(0); err != nil {
		return nil, nil, nil, err
	}
	for {
		record, _, err := source.next()
		var bad *rowError
		switch {
		case errors.Is(err, io.EOF):
			return header, rows, refused, nil
		case errors.As(err, &bad):
			refused = append(refused, bad.Error())
		case err != nil:
			return header, rows, refused, err
		default:
			rows = append(rows, record)
		}
	}
}

// HeaderMeanings gives the fields that each header means in a file of a type.
func HeaderMeanings(kind string) map[string][]string {
	all := make(map[string][]string)
	for field, names := range importNouns[kind].fields {
		for _, name := range names {
			all[name] = append(all[name], field)
		}
	}
	return all
}

// NextInvoice is the invoice that an order's lines and the invoices that stand leave.
func NextInvoice(o *Order, standing []Invoice, quantities map[int]int64) (i Invoice, err error) {
	if i.Lines, err = remaining(o, standing, quantities); err != nil {
		return i, err
	}
	sums := nextSums(o, standing, i.Lines)
	i.sums = &sums
	return i, nil
}

// Tone is a tone, for tests of the rule that adds them up.
type Tone = tone

// NewTone makes one.
func NewTone(at time.Time, polarity string, score float64) Tone { return tone{at, polarity, score} }

// SentimentOf adds tones up.
func SentimentOf(tones []Tone, now time.Time) Sentiment { return sentimentOf(tones, now) }

// CheckField checks a definition.
func CheckField(f *Field) error { return f.check() }

// ReadableIDs lists the records of a type that somebody may read, by the condition on each and by the
// query that names them.
func ReadableIDs(ctx context.Context, q sqldb.Querier, a *Access, kind string) (each, named []string, err error) {
	w := &where{}
	w.readable(a, kind, realms[kind].table)
	if each, err = sqldb.Strings(ctx, q, "SELECT id FROM "+realms[kind].table+w.sql()+" ORDER BY id", w.args...); err != nil {
		return nil, nil, err
	}
	if !a.namable(kind) {
		return each, each, nil
	}
	w = &where{}
	w.add("id IN (" + a.named(w, kind) + ")")
	named, err = sqldb.Strings(ctx, q, "SELECT id FROM "+realms[kind].table+w.sql()+" ORDER BY id", w.args...)
	return each, named, err
}

// Serve serves webhooks once, one after the other, as a round of Run does side by side.
func (c *Courier) Serve(ctx context.Context, ids ...string) error {
	for _, id := range ids {
		if !c.begin(id) {
			continue
		}
		failed, err := c.serve(ctx, id)
		c.end(id, failed)
		if err != nil {
			return err
		}
	}
	return nil
}

// Tidy is tidy.
func (c *Courier) Tidy(ctx context.Context) error { return c.tidy(ctx) }

// HandedOn are the columns, as TABLE.COLUMN, whose rows a merge moves, by the type that is merged.
func HandedOn() map[string][]string {
	all := make(map[string][]string)
	for kind, references := range map[string][]reference{RecordContact: contactReferences, RecordAccount: accountReferences, RecordLead: leadReferences} {
		for _, r := range references {
			all[kind] = append(all[kind], r.table+"."+r.named())
		}
	}
	return all
}

// PaidNets is what of each line of an invoice is paid.
var PaidNets = paidNets

// TakersOf are those who took part in an opportunity, by the way they did.
var TakersOf = takersOf
