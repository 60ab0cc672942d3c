package crm

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Why a row of contacts is refused whose company has no account that it could be put under.
const (
	noAccount     = "there is no account of that name that your roles show you, and they let you make none: ask somebody with account:create for it, or leave the company out"
	hiddenAccount = "there is an account of that name where your roles do not show it: ask whose it is, or leave the company out"
)

// findAccounts finds the account of each company that the batch names, and creates those that do not
// exist, as far as who imports may.
func (im *contactImport) findAccounts(ctx context.Context, tx *sqldb.Tx, b *importedBatch) error {
	b.accounts, b.lacking = make(map[string]string), make(map[string]string)
	names := make(map[string]string)
	var unknown []any
	for i := range im.batch {
		company := im.batch[i].contact.Company
		key := foldKey(company)
		if key == "" || b.accounts[key] != "" || names[key] != "" {
			continue
		}
		if id := im.accounts[key]; id != "" {
			b.accounts[key] = id
			continue
		}
		names[key] = company
		unknown = append(unknown, []byte(key))
	}
	for part := range chunks(unknown) {
		if err := accountsByKey(ctx, tx, im.opt.Access, part, b.accounts); err != nil {
			return err
		}
	}
	unknown = slices.DeleteFunc(unknown, func(key any) bool { return b.accounts[string(key.([]byte))] != "" })
	if err := im.lackAccounts(ctx, tx, b, unknown); err != nil {
		return err
	}
	var created []Account
	for _, key := range unknown {
		if key := string(key.([]byte)); b.lacking[key] == "" {
			a := Account{ID: NewID(im.opt.Now), Name: names[key], OwnerID: im.accountOwner(), Version: 1, CreatedAt: im.opt.Now, UpdatedAt: im.opt.Now}
			b.accounts[key], created = a.ID, append(created, a)
		}
	}
	return im.makeAccounts(ctx, tx, created)
}

// lackAccounts says of companies without an account that who imports may see why none is made: they
// may make none, or there is one. That is told to those alone who could read accounts.
func (im *contactImport) lackAccounts(ctx context.Context, tx *sqldb.Tx, b *importedBatch, unknown []any) error {
	a := im.opt.Access
	if !a.Can(ToCreate, RecordAccount) || slices.Contains(a.frozen(RecordAccount), "name") {
		for _, key := range unknown {
			b.lacking[string(key.([]byte))] = noAccount
		}
		return nil
	}
	if a.Level(ToRead, RecordAccount) == LevelAll {
		return nil
	}
	reason := hiddenAccount
	if !a.Can(ToRead, RecordAccount) {
		reason = noAccount
	}
	for part := range chunks(unknown) {
		hidden := make(map[string]string)
		if err := accountsByKey(ctx, tx, System(), part, hidden); err != nil {
			return err
		}
		for key := range hidden {
			b.lacking[key] = reason
		}
	}
	return nil
}

// accountOwner is whose a new account is: of somebody who may make none for others, their own.
func (im *contactImport) accountOwner() string {
	if im.opt.Access.Level(ToCreate, RecordAccount) != LevelAll {
		return im.opt.By
	}
	return ""
}

// makeAccounts saves new accounts in few statements.
func (im *contactImport) makeAccounts(ctx context.Context, tx *sqldb.Tx, created []Account) error {
	if len(created) == 0 {
		return nil
	}
	if err := insertFound(ctx, tx, RecordAccount, accountInsert, accountRows(created)); err != nil {
		return err
	}
	fresh, log := make([]string, len(created)), make([]changedRecord, len(created))
	for i, a := range created {
		fresh[i] = a.ID
		log[i] = changedRecord{action: "create", kind: RecordAccount, id: a.ID, after: a, found: true}
		if a.OwnerID == "" {
			continue
		}
		if err := im.change.created(ctx, tx, RecordAccount, a.ID, a.OwnerID); err != nil {
			return err
		}
	}
	if err := assignTerritories(ctx, tx, im.change, RecordAccount, fresh...); err != nil {
		return err
	}
	return record(ctx, tx, im.change, log...)
}

// accountsByKey adds the accounts of the folded names that somebody may see, by name too; of several
// the oldest.
func accountsByKey(ctx context.Context, q sqldb.Querier, a *Access, keys []any, ids map[string]string) error {
	if a.hides(RecordAccount, "name") {
		return nil
	}
	w := &where{}
	w.add("name_key IN ("+marks(len(keys))+")", keys...)
	w.readable(a, RecordAccount, "accounts")
	err := sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var id string
		var key []byte
		err := rows.Scan(&id, &key)
		ids[string(key)] = id
		return err
	}, "SELECT id, name_key FROM accounts"+w.sql()+" ORDER BY id DESC", w.args...)
	if err != nil {
		return fmt.Errorf("load accounts: %w", err)
	}
	return nil
}
