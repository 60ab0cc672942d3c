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
	if err := w.Write(append(header, "open", "accepted", "disqualified", "recycled", "reasons", "invoiced_net", "paid")); err != nil {
		return nil, err
	}
	for _, r := range rows {
		line := []string{plainCell(name(r.Key)), strconv.Itoa(r.Leads), strconv.FormatBool(r.Small)}
		for _, m := range r.Milestones {
			hours := ""
			if m.Timed > 0 {
				hours = strconv.FormatFloat(m.MedianHours, 'f', -1, 64)
			}
			line = append(line, strconv.Itoa(m.Reached), strconv.FormatFloat(m.Conversion, 'f', -1, 64), hours)
		}
		var reasons, invoiced, paid []string
		for _, reason := range r.Reasons {
			reasons = append(reasons, reason.Outcome+" "+reason.Code+" "+strconv.Itoa(reason.Count))
		}
		for _, money := range r.Revenue {
			invoiced = append(invoiced, amountText(money.Invoiced, money.Currency))
			paid = append(paid, amountText(money.Paid, money.Currency))
		}
		line = append(line, strconv.Itoa(r.Open), strconv.Itoa(r.Accepted), strconv.Itoa(r.Disqualified), strconv.Itoa(r.Recycled),
			plainCell(strings.Join(reasons, "; ")), plainCell(strings.Join(invoiced, "; ")), plainCell(strings.Join(paid, "; ")))
		if err := w.Write(line); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// amountText is an amount with its point and its currency.
func amountText(n int64, currency string) string {
	fraction := 2
	if c := money.GetCurrency(currency); c != nil {
		fraction = c.Fraction
	}
	return decimal(n, fraction) + " " + currency
}
