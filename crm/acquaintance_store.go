package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// RecordAcquaintance is what an acquaintance is called in the audit log.
const RecordAcquaintance = "acquaintance"

const acquaintanceColumns = "id, contact_id, user_id, file_kind, origin, connected_on, basis, evidence, created, profiles, at"

func queryAcquaintances(ctx context.Context, q sqldb.Querier, rest string, args ...any) (all []Acquaintance, err error) {
	err = sqldb.EachRow(ctx, q, func(rows *sql.Rows) error {
		var a Acquaintance
		err := rows.Scan(&a.ID, &a.ContactID, &a.UserID, &a.FileKind, &a.Origin, atColumn{&a.ConnectedOn}, &a.Basis, &a.Evidence, &a.Created, jsonColumn{&a.Profiles}, atColumn{&a.At})
		all = append(all, a)
		return err
	}, "SELECT "+acquaintanceColumns+" FROM acquaintances WHERE "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("load acquaintances: %w", err)
	}
	return all, nil
}

// acquaintancesOf lists who knows a contact, the first one first. Who asks may read the contact.
func acquaintancesOf(ctx context.Context, q sqldb.Querier, contactID string) ([]Acquaintance, error) {
	return queryAcquaintances(ctx, q, "contact_id = $1 ORDER BY id LIMIT 200", contactID)
}

// Network lists whom somebody brought in, or was found to know, the newest first, a page at a time.
func Network(ctx context.Context, q sqldb.Querier, userID, cursor string, limit int) (list []Acquaintance, next string, err error) {
	limit = pageSize(limit)
	rest, args := "user_id = $1", []any{userID}
	if cursor != "" {
		fields, err := decodeCursor(cursor, 1)
		if err != nil {
			return nil, "", err
		}
		rest, args = rest+" AND id < $2", append(args, fields[0])
	}
	list, err = queryAcquaintances(ctx, q, fmt.Sprintf("%s ORDER BY id DESC LIMIT %d", rest, limit+1), args...)
	if err == nil && len(list) > limit {
		list = list[:limit]
		next = encodeCursor(list[limit-1].ID)
	}
	return list, next, err
}

// saveAcquaintances saves those that a batch found, and what others have become.
func saveAcquaintances(ctx context.Context, tx *sqldb.Tx, b *networkBatch, ch Change) error {
	var log []changedRecord
	var rows, updates [][]any
	for _, a := range b.met {
		rows = append(rows, []any{a.ID, a.ContactID, a.UserID, a.FileKind, a.Origin, sqldb.Millis(a.ConnectedOn), string(a.Basis), a.Evidence, a.Created, auditText(orNoIDs(a.Profiles)), sqldb.Millis(a.At)})
		log = append(log, changedRecord{action: "create", kind: RecordAcquaintance, id: a.ID, about: a.ContactID, after: a, reason: b.why[a.ID]})
	}
	for _, a := range b.renewed {
		updates = append(updates, []any{sqldb.Millis(a.ConnectedOn), string(a.Basis), a.Evidence, auditText(orNoIDs(a.Profiles)), a.ID})
		log = append(log, changedRecord{action: "update", kind: RecordAcquaintance, id: a.ID, about: a.ContactID, after: a})
	}
	if _, err := tx.InsertNew(ctx, sqldb.Insert{Table: "acquaintances", Key: []string{"id"}, Columns: strings.Split(acquaintanceColumns, ", ")}, rows); err != nil {
		return err
	}
	if err := tx.ExecMany(ctx, "UPDATE acquaintances SET connected_on = $1, basis = $2, evidence = $3, profiles = $4 WHERE id = $5", updates); err != nil {
		return fmt.Errorf("save acquaintances: %w", err)
	}
	return record(ctx, tx, ch, log...)
}

func orNoIDs(ids []string) []string {
	if ids == nil {
		return []string{}
	}
	return ids
}

// A TakenOut says what came of taking somebody out of a network.
type TakenOut struct {
	Acquaintance Acquaintance
	Contact      bool   // the contact is gone too
	Stays        string // why it is not
}

// TakeOut takes somebody out of the network of a person: who brought them in may, and who may delete
// contacts. The profiles that came with them go. So does the contact where they came on file by it and
// the company has nothing else to do with them; otherwise it stays, and is said why.
func TakeOut(ctx context.Context, tx *sqldb.Tx, id string, ch Change) (out TakenOut, err error) {
	found, err := queryAcquaintances(ctx, tx, "id = $1", id)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return out, fmt.Errorf("take out acquaintance %s: %w", id, err)
	}
	a := found[0]
	out.Acquaintance = a
	if a.UserID == ch.By {
		err = ch.Access.Demand(ToCreate, RecordContact) // who may bring in may take out
	} else {
		err = ch.Access.Check(ctx, tx, ToDelete, RecordContact, a.ContactID)
	}
	if err != nil {
		return out, err
	}
	ch = ch.Begin()
	if _, err := tx.Exec(ctx, "DELETE FROM acquaintances WHERE id = $1", id); err != nil {
		return out, fmt.Errorf("take out acquaintance %s: %w", id, err)
	}
	if err := record(ctx, tx, ch, changedRecord{action: "delete", kind: RecordAcquaintance, id: id, about: a.ContactID, before: a}); err != nil {
		return out, err
	}
	if out.Stays, err = a.whyStays(ctx, tx); err != nil {
		return out, err
	}
	ch = ch.follows()
	if out.Stays == "" {
		out.Contact = true
		return out, DeleteContact(ctx, tx, a.ContactID, ch)
	}
	for _, profile := range a.Profiles {
		if err := RemoveProfile(ctx, tx, a.ContactID, profile, ch); err != nil && !errors.Is(err, ErrNotFound) {
			return out, err
		}
	}
	return out, nil
}

// businesses are what the company has to do with a contact ($1) beside somebody ($2) knowing them.
var businesses = []struct{ why, query string }{
	{"somebody else looks after them", "SELECT id FROM contacts WHERE id = $1 AND owner_id <> '' AND owner_id <> $2"},
	{"somebody else knows them too", "SELECT id FROM acquaintances WHERE contact_id = $1 AND id <> $2"},
	{"another contact was merged into it", "SELECT id FROM contact_merges WHERE winner_id = $1 AND unmerged_at = 0 AND id <> $2"},
	{"there are leads of theirs", "SELECT id FROM leads WHERE contact_id = $1 AND id <> $2"},
	{"there are opportunities of theirs", "SELECT id FROM opportunities WHERE contact_id = $1 AND id <> $2"},
	{"there are orders of theirs", "SELECT id FROM orders WHERE contact_id = $1 AND id <> $2"},
	{"others have activities with them", "SELECT id FROM activities WHERE record_id = $1 AND owner_id <> $2"},
	{"they recommended the company", "SELECT id FROM recommendations WHERE contact_id = $1 AND id <> $2"},
	{"there is another ground to have them on file", "SELECT id FROM consents WHERE contact_id = $1 AND withdrawn_at = 0 AND NOT (source = 'import' AND recorded_by = $2)"},
}

// whyStays says why the contact of an acquaintance stays on file without it; empty: it goes.
func (a *Acquaintance) whyStays(ctx context.Context, q sqldb.Querier) (string, error) {
	if a.Created != a.ContactID {
		return "they were on file before", nil
	}
	for _, b := range businesses {
		found, err := sqldb.Strings(ctx, q, b.query+" LIMIT 1", a.ContactID, a.UserID)
		if err != nil {
			return "", fmt.Errorf("take out acquaintance %s: %w", a.ID, err)
		}
		if len(found) > 0 {
			return b.why, nil
		}
	}
	return "", nil
}

// userName is what a user who can sign in is called.
func userName(ctx context.Context, q sqldb.Querier, id string) (name string, err error) {
	err = q.QueryRow(ctx, "SELECT name FROM users WHERE id = $1 AND NOT disabled", id).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", invalid("user", "there is no user %q who can sign in", id)
	}
	if err != nil {
		return "", fmt.Errorf("load user %s: %w", id, err)
	}
	return name, nil
}

// UserNamed is the id of the user of a name who can sign in.
func UserNamed(ctx context.Context, q sqldb.Querier, name string) (id string, err error) {
	err = q.QueryRow(ctx, "SELECT id FROM users WHERE name = $1 AND NOT disabled", name).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", invalid("user", "there is no user %q who can sign in: groundswell users add makes one", name)
	}
	if err != nil {
		return "", fmt.Errorf("load user %s: %w", name, err)
	}
	return id, nil
}
