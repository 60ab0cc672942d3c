package crm

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const (
	maxDepth = 10  // accounts above one another
	maxTree  = 500 // accounts below one that are looked at
)

// A RollUp is what the opportunities of an account and of those below it come to, in one currency.
type RollUp struct {
	Currency string `json:"currency"`
	Open     int64  `json:"open"`     // minor units
	Weighted int64  `json:"weighted"` // open × odds
	Deals    int    `json:"deals"`    // open opportunities
	Won      int64  `json:"won"`
	Paid     int64  `json:"paid"` // of their invoices
}

// An AccountTree is an account with those above and below it, and what they come to together.
type AccountTree struct {
	Account      Account
	Above, Below []Account
	Pipeline     []RollUp
}

// AccountTreeOf loads an account's tree, as far as somebody may read it. q is one snapshot.
func AccountTreeOf(ctx context.Context, q sqldb.Querier, access *Access, id string) (t AccountTree, err error) {
	if t.Account, err = AccountByID(ctx, q, access, id); err != nil {
		return t, err
	}
	if t.Above, t.Below, err = accountsAround(ctx, q, access, &t.Account); err != nil {
		return t, err
	}
	ids := []any{id}
	for _, a := range t.Below {
		ids = append(ids, a.ID)
	}
	w := &where{}
	w.add("account_id IN (?"+strings.Repeat(",?", len(ids)-1)+")", ids...)
	t.Pipeline, err = rollUp(ctx, q, access, w)
	return t, err
}

// accountsAround are the accounts above and below one that somebody may read.
func accountsAround(ctx context.Context, q sqldb.Querier, access *Access, a *Account) (above, below []Account, err error) {
	if above, err = AccountsAbove(ctx, q, a); err != nil {
		return nil, nil, err
	}
	if below, err = AccountsBelow(ctx, q, a.ID); err != nil {
		return nil, nil, err
	}
	var ids []string
	for _, list := range [][]Account{above, below} {
		for i := range list {
			ids = append(ids, list[i].ID)
		}
	}
	seen, err := seenOf(ctx, q, access, RecordAccount, ids)
	hidden := func(a Account) bool { return !seen[a.ID] }
	return slices.DeleteFunc(above, hidden), slices.DeleteFunc(below, hidden), err
}

// AccountsAbove are the accounts that one belongs to, the nearest first.
func AccountsAbove(ctx context.Context, q sqldb.Querier, a *Account) ([]Account, error) {
	var above []Account
	for id := a.ParentID; id != "" && len(above) < maxDepth; {
		parent, err := AccountByID(ctx, q, System(), id)
		if err != nil {
			return nil, err
		}
		above, id = append(above, parent), parent.ParentID
	}
	return above, nil
}

// AccountsBelow are the accounts below one, level by level, each level by name; at most maxTree.
func AccountsBelow(ctx context.Context, q sqldb.Querier, id string) ([]Account, error) {
	var below []Account
	for level := []string{id}; len(level) > 0 && len(below) < maxTree; {
		var next []string
		for part := range chunks(level) {
			args := append(sqldb.Anys(part), maxTree-len(below))
			found, err := scanAccounts(q.Query(ctx, "SELECT "+accountColumns+" FROM accounts WHERE parent_id <> '' AND "+
				sqldb.In("parent_id", 1, len(part))+fmt.Sprintf(" ORDER BY name_key, id LIMIT $%d", len(args)), args...))
			if err != nil {
				return nil, err
			}
			for _, a := range found {
				below, next = append(below, a), append(next, a.ID)
			}
		}
		level = next
	}
	return below, nil
}

// checkParent refuses a parent that is no account, or under which the account would belong to itself
// or stand deeper than maxDepth.
func checkParent(ctx context.Context, q sqldb.Querier, a *Account) error {
	if a.ParentID == "" {
		return nil
	}
	if a.ParentID == a.ID {
		return invalid("parent_id", "is the account itself")
	}
	parent, err := optional(a.ParentID, func(id string) (Account, error) { return AccountByID(ctx, q, System(), id) }, "parent_id")
	if err != nil {
		return err
	}
	above, err := AccountsAbove(ctx, q, &parent)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(above, func(p Account) bool { return p.ID == a.ID && a.ID != "" }) {
		return invalid("parent_id", "%s belongs to %s already: an account cannot belong to one below it", parent.Name, a.Name)
	}
	depth := 0
	if a.ID != "" {
		if depth, err = depthBelow(ctx, q, a.ID); err != nil {
			return err
		}
	}
	if levels := len(above) + 2 + depth; levels > maxDepth {
		return invalid("parent_id", "would make %d levels of accounts: at most %d", levels, maxDepth)
	}
	return nil
}

// depthBelow is how many levels of accounts are below one.
func depthBelow(ctx context.Context, q sqldb.Querier, id string) (int, error) {
	var depth int
	err := q.QueryRow(ctx, `WITH RECURSIVE below (id, depth) AS (SELECT id, 1 FROM accounts WHERE parent_id = $1 AND parent_id <> ''
		UNION ALL SELECT a.id, b.depth + 1 FROM accounts a JOIN below b ON a.parent_id = b.id WHERE a.parent_id <> '' AND b.depth < 100)
		SELECT coalesce(max(depth), 0) FROM below`, id).Scan(&depth)
	if err != nil {
		return 0, fmt.Errorf("load accounts below %s: %w", id, err)
	}
	return depth, nil
}

// rollUp adds up by currency the opportunities that somebody may read. Who may not see amounts is
// told no sums of them, and who may read no invoices nothing of what was paid.
func rollUp(ctx context.Context, q sqldb.Querier, a *Access, w *where) ([]RollUp, error) {
	if a.HidesAmounts() {
		return nil, nil
	}
	w.readable(a, RecordOpportunity, "opportunities")
	sums := make(map[string]*RollUp)
	at := func(currency string) *RollUp {
		if sums[currency] == nil {
			sums[currency] = &RollUp{Currency: currency}
		}
		return sums[currency]
	}
	rows, err := q.Query(ctx, `SELECT currency, state, count(*), CAST(sum(amount) AS bigint), CAST(sum(amount * odds / 100) AS bigint) FROM opportunities`+w.sql()+" GROUP BY currency, state", w.args...)
	if err != nil {
		return nil, fmt.Errorf("add opportunities up: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var currency, state string
		var deals int
		var amount, weighted int64
		if err := rows.Scan(&currency, &state, &deals, &amount, &weighted); err != nil {
			return nil, fmt.Errorf("add opportunities up: %w", err)
		}
		switch r := at(currency); state {
		case StateOpen:
			r.Open, r.Weighted, r.Deals = amount, weighted, deals
		case StateWon:
			r.Won = amount
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("add opportunities up: %w", err)
	}
	invoiced := ""
	if !a.seesInvoiced() {
		invoiced = " AND 1=0"
	}
	paid, err := q.Query(ctx, "SELECT currency, CAST(sum(paid) AS bigint) FROM invoices WHERE state <> 'cancelled' AND opportunity_id IN (SELECT id FROM opportunities"+
		w.sql()+")"+invoiced+" GROUP BY currency", w.args...)
	if err != nil {
		return nil, fmt.Errorf("add invoices up: %w", err)
	}
	defer paid.Close()
	for paid.Next() {
		var currency string
		var amount int64
		if err := paid.Scan(&currency, &amount); err != nil {
			return nil, fmt.Errorf("add invoices up: %w", err)
		}
		at(currency).Paid = amount
	}
	list := make([]RollUp, 0, len(sums))
	for _, r := range sums {
		if r.Currency != "" {
			list = append(list, *r)
		}
	}
	slices.SortFunc(list, func(a, b RollUp) int { return cmp.Compare(a.Currency, b.Currency) })
	return list, paid.Err()
}
