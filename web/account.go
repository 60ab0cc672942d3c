package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// AccountFields are what a person sets of an account.
type AccountFields struct {
	Name       string         `json:"name" minLength:"1" maxLength:"200"`
	Domain     string         `json:"domain,omitempty" maxLength:"300" doc:"Of its web and mail."`
	Industry   string         `json:"industry,omitempty" maxLength:"200"`
	City       string         `json:"city,omitempty" maxLength:"200"`
	PostalCode string         `json:"postal_code,omitempty" maxLength:"20"`
	Country    string         `json:"country,omitempty" maxLength:"200"`
	Employees  int64          `json:"employees,omitempty" minimum:"0" doc:"0: not known."`
	ParentID   string         `json:"parent_id,omitempty" maxLength:"100" doc:"The account it belongs to. One below it is refused, and so are more than ten levels."`
	Fields     map[string]any `json:"fields,omitempty" doc:"Fields of your own, see /fields."`
}

func (f *AccountFields) apply(a *crm.Account) {
	a.Name, a.Domain, a.Industry, a.City, a.PostalCode, a.Country, a.Employees, a.ParentID, a.Fields = f.Name, f.Domain, f.Industry, f.City, f.PostalCode,
		f.Country, f.Employees, f.ParentID, f.Fields
}

// Account is a company.
type Account struct {
	ID         string         `json:"id"`
	ExternalID string         `json:"external_id" doc:"The id in the system it was imported from."`
	Name       string         `json:"name"`
	Domain     string         `json:"domain"`
	Industry   string         `json:"industry"`
	City       string         `json:"city"`
	PostalCode string         `json:"postal_code"`
	Country    string         `json:"country"`
	Employees  int64          `json:"employees" doc:"0: not known."`
	ParentID   string         `json:"parent_id" doc:"The account it belongs to; empty: none."`
	Fields     map[string]any `json:"fields"`
	OwnerID    string         `json:"owner_id" doc:"Empty: nobody."`
	Version    int64          `json:"version"`
	CreatedAt  time.Time      `json:"created_at"`
	UpdatedAt  time.Time      `json:"updated_at"`
}

func accountOf(a crm.Account) Account {
	return Account{a.ID, a.ExternalID, a.Name, a.Domain, a.Industry, a.City, a.PostalCode, a.Country, a.Employees, a.ParentID, orNone(a.Fields), a.OwnerID, a.Version,
		instant(a.CreatedAt), instant(a.UpdatedAt)}
}

// orNone is a map that JSON shows as {}, never as null.
func orNone(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// AccountMerge is one account, the loser, having become part of another, the winner.
type AccountMerge struct {
	ID         string           `json:"id"`
	WinnerID   string           `json:"winner_id"`
	LoserID    string           `json:"loser_id"`
	Loser      Account          `json:"loser" doc:"As it was."`
	Filled     []string         `json:"filled" nullable:"false" doc:"Fields of the winner that were taken from the loser."`
	Moved      map[string]int64 `json:"moved" doc:"How many records went over, by table; only the merge itself tells."`
	MergedAt   time.Time        `json:"merged_at"`
	MergedBy   string           `json:"merged_by"`
	Reason     string           `json:"reason"`
	UnmergedAt *time.Time       `json:"unmerged_at" doc:"Null: it stands."`
	UnmergedBy string           `json:"unmerged_by"`
}

func accountMergeOf(m crm.AccountMerge) AccountMerge {
	return AccountMerge{m.ID, m.WinnerID, m.LoserID, accountOf(m.Loser), orEmpty(m.Filled), m.Moved, instant(m.MergedAt), m.MergedBy, m.Reason,
		maybe(m.UnmergedAt), m.UnmergedBy}
}

// AccountTree is an account with those it belongs to and those below it.
type AccountTree struct {
	Account  AccountRef   `json:"account"`
	Above    []AccountRef `json:"above" nullable:"false" doc:"The nearest first."`
	Below    []AccountRef `json:"below" nullable:"false" doc:"Level by level, at most 500."`
	Pipeline []crm.RollUp `json:"pipeline" nullable:"false" doc:"Opportunities of the account and of those below it, by currency, in minor units."`
}

type (
	accountsInput struct {
		PageInput
		FieldInput
		Query string `query:"q" maxLength:"200" doc:"Beginning of the name."`
	}
	createAccountInput struct{ Body AccountFields }
	updateAccountInput struct {
		IDInput
		Expectation
		Body AccountFields
	}
	mergeAccountInput struct {
		IDInput
		Expectation
		Body struct {
			LoserID string `json:"loser_id" minLength:"1" maxLength:"100" doc:"The account that becomes part of this one."`
			Reason  string `json:"reason,omitempty" maxLength:"500"`
		}
	}
)

func (s *Server) accountRoutes() {
	const tag = "accounts"
	operate(s, needs(crm.ToRead, crm.RecordAccount), getting(tag, "list-accounts", "/accounts", "List accounts by name"), s.listAccounts)
	operate(s, needs(crm.ToRead, crm.RecordAccount), getting(tag, "get-account", "/accounts/{id}", "Get an account"), s.getAccount)
	operate(s, needs(crm.ToRead, crm.RecordAccount), getting(tag, "get-account-tree", "/accounts/{id}/tree", "The accounts above and below an account, and what they come to"), s.accountTree)
	operate(s, needs(crm.ToCreate, crm.RecordAccount), doing(tag, "create-account", http.MethodPost, "/accounts", "Create an account"), s.createAccount)
	operate(s, needs(crm.ToUpdate, crm.RecordAccount), doing(tag, "update-account", http.MethodPut, "/accounts/{id}", "Change an account; a field that is left out becomes empty"), s.updateAccount)
	operate(s, needs(crm.ToRead, crm.RecordAccount), getting(tag, "get-account-timeline", "/accounts/{id}/timeline", "What the contacts of an account, and of those below it, said, the newest first"), s.accountTimeline)
	operate(s, needs(crm.ToMerge, crm.RecordAccount), doing(tag, "merge-account", http.MethodPost, "/accounts/{id}/merge", "Make another account part of this one"), s.mergeAccount)
	operate(s, needs(crm.ToMerge, crm.RecordAccount), doing(tag, "unmerge-account", http.MethodPost, "/account-merges/{id}/undo", "Take a merge of accounts apart"), s.unmergeAccount)
	operate(s, needs(crm.ToRead, crm.RecordAccount), huma.Operation{OperationID: "list-account-merges", Method: http.MethodGet, Path: "/accounts/{id}/merges", Tags: []string{tag},
		Summary: "Which accounts became part of this one", Errors: []int{404}}, s.accountMerges)
}

func (s *Server) listAccounts(ctx context.Context, in *accountsInput) (*one[Page[Account]], error) {
	fields, err := in.filter()
	if err != nil {
		return nil, err
	}
	accounts, next, err := crm.FindAccounts(ctx, s.DB, accessFrom(ctx), crm.AccountFilter{Query: in.Query, Fields: fields, Cursor: in.Cursor, Limit: in.Limit})
	return views(accounts, next, err, accountOf)
}

func (s *Server) getAccount(ctx context.Context, in *IDInput) (*versioned[Account], error) {
	a, err := crm.AccountByID(ctx, s.DB, accessFrom(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &versioned[Account]{etag(a.Version), accountOf(a)}, nil
}

func (s *Server) accountTree(ctx context.Context, in *IDInput) (*one[AccountTree], error) {
	var out AccountTree
	err := s.DB.View(ctx, func(q sqldb.Querier) error {
		t, err := crm.AccountTreeOf(ctx, q, accessFrom(ctx), in.ID)
		out = AccountTree{AccountRef{t.Account.ID, t.Account.Name, t.Account.ParentID}, accountRefs(t.Above), accountRefs(t.Below), orEmpty(t.Pipeline)}
		return err
	})
	return &one[AccountTree]{out}, err
}

func (s *Server) createAccount(ctx context.Context, in *createAccountInput) (*versioned[Account], error) {
	a := crm.Account{OwnerID: userFrom(ctx).id}
	in.Body.apply(&a)
	return saved(ctx, s, Expectation{}, accountOf, func(tx *sqldb.Tx, ch crm.Change, _ int64) (crm.Account, error) {
		return crm.CreateAccount(ctx, tx, a, ch)
	})
}

func (s *Server) updateAccount(ctx context.Context, in *updateAccountInput) (*versioned[Account], error) {
	return saved(ctx, s, in.Expectation, accountOf, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Account, error) {
		a, err := crm.AccountByID(ctx, tx, accessFrom(ctx), in.ID)
		if err != nil {
			return a, err
		}
		if version != 0 {
			a.Version = version
		}
		in.Body.apply(&a)
		return crm.UpdateAccount(ctx, tx, a, ch)
	})
}

func (s *Server) accountTimeline(ctx context.Context, in *timelineInput) (*one[Page[Touch]], error) {
	touches, next, err := crm.AccountTimeline(ctx, s.DB, accessFrom(ctx), in.ID, in.Cursor, in.Limit)
	return s.touchPage(ctx, touches, next, err)
}

func (s *Server) mergeAccount(ctx context.Context, in *mergeAccountInput) (*versioned[AccountMerge], error) {
	return made(ctx, s, recordAt{crm.RecordAccount, in.ID, in.Expectation}, func(tx *sqldb.Tx) (AccountMerge, error) {
		m, err := crm.MergeAccounts(ctx, tx, in.ID, in.Body.LoserID, s.change(ctx, in.Body.Reason))
		return accountMergeOf(m), err
	})
}

func (s *Server) unmergeAccount(ctx context.Context, in *IDInput) (out *one[AccountMerge], err error) {
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		m, err := crm.UnmergeAccounts(ctx, tx, in.ID, s.change(ctx, ""))
		out = &one[AccountMerge]{accountMergeOf(m)}
		return err
	})
	return out, err
}

func (s *Server) accountMerges(ctx context.Context, in *IDInput) (*one[Page[AccountMerge]], error) {
	list, err := crm.AccountMerges(ctx, s.DB, accessFrom(ctx), in.ID)
	return views(list, "", err, accountMergeOf)
}
