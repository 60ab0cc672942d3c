package crm

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A ContactFilter says which contacts to list. Query matches the beginning of the last name, the
// full name, the display name, the company or the e-mail address, without regard to case, accents
// or how an umlaut is written.
type ContactFilter struct {
	Query     string
	AccountID string
	Fields    FieldFilter
	View      ViewOf
	Cursor    string
	Limit     int
}

// searchKeys are the columns a query is looked for in, the best first. A page is filled from the
// first, then from the next with what the ones before did not show: each step walks one index in
// its order, so a page costs the same among a million contacts as among ten. The conditions repeat
// those of the partial indexes.
var searchKeys = []searchKey{
	{column: "name_key", of: []string{"first_name", "last_name"}, key: func(k *contactKeys) []byte { return k.name }},
	{column: "full_key", of: []string{"first_name", "last_name"}, key: func(k *contactKeys) []byte { return k.full }},
	{column: "display_key", where: " AND length(display_key) > 0", of: []string{"display_name"}, key: func(k *contactKeys) []byte { return k.display }},
	{column: "company_key", where: " AND length(company_key) > 0", of: []string{"company"}, key: func(k *contactKeys) []byte { return k.company }},
	{column: "email_key", where: " AND length(email_key) > 0", of: []string{"email"}, key: func(k *contactKeys) []byte { return k.email }},
}

// A searchKey is a column that contacts are looked for in. only narrows it for who is not shown all
// that it may be made of.
type searchKey struct {
	column, where, only string
	of                  []string // the fields that it is made of
	key                 func(*contactKeys) []byte
}

// searchKeysOf are the columns that somebody looks in: none that is made of what is hidden from them.
// Who has no first or last name is found as what else they are called by, which must not be hidden.
func searchKeysOf(a *Access) []searchKey {
	hidden := a.Hidden(RecordContact)
	at := slices.IndexFunc(NameFields, func(f string) bool { return slices.Contains(hidden, f) })
	if at < 0 {
		return searchKeys
	}
	var keys []searchKey
	for _, k := range searchKeys {
		if slices.ContainsFunc(k.of, func(f string) bool { return slices.Contains(hidden, f) }) {
			continue
		}
		if k.column == "name_key" {
			k.only = " AND (" + strings.Join(NameFields[:at], " <> '' OR ") + " <> '')"
		}
		keys = append(keys, k)
	}
	return keys
}

// A contactPlace is where a page of contacts ends.
type contactPlace struct {
	key []byte
	id  string
}

// place is where a cursor says that the page before ended. The cursor of who is not shown all of a
// name does not hold it: it is looked up.
func (k *searchKey) place(ctx context.Context, q sqldb.Querier, a *Access, key, id string) (contactPlace, error) {
	p := contactPlace{[]byte(key), id}
	if !a.hides(RecordContact, NameFields...) {
		return p, nil
	}
	if p.key = []byte{}; id == "" {
		return p, nil // the step's beginning
	}
	err := q.QueryRow(ctx, "SELECT "+k.column+" FROM contacts WHERE id = $1", id).Scan(&p.key)
	if errors.Is(err, sql.ErrNoRows) {
		err = invalid("cursor", "ended at a contact that is gone: start again without it")
	}
	return p, err
}

// cursorKey is what a cursor says of the last contact of a page.
func (k *searchKey) cursorKey(a *Access, last *Contact) string {
	if a.hides(RecordContact, NameFields...) {
		return ""
	}
	keys := last.keys()
	return string(k.key(&keys))
}

// FindContacts lists contacts, a page at a time; next is empty on the last one. Those whose last
// name begins with the query come first, by name. Who is not shown first or last names has the newest
// first: an order tells what it is by.
func FindContacts(ctx context.Context, q sqldb.Querier, a *Access, f ContactFilter) (contacts []Contact, next string, err error) {
	keys := searchKeysOf(a)
	low, high := prefixRange(f.Query)
	nameless := a.hides(RecordContact, "first_name", "last_name")
	switch {
	case nameless && len(low) == 0:
		return newestContacts(ctx, q, a, f)
	case f.AccountID != "" || len(f.Fields) > 0 || f.View.ID != "":
		if nameless {
			return nil, "", nil // a query is of the name there
		}
		return filteredContacts(ctx, q, a, f)
	}
	if len(low) == 0 { // everything, by name
		keys = []searchKey{keys[0]}
		keys[0].only = ""
	}
	limit := pageSize(f.Limit)
	step, after := 0, contactPlace{key: low}
	if f.Cursor != "" {
		if step, after, err = searchPlace(ctx, q, a, keys, f.Cursor); err != nil {
			return nil, "", err
		}
	}
	for ; step < len(keys); step++ {
		page, err := searchStep(ctx, q, a, keys[:step+1], []any{low, high, after.key, after.id, limit - len(contacts) + 1})
		if err != nil {
			return nil, "", err
		}
		contacts = append(contacts, page...)
		if len(contacts) > limit {
			contacts = contacts[:limit]
			if len(page) == 1 { // none of this step is shown: it starts from its beginning
				return contacts, encodeCursor(strconv.Itoa(step), string(low), ""), nil
			}
			shown := &contacts[limit-1]
			return contacts, encodeCursor(strconv.Itoa(step), keys[step].cursorKey(a, shown), shown.ID), nil
		}
		after = contactPlace{key: low}
	}
	return contacts, "", nil
}

// searchPlace is the step, and where in it, that a cursor resumes.
func searchPlace(ctx context.Context, q sqldb.Querier, a *Access, keys []searchKey, cursor string) (step int, after contactPlace, err error) {
	fields, err := decodeCursor(cursor, 3)
	if err != nil {
		return 0, after, err
	}
	if step, err = strconv.Atoi(fields[0]); err != nil || step < 0 || step >= len(keys) {
		return 0, after, invalid("cursor", "is not one this list gave out: start again without it")
	}
	after, err = keys[step].place(ctx, q, a, fields[1], fields[2])
	return step, after, err
}

// searchStep looks in the last of the keys, for what is found by none before.
func searchStep(ctx context.Context, q sqldb.Querier, a *Access, keys []searchKey, args []any) ([]Contact, error) {
	w := &where{args: args}
	if err := w.listed(ctx, q, a, RecordContact, "contacts"); err != nil {
		return nil, err
	}
	query := searchSQL(keys, strings.Replace(w.sql(), " WHERE ", " AND ", 1))
	return scanContacts(q.Query(ctx, query, w.args...))
}

// searchSQL takes $1 and $2, the range of the prefix, $3 and $4, where the page before ended, and
// $5, how many to give; seen is the condition of who may read them.
func searchSQL(keys []searchKey, seen string) string {
	var b strings.Builder
	k := keys[len(keys)-1]
	fmt.Fprintf(&b, "SELECT %s FROM contacts WHERE %s >= $1 AND %s < $2 AND (%s, id) > ($3, $4)%s%s",
		contactColumns, k.column, k.column, k.column, k.where, k.only)
	for _, earlier := range keys[:len(keys)-1] {
		fmt.Fprintf(&b, " AND NOT (%s >= $1 AND %s < $2%s)", earlier.column, earlier.column, earlier.only)
	}
	fmt.Fprintf(&b, "%s ORDER BY %s, id LIMIT $5", seen, k.column)
	return b.String()
}

// restrict narrows a query of somebody over contacts by all but the query of the filter.
func (f *ContactFilter) restrict(ctx context.Context, q sqldb.Querier, a *Access, w *where) error {
	if f.AccountID != "" {
		if err := a.mayAskBy(RecordContact, "account_id"); err != nil {
			return err
		}
		w.add("account_id = ? AND account_id <> ''", f.AccountID)
	}
	if err := f.Fields.restrict(w, a, RecordContact); err != nil {
		return err
	}
	if err := f.View.restrict(ctx, q, a, w, (*scope).members); err != nil {
		return err
	}
	return w.listed(ctx, q, a, RecordContact, "contacts")
}

// newestContacts lists contacts, the newest first.
func newestContacts(ctx context.Context, q sqldb.Querier, a *Access, f ContactFilter) (contacts []Contact, next string, err error) {
	limit := pageSize(f.Limit)
	w := &where{}
	if f.Cursor != "" {
		fields, err := decodeCursor(f.Cursor, 1)
		if err != nil {
			return nil, "", err
		}
		w.add("id < ?", fields[0])
	}
	if err := f.restrict(ctx, q, a, w); err != nil {
		return nil, "", err
	}
	contacts, err = scanContacts(q.Query(ctx, "SELECT "+contactColumns+" FROM contacts"+w.sql()+" ORDER BY id DESC"+w.limit(limit+1), w.args...))
	if err == nil && len(contacts) > limit {
		contacts = contacts[:limit]
		next = encodeCursor(contacts[limit-1].ID)
	}
	return contacts, next, err
}

// filteredContacts lists the contacts of one account, or those with certain values in their fields,
// by name; a query narrows them to the names that begin with it.
func filteredContacts(ctx context.Context, q sqldb.Querier, a *Access, f ContactFilter) (contacts []Contact, next string, err error) {
	limit, name := pageSize(f.Limit), searchKeysOf(a)[0]
	low, high := prefixRange(f.Query)
	after := contactPlace{key: low}
	if f.Cursor != "" {
		fields, err := decodeCursor(f.Cursor, 2)
		if err != nil {
			return nil, "", err
		}
		if after, err = name.place(ctx, q, a, fields[0], fields[1]); err != nil {
			return nil, "", err
		}
	}
	w := &where{}
	w.add("name_key < ?", high)
	w.add("(name_key, id) > (?, ?)", after.key, after.id)
	if len(low) > 0 && name.only != "" {
		w.add(strings.TrimPrefix(name.only, " AND "))
	}
	if err := f.restrict(ctx, q, a, w); err != nil {
		return nil, "", err
	}
	contacts, err = scanContacts(q.Query(ctx, "SELECT "+contactColumns+" FROM contacts"+w.sql()+" ORDER BY name_key, id"+w.limit(limit+1), w.args...))
	if err != nil {
		return nil, "", err
	}
	if len(contacts) > limit {
		contacts = contacts[:limit]
		last := &contacts[limit-1]
		next = encodeCursor(name.cursorKey(a, last), last.ID)
	}
	return contacts, next, nil
}
