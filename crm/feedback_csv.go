package crm

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/Rhymond/go-money"
)

// FeedbackCSV is the report to marketing as a file: a line a group, with three columns a milestone.
// name says what a key is called.
func FeedbackCSV(rows []FeedbackRow, by string, name func(key string) string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	header := []string{by, "leads", "small"}
	if len(rows) > 0 {
		for _, m := range rows[0].Milestones {
			header = append(header, "reached "+string(m.Milestone), "conversion to "+string(m.Milestone), "median hours to "+string(m.Milestone))
		}
	}
	header = append(header, "open", "accepted", "disqualified", "recycled", "reasons", "invoiced_net", "paid",
		"times accepted", "times disqualified", "times recycled", "came back", "accepted later",
		"opportunities", "opportunities open", "won", "lost", "lost as unfit", "win rate", "closing reasons", "after the close", "answers")
	if err := w.Write(header); err != nil {
		return nil, err
	}
	for i := range rows {
		r := &rows[i]
		line := []string{plainCell(name(r.Key)), strconv.Itoa(r.Leads), strconv.FormatBool(r.Small)}
		for _, m := range r.Milestones {
			hours := ""
			if m.Timed > 0 {
				hours = decimalText(m.MedianHours)
			}
			line = append(line, strconv.Itoa(m.Reached), decimalText(m.Conversion), hours)
		}
		var invoiced, paid []string
		for _, money := range r.Revenue {
			invoiced = append(invoiced, amountText(money.Invoiced, money.Currency))
			paid = append(paid, amountText(money.Paid, money.Currency))
		}
		line = append(line, strconv.Itoa(r.Open), strconv.Itoa(r.Accepted), strconv.Itoa(r.Disqualified), strconv.Itoa(r.Recycled),
			reasonsCell(r.Reasons), plainCell(strings.Join(invoiced, "; ")), plainCell(strings.Join(paid, "; ")))
		d := &r.Decisions
		line = append(line, strconv.Itoa(d.Accepted), strconv.Itoa(d.Disqualified), strconv.Itoa(d.Recycled), strconv.Itoa(d.CameBack), strconv.Itoa(d.AcceptedLater))
		if err := w.Write(append(line, r.Opportunities.cells()...)); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// cells are the columns of what became of opportunities; empty ones for who is not told.
func (s *FeedbackSales) cells() []string {
	if s == nil {
		return make([]string, 9)
	}
	rate := ""
	if s.Won+s.Lost > 0 {
		rate = decimalText(s.WinRate)
	}
	var followed, answers []string
	for _, f := range s.FollowUp {
		text := f.Outcome + " " + f.Stage + " " + strconv.Itoa(f.Reached)
		if f.Tasks > 0 {
			text += " (tasks done " + strconv.Itoa(f.Done) + " of " + strconv.Itoa(f.Tasks) + ")"
		}
		followed = append(followed, text)
	}
	for _, a := range s.Answers {
		answers = append(answers, a.Outcome+" "+a.Field+" "+a.Value+" "+strconv.Itoa(a.Count))
	}
	return []string{strconv.Itoa(s.Count), strconv.Itoa(s.Open), strconv.Itoa(s.Won), strconv.Itoa(s.Lost), strconv.Itoa(s.Unfit), rate,
		reasonsCell(s.Reasons), plainCell(strings.Join(followed, "; ")), plainCell(strings.Join(answers, "; "))}
}

func reasonsCell(all []FeedbackReason) string {
	var texts []string
	for _, r := range all {
		texts = append(texts, r.Outcome+" "+r.Code+" "+strconv.Itoa(r.Count))
	}
	return plainCell(strings.Join(texts, "; "))
}

func decimalText(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// amountText is an amount with its point and its currency.
func amountText(n int64, currency string) string {
	fraction := 2
	if c := money.GetCurrency(currency); c != nil {
		fraction = c.Fraction
	}
	return decimal(n, fraction) + " " + currency
}
