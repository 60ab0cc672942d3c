package web

import (
	"context"
	"net/http"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// StatementView is who was credited with what.
type StatementView struct {
	Sums  []crm.StatementSum  `json:"sums" nullable:"false" doc:"By who gets it and currency; overlay stands apart."`
	Lines []crm.StatementLine `json:"lines" nullable:"false" doc:"Every figure, with the line of the invoice it comes from."`
}

// CreditRulesView is the rules with the ways to take part that they may name.
type CreditRulesView struct {
	crm.CreditRules
	Ways map[string]string `json:"ways" doc:"The ways to take part, and what each is."`
}

func creditRulesView(r crm.CreditRules) CreditRulesView { return CreditRulesView{r, crm.CreditWays} }

type (
	// StatementInput chooses a statement.
	StatementInput struct {
		From        string `query:"from" pattern:"^[0-9]{4}-[0-9]{2}$" doc:"The first month, such as 2026-03."`
		Until       string `query:"until" pattern:"^[0-9]{4}-[0-9]{2}$" doc:"The last month."`
		Basis       string `query:"basis" enum:"invoiced,paid" default:"paid"`
		TakerType   string `query:"taker_type" enum:"user,team,source,company"`
		Taker       string `query:"taker" maxLength:"200" doc:"Id of who gets it; a team's statement holds the credit of those who were its members then, too."`
		Opportunity string `query:"opportunity" maxLength:"100"`
	}
	statementInput      struct{ StatementInput }
	saveCreditRuleInput struct {
		Expectation
		Body struct {
			Parts []crm.CreditPart `json:"parts" nullable:"false"`
		}
	}
	recountInput struct {
		Body struct {
			From string `json:"from" pattern:"^[0-9]{4}-[0-9]{2}$" doc:"The first month that is counted again."`
		}
	}
	closePeriodInput struct {
		Body struct {
			Period string `json:"period" pattern:"^[0-9]{4}-[0-9]{2}$"`
		}
	}
	csvOutput struct {
		ContentType string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Body        []byte
	}
)

// Recounted says how much was counted again.
type Recounted struct {
	Events int `json:"events" doc:"Invoices and payments."`
}

func (f *StatementInput) filter() crm.StatementFilter {
	return crm.StatementFilter{From: f.From, Until: f.Until, Basis: f.Basis, TakerType: f.TakerType, TakerID: f.Taker, OpportunityID: f.Opportunity}
}

func (s *Server) creditRoutes() {
	const tag = "credit"
	operate(s, needs(crm.ToRead, crm.RecordCreditRules), getting(tag, "get-credit-rules", "/credit/rules", "The rules by which revenue is credited"), s.getCreditRules)
	operate(s, needs(crm.ToUpdate, crm.RecordCreditRules), doing(tag, "save-credit-rules", http.MethodPut, "/credit/rules", "Put a new version of the rules in force, for what is invoiced and paid from now on"), s.saveCreditRules)
	operate(s, needs(crm.ToRead, crm.RecordCreditRules), getting(tag, "get-credit-statement", "/credit/statement", "Who was credited with what, and for which lines of which invoices"), s.getStatement)
	export := getting(tag, "export-credit-statement", "/credit/statement.csv", "A credit statement as CSV; formulas are neutralised")
	export.Responses = fileResponse("text/csv", "The statement.")
	operate(s, needs(crm.ToExport, crm.RecordCreditRules), export, s.exportStatement)
	operate(s, needs(crm.ToUpdate, crm.RecordCreditRules), doing(tag, "recount-credit", http.MethodPost, "/credit/recount", "Count again by the rules in force; closed months are corrected in the first open one"), s.recountCredit)
	operate(s, needs(crm.ToRead, crm.RecordCreditRules), getting(tag, "list-credit-periods", "/credit/periods", "List the closed months"), s.listCreditPeriods)
	operate(s, needs(crm.ToUpdate, crm.RecordCreditRules), doing(tag, "close-credit-period", http.MethodPost, "/credit/periods", "Close a month: its statements stand for ever"), s.closeCreditPeriod)
}

func (s *Server) getCreditRules(ctx context.Context, _ *struct{}) (*versioned[CreditRulesView], error) {
	r, err := crm.CreditRulesInForce(ctx, s.DB)
	return &versioned[CreditRulesView]{etag(r.Version + 1), creditRulesView(r)}, err // an ETag is 1 or more
}

func (s *Server) saveCreditRules(ctx context.Context, in *saveCreditRuleInput) (out *versioned[CreditRulesView], err error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		r, err := crm.SaveCreditRules(ctx, tx, s.change(ctx, ""), expected-1, in.Body.Parts)
		out = &versioned[CreditRulesView]{etag(r.Version + 1), creditRulesView(r)}
		return err
	})
	return out, changed(err, crm.ErrConflict, expected)
}

func (s *Server) getStatement(ctx context.Context, in *statementInput) (*one[StatementView], error) {
	lines, err := crm.Statement(ctx, s.DB, accessFrom(ctx), in.filter())
	if err != nil {
		return nil, err
	}
	return &one[StatementView]{StatementView{orEmpty(crm.SumStatement(lines)), orEmpty(lines)}}, nil
}

func (s *Server) exportStatement(ctx context.Context, in *statementInput) (*csvOutput, error) {
	f := in.filter()
	f.Export = true
	lines, err := crm.Statement(ctx, s.DB, accessFrom(ctx), f)
	if err != nil {
		return nil, err
	}
	file, err := crm.StatementCSV(lines)
	return &csvOutput{"text/csv; charset=utf-8", `attachment; filename="credit-statement.csv"`, file}, err
}

func (s *Server) recountCredit(ctx context.Context, in *recountInput) (*one[Recounted], error) {
	var n int
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) (err error) {
		n, err = crm.RecountCredit(ctx, tx, s.change(ctx, ""), in.Body.From)
		return err
	})
	return &one[Recounted]{Recounted{n}}, err
}

func (s *Server) listCreditPeriods(ctx context.Context, _ *struct{}) (*one[Page[crm.CreditPeriod]], error) {
	all, err := crm.CreditPeriods(ctx, s.DB)
	return page(all, ""), err
}

func (s *Server) closeCreditPeriod(ctx context.Context, in *closePeriodInput) (out *one[crm.CreditPeriod], err error) {
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		p, err := crm.CloseCreditPeriod(ctx, tx, s.change(ctx, ""), in.Body.Period)
		out = &one[crm.CreditPeriod]{p}
		return err
	})
	return out, err
}
