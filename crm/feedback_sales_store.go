package crm

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// aftermath is what follows a close in all versions of all processes: an opportunity stays on the
// version in which it was closed. It is nil for who is not told what became of opportunities.
func aftermath(ctx context.Context, q sqldb.Querier, a *Access) (*Aftermath, error) {
	if !a.Can(ToRead, RecordOpportunity) || a.hides(RecordOpportunity, "state", "lead_id") {
		return nil, nil
	}
	all, err := queryProcesses(ctx, q, "ORDER BY id, version")
	if err != nil {
		return nil, err
	}
	return AftermathOf(append([]Process{DefaultProcess()}, all...)), nil
}

// salesOf is what became of the opportunities that leads opened, by lead, as far as who asks may see it.
func salesOf(ctx context.Context, q sqldb.Querier, a *Access, f *StoryFilter) (map[string]*LeadSale, error) {
	if f.After == nil {
		return nil, nil
	}
	unfit, err := unfitReasons(ctx, q)
	if err != nil {
		return nil, err
	}
	s := saleReader{access: a, filter: f, sales: make(map[string]*LeadSale)}
	hidden := a.hides(RecordOpportunity, "close_reason")
	err = s.each(ctx, q, "o.state, o.close_reason", "", "", func(rows *sql.Rows) error {
		var lead string
		var sale LeadSale
		if err := rows.Scan(&lead, &sale.State, &sale.Reason); err != nil {
			return err
		}
		if hidden {
			sale.Reason = ""
		}
		sale.Unfit = sale.State == StateLost && unfit[sale.Reason]
		s.sales[lead] = &sale
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := s.readFollowUp(ctx, q); err != nil {
		return nil, err
	}
	return s.sales, s.readAnswers(ctx, q)
}

// unfitReasons are the codes of why opportunities are lost that say that they were no potential customers.
func unfitReasons(ctx context.Context, q sqldb.Querier) (map[string]bool, error) {
	all, err := Reasons(ctx, q, StateLost)
	unfit := make(map[string]bool)
	for _, r := range all {
		unfit[r.Code] = r.Unfit
	}
	return unfit, err
}

// A saleReader reads, in few queries over all leads of a report, what became of their opportunities.
type saleReader struct {
	access *Access
	filter *StoryFilter
	sales  map[string]*LeadSale // by lead
}

// each scans the lead and some columns of the opportunities that who asks may read, joined with more.
// rest is what the query says after its conditions.
func (s *saleReader) each(ctx context.Context, q sqldb.Querier, columns, join, rest string, scan func(*sql.Rows) error) error {
	w := &where{}
	s.filter.restrict(w)
	w.readable(s.access, RecordOpportunity, "o")
	if err := sqldb.EachRow(ctx, q, scan, "SELECT o.lead_id, "+columns+" FROM leads l JOIN opportunities o ON o.lead_id = l.id AND o.lead_id <> '' "+join+w.sql()+rest, w.args...); err != nil {
		return fmt.Errorf("load what became of opportunities: %w", err)
	}
	return nil
}

// readFollowUp reads the stages that opportunities came to after they were closed for the last time,
// and what was done of the tasks that came with them.
func (s *saleReader) readFollowUp(ctx context.Context, q sqldb.Querier) error {
	if s.access.hides(RecordOpportunity, "stage") {
		return nil
	}
	err := s.each(ctx, q, "v.process_id, v.stage", "JOIN stage_visits v ON v.opportunity_id = o.id AND v.entered_at >= o.closed_at AND o.state <> '"+StateOpen+"'",
		" GROUP BY o.lead_id, v.process_id, v.stage", func(rows *sql.Rows) error {
			var lead string
			var at AfterStage
			if err := rows.Scan(&lead, &at.ProcessID, &at.Stage); err != nil {
				return err
			}
			if sale := s.sales[lead]; s.follows(sale, &at) {
				sale.FollowUp = append(sale.FollowUp, FollowedStage{AfterStage: at})
			}
			return nil
		})
	if err != nil || !s.access.Can(ToRead, RecordActivity) || s.access.hides(RecordActivity, "done_at", "stage") {
		return err
	}
	return s.each(ctx, q, "t.process_id, t.stage, count(*), count(CASE WHEN t.done_at > 0 THEN 1 END)",
		"JOIN activities t ON t.record_id = o.id AND t.process_id <> '' AND o.state <> '"+StateOpen+"'",
		" GROUP BY o.lead_id, t.process_id, t.stage", func(rows *sql.Rows) error {
			var lead string
			var f FollowedStage
			if err := rows.Scan(&lead, &f.ProcessID, &f.Stage, &f.Tasks, &f.Done); err != nil {
				return err
			}
			if sale := s.sales[lead]; s.follows(sale, &f.AfterStage) {
				if i := slices.IndexFunc(sale.FollowUp, func(have FollowedStage) bool { return have.AfterStage == f.AfterStage }); i >= 0 {
					sale.FollowUp[i] = f
				}
			}
			return nil
		})
}

// follows says whether a stage follows the way in which an opportunity was closed, and notes that way.
func (s *saleReader) follows(sale *LeadSale, at *AfterStage) bool {
	if sale == nil {
		return false // it was opened a moment ago
	}
	at.Outcome = sale.State
	_, ok := s.filter.After.places[*at]
	return ok
}

// readAnswers reads what was entered, of closed opportunities, in the fields of the company's own that
// the stages after the close ask for and that have few values.
func (s *saleReader) readAnswers(ctx context.Context, q sqldb.Querier) error {
	asked := slices.Concat(s.filter.After.asked[StateWon], s.filter.After.asked[StateLost])
	if len(asked) == 0 || s.access.hides(RecordOpportunity, "fields") {
		return nil
	}
	defined, err := Fields(ctx, q, RecordOpportunity)
	if err != nil {
		return err
	}
	values := make(map[string]map[string]string) // by field, as they are found by: as they are entered
	for i := range defined {
		f := &defined[i]
		if !slices.Contains(asked, f.Name) || s.access.hides(RecordOpportunity, f.Name) {
			continue
		}
		switch f.Kind {
		case FieldBoolean:
			values[f.Name] = map[string]string{"true": "true", "false": "false"}
		case FieldChoiceOf, FieldMultiChoice:
			values[f.Name] = make(map[string]string)
			for _, c := range f.Choices {
				values[f.Name][foldKey(c.Value)] = c.Value
			}
		}
	}
	if len(values) == 0 {
		return nil
	}
	return s.each(ctx, q, "a.name, a.value_key", "JOIN field_values a ON a.record_type = '"+RecordOpportunity+"' AND a.record_id = o.id AND o.state <> '"+StateOpen+"'", "",
		func(rows *sql.Rows) error {
			var lead, name string
			var key []byte
			if err := rows.Scan(&lead, &name, &key); err != nil {
				return err
			}
			value, ok := values[name][string(key)]
			if sale := s.sales[lead]; ok && sale != nil && slices.Contains(s.filter.After.asked[sale.State], name) {
				sale.Answers = append(sale.Answers, FollowUpAnswer{sale.State, name, value})
			}
			return nil
		})
}
