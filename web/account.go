package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
)

// Account is a company.
type Account struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Domain     string    `json:"domain"`
	Industry   string    `json:"industry"`
	City       string    `json:"city"`
	PostalCode string    `json:"postal_code"`
	Country    string    `json:"country"`
	Employees  int64     `json:"employees" doc:"0: not known."`
	Version    int64     `json:"version"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

func accountOf(a crm.Account) Account {
	return Account{a.ID, a.Name, a.Domain, a.Industry, a.City, a.PostalCode, a.Country, a.Employees, a.Version, instant(a.CreatedAt), instant(a.UpdatedAt)}
}

type accountsInput struct {
	PageInput
	Query string `query:"q" maxLength:"200" doc:"Beginning of the name."`
}

func (s *Server) accountRoutes() {
	tags := []string{"accounts"}
	operate(s, huma.Operation{OperationID: "list-accounts", Method: http.MethodGet, Path: "/accounts", Tags: tags,
		Summary: "List accounts by name"}, s.listAccounts)
	operate(s, huma.Operation{OperationID: "get-account", Method: http.MethodGet, Path: "/accounts/{id}", Tags: tags,
		Summary: "Get an account", Errors: []int{404}}, s.getAccount)
}

func (s *Server) listAccounts(ctx context.Context, in *accountsInput) (*one[Page[Account]], error) {
	accounts, next, err := crm.FindAccounts(ctx, s.DB, crm.AccountFilter{Query: in.Query, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items := make([]Account, len(accounts))
	for i, a := range accounts {
		items[i] = accountOf(a)
	}
	return page(items, next), nil
}

func (s *Server) getAccount(ctx context.Context, in *IDInput) (*versioned[Account], error) {
	a, err := crm.AccountByID(ctx, s.DB, in.ID)
	if err != nil {
		return nil, err
	}
	return &versioned[Account]{etag(a.Version), accountOf(a)}, nil
}
