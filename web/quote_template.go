package web

import (
	"context"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// QuoteTemplateBody is what people enter of a template.
type QuoteTemplateBody struct {
	Name     string `json:"name" minLength:"1" maxLength:"200"`
	Language string `json:"language" enum:"de,en"`
	Sender   string `json:"sender,omitempty" maxLength:"4000" doc:"Who offers, with the address, line by line."`
	Intro    string `json:"intro,omitempty" maxLength:"4000" doc:"Above the table. Texts may name {contact} {account} {number} {date} {valid_until} {owner} {opportunity}."`
	Closing  string `json:"closing,omitempty" maxLength:"4000" doc:"Below the sums."`
	Footer   string `json:"footer,omitempty" maxLength:"4000" doc:"Of every page."`
	Archived bool   `json:"archived,omitempty" doc:"It is offered no more. What was sent by it is still printed by it."`
}

type (
	createTemplateInput struct{ Body QuoteTemplateBody }
	updateTemplateInput struct {
		IDInput
		Expectation
		Body QuoteTemplateBody
	}
	printQuoteInput struct {
		IDInput
		Template string `query:"template" maxLength:"100" default:"en" doc:"Id of a template: de and en are there from the start."`
	}
	pdfOutput struct {
		ContentType string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Body        []byte
	}
)

func (s *Server) quoteTemplateRoutes() {
	const tag = "quotes"
	operate(s, needs(crm.ToRead, crm.RecordTemplate), getting(tag, "list-quote-templates", "/quote-templates", "List templates of quotes, in the versions in force"), s.listQuoteTemplates)
	operate(s, needs(crm.ToCreate, crm.RecordTemplate), doing(tag, "create-quote-template", http.MethodPost, "/quote-templates", "Create a template of quotes"), s.createQuoteTemplate)
	operate(s, needs(crm.ToRead, crm.RecordTemplate), getting(tag, "get-quote-template", "/quote-templates/{id}", "Get a template of quotes"), s.getQuoteTemplate)
	operate(s, needs(crm.ToUpdate, crm.RecordTemplate), doing(tag, "save-quote-template", http.MethodPut, "/quote-templates/{id}", "Save a new version of a template; quotes that were sent keep theirs"), s.saveQuoteTemplate)
	file := getting(tag, "print-quote", "/quotes/{id}/pdf", "A quote as PDF, by a template")
	file.Responses = fileResponse("application/pdf", "The quote.")
	operate(s, needs(crm.ToRead, crm.RecordQuote), file, s.printQuote)
}

func (s *Server) listQuoteTemplates(ctx context.Context, _ *struct{}) (*one[Page[crm.QuoteTemplate]], error) {
	all, err := crm.QuoteTemplates(ctx, s.DB)
	return page(all, ""), err
}

func (s *Server) getQuoteTemplate(ctx context.Context, in *IDInput) (*versioned[crm.QuoteTemplate], error) {
	t, err := crm.QuoteTemplateAt(ctx, s.DB, in.ID, time.Time{})
	return &versioned[crm.QuoteTemplate]{etag(t.Version), t}, err
}

func (s *Server) createQuoteTemplate(ctx context.Context, in *createTemplateInput) (*versioned[crm.QuoteTemplate], error) {
	return s.putQuoteTemplate(ctx, "", Expectation{}, in.Body)
}

func (s *Server) saveQuoteTemplate(ctx context.Context, in *updateTemplateInput) (*versioned[crm.QuoteTemplate], error) {
	return s.putQuoteTemplate(ctx, in.ID, in.Expectation, in.Body)
}

func (s *Server) putQuoteTemplate(ctx context.Context, id string, expect Expectation, b QuoteTemplateBody) (*versioned[crm.QuoteTemplate], error) {
	return saved(ctx, s, expect, itself, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.QuoteTemplate, error) {
		return crm.SaveQuoteTemplate(ctx, tx, ch, crm.QuoteTemplate{ID: id, Version: version, Name: b.Name, Language: b.Language, Sender: b.Sender, Intro: b.Intro,
			Closing: b.Closing, Footer: b.Footer, Archived: b.Archived})
	})
}

func (s *Server) printQuote(ctx context.Context, in *printQuoteInput) (*pdfOutput, error) {
	file, name, err := crm.PrintQuote(ctx, s.DB, accessFrom(ctx), in.ID, in.Template, s.Now())
	return &pdfOutput{"application/pdf", `attachment; filename="` + name + `"`, file}, err
}
