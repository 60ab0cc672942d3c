package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

const accountColumns = "id, external_id, name, domain, industry, city, postal_code, country, employees, parent_id, fields, owner_id, version, created_at, updated_at"

func scanAccount(row interface{ Scan(...any) error }) (Account, error) {
	var a Account
	var created, updated int64
	err := row.Scan(&a.ID, &a.ExternalID, &a.Name, &a.Domain, &a.Industry, &a.City, &a.PostalCode, &a.Country, &a.Employees, &a.ParentID, ownColumn{&a.Fields}, &a.OwnerID, &a.Version, &created, &updated)
	a.CreatedAt, a.UpdatedAt = sqldb.FromMillis(created), sqldb.FromMillis(updated)
	return a, err
}

func scanAccounts(rows *sql.Rows, err error) ([]Account, error) {
	if err != nil {
		return nil, fmt.Errorf("load accounts: %w", err)
	}
	defer rows.Close()
	var accounts []Account
	for rows.Next() {
		a, err := scanAccount(rows)
		if err != nil {
			return nil, fmt.Errorf("load accounts: %w", err)
		}
		accounts = append(accounts, a)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load accounts: %w", err)
	}
	return accounts, nil
}

// CreateAccount saves a new account and returns it with its id.
func CreateAccount(ctx context.Context, tx *sqldb.Tx, a Account, ch Change) (Account, error) {
	if err := a.Check(); err != nil {
		return Account{}, err
	}
	if err := a.checkNamed(ctx, tx, ch.Access, ""); err != nil {
		return Account{}, err
	}
	if err := checkFields(ctx, tx, fieldChange{kind: RecordAccount, after: a.Fields}); err != nil {
		return Account{}, err
	}
	a.ID, a.Version, a.CreatedAt, a.UpdatedAt = NewID(ch.At), 1, ch.At, ch.At
	if err := insertAccounts(ctx, tx, []Account{a}); err != nil {
		return Account{}, err
	}
	if err := ch.created(ctx, tx, RecordAccount, a.ID, a.OwnerID); err != nil {
		return Account{}, err
	}
	if err := keepMasked(ch.Access, RecordAccount, nil, &a); err != nil {
		return Account{}, err
	}
	if err := record(ctx, tx, ch, changedRecord{action: "create", kind: RecordAccount, id: a.ID, after: a}); err != nil {
		return Account{}, err
	}
	return a, errors.Join(saveFieldValues(ctx, tx, RecordAccount, a.ID, a.Fields), assignTerritories(ctx, tx, ch, RecordAccount, a.ID))
}

func insertAccounts(ctx context.Context, tx *sqldb.Tx, accounts []Account) error {
	_, err := tx.InsertNew(ctx, accountInsert, accountRows(accounts))
	return err
}

var accountInsert = sqldb.Insert{Table: "accounts", Key: []string{"id"},
	Columns: []string{"id", "external_id", "name", "name_key", "domain", "industry", "city", "postal_code", "country", "employees",
		"parent_id", "fields", "owner_id", "version", "created_at", "updated_at"}}

// accountRows are accounts as accountInsert takes them.
func accountRows(accounts []Account) [][]any {
	rows := make([][]any, len(accounts))
	for i, a := range accounts {
		rows[i] = []any{a.ID, a.ExternalID, a.Name, []byte(foldKey(a.Name)), a.Domain, a.Industry, a.City, a.PostalCode, a.Country, a.Employees,
			a.ParentID, fieldsText(a.Fields), a.OwnerID, a.Version, sqldb.Millis(a.CreatedAt), sqldb.Millis(a.UpdatedAt)}
	}
	return rows
}

// checkNamed refuses a new parent that leads nowhere, in a ring, or to what one may not see.
func (a *Account) checkNamed(ctx context.Context, q sqldb.Querier, access *Access, before string) error {
	if a.ParentID != "" && a.ParentID != before {
		if _, err := optional(a.ParentID, func(id string) (Account, error) { return AccountByID(ctx, q, access, id) }, "parent_id"); err != nil {
			return err
		}
	}
	return checkParent(ctx, q, a)
}

// UpdateAccount saves a changed account; a.Version must be the one that was loaded.
func UpdateAccount(ctx context.Context, tx *sqldb.Tx, a Account, ch Change) (Account, error) {
	if err := a.Check(); err != nil {
		return Account{}, err
	}
	old, err := AccountByID(ctx, tx, ch.Access, a.ID)
	if err != nil {
		return Account{}, err
	}
	if err := mayUpdate(ctx, tx, &ch, changing[Account]{RecordAccount, a.ID, &old, &a, old.OwnerID, &a.OwnerID}); err != nil {
		return Account{}, err
	}
	if err := a.checkNamed(ctx, tx, ch.Access, old.ParentID); err != nil {
		return Account{}, err
	}
	if a.Fields == nil {
		a.Fields = old.Fields // nothing is said of them
	}
	if err := checkFields(ctx, tx, fieldChange{RecordAccount, a.ID, old.Fields, a.Fields}); err != nil {
		return Account{}, err
	}
	n, err := tx.Exec(ctx, `UPDATE accounts SET name = $1, name_key = $2, domain = $3, industry = $4, city = $5,
		country = $6, version = version + 1, updated_at = $7, postal_code = $10, employees = $11, parent_id = $12, fields = $13, owner_id = $14, external_id = $15 WHERE id = $8 AND version = $9`,
		a.Name, []byte(foldKey(a.Name)), a.Domain, a.Industry, a.City, a.Country, sqldb.Millis(ch.At), a.ID, a.Version, a.PostalCode, a.Employees, a.ParentID, fieldsText(a.Fields), a.OwnerID, a.ExternalID)
	if err != nil {
		return Account{}, fmt.Errorf("update account %s: %w", a.ID, err)
	}
	if n == 0 {
		return Account{}, fmt.Errorf("update account %s: %w", a.ID, ErrConflict)
	}
	a.Version, a.CreatedAt, a.UpdatedAt = a.Version+1, old.CreatedAt, ch.At
	before, after := differing(old, a)
	if err := record(ctx, tx, ch, changedRecord{action: "update", kind: RecordAccount, id: a.ID, before: before, after: after}); err != nil {
		return Account{}, err
	}
	return a, errors.Join(saveFieldValues(ctx, tx, RecordAccount, a.ID, a.Fields), assignTerritories(ctx, tx, ch, RecordAccount, a.ID), assignDependents(ctx, tx, ch, RecordAccount, a.ID))
}

// AccountByID loads an account.
func AccountByID(ctx context.Context, q sqldb.Querier, access *Access, id string) (Account, error) {
	w := &where{}
	w.add("id = ?", id)
	w.readable(access, RecordAccount, "accounts")
	a, err := scanAccount(q.QueryRow(ctx, "SELECT "+accountColumns+" FROM accounts"+w.sql(), w.args...))
	if errors.Is(err, sql.ErrNoRows) {
		return Account{}, fmt.Errorf("load account %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return Account{}, fmt.Errorf("load account %s: %w", id, err)
	}
	return a, nil
}

// An AccountFilter says which accounts to list: those whose name begins with Query.
type AccountFilter struct {
	Query  string
	Fields FieldFilter
	Cursor string
	Limit  int
}

// FindAccounts lists accounts by name, a page at a time; next is empty on the last one. Who is not
// shown names has the newest first, and finds none by it.
func FindAccounts(ctx context.Context, q sqldb.Querier, a *Access, f AccountFilter) (accounts []Account, next string, err error) {
	limit := pageSize(f.Limit)
	low, high := prefixRange(f.Query)
	after := []string{string(low), ""}
	if f.Cursor != "" {
		if after, err = decodeCursor(f.Cursor, 2); err != nil {
			return nil, "", err
		}
	}
	w, order := &where{}, "name_key, id"
	if a.hides(RecordAccount, "name") {
		if order = "id DESC"; len(low) > 0 {
			return nil, "", nil
		}
		if after[1] != "" {
			w.add("id < ?", after[1])
		}
	} else {
		w.add("name_key < ?", high)
		w.add("(name_key, id) > (?, ?)", []byte(after[0]), after[1])
	}
	if err := f.Fields.restrict(w, a, RecordAccount); err != nil {
		return nil, "", err
	}
	if err := w.listed(ctx, q, a, RecordAccount, "accounts"); err != nil {
		return nil, "", err
	}
	accounts, err = scanAccounts(q.Query(ctx, "SELECT "+accountColumns+" FROM accounts"+w.sql()+" ORDER BY "+order+w.limit(limit+1), w.args...))
	if err != nil {
		return nil, "", err
	}
	if len(accounts) > limit {
		accounts = accounts[:limit]
		last := accounts[limit-1]
		if next = encodeCursor(foldKey(last.Name), last.ID); order == "id DESC" {
			next = encodeCursor("", last.ID)
		}
	}
	return accounts, next, nil
}
