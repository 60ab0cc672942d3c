package crm

import (
	"context"
	"fmt"
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
var searchKeys = []struct{ column, where string }{
	{"name_key", ""},
	{"full_key", ""},
	{"display_key", " AND length(display_key) > 0"},
	{"company_key", " AND length(company_key) > 0"},
	{"email_key", " AND length(email_key) > 0"},
}

// FindContacts lists contacts, a page at a time; next is empty on the last one. Those whose last
// name begins with the query come first, by name.
func FindContacts(ctx context.Context, q sqldb.Querier, a *Access, f ContactFilter) (contacts []Contact, next string, err error) {
	if f.AccountID != "" || len(f.Fields) > 0 || f.View.ID != "" {
		return filteredContacts(ctx, q, a, f)
	}
	limit := pageSize(f.Limit)
	low, high := prefixRange(f.Query)
	step, afterKey, afterID := 0, low, ""
	if f.Cursor != "" {
		fields, err := decodeCursor(f.Cursor, 3)
		if err != nil {
			return nil, "", err
		}
		if step, err = strconv.Atoi(fields[0]); err != nil || step < 0 || step >= len(searchKeys) {
			return nil, "", invalid("cursor", "is not one this list gave out: start again without it")
		}
		afterKey, afterID = []byte(fields[1]), fields[2]
	}
	last := len(searchKeys) - 1
	if len(low) == 0 {
		last = 0 // everything, by name
	}
	for ; step <= last; step++ {
		page, err := searchStep(ctx, q, a, step, []any{low, high, afterKey, afterID, limit - len(contacts) + 1})
		if err != nil {
			return nil, "", err
		}
		contacts = append(contacts, page...)
		if len(contacts) > limit {
			contacts = contacts[:limit]
			return contacts, searchCursor(step, len(page)-1, &contacts[limit-1], low), nil
		}
		afterKey, afterID = low, ""
	}
	return contacts, "", nil
}

// searchCursor resumes a step after the last contact shown; taken is how many of the page this
// step gave, and when it gave none, the step starts from its beginning.
func searchCursor(step, taken int, last *Contact, low []byte) string {
	if taken == 0 {
		return encodeCursor(strconv.Itoa(step), string(low), "")
	}
	k := last.keys()
	key := [][]byte{k.name, k.full, k.display, k.company, k.email}[step]
	return encodeCursor(strconv.Itoa(step), string(key), last.ID)
}

func searchStep(ctx context.Context, q sqldb.Querier, a *Access, step int, args []any) ([]Contact, error) {
	w := &where{args: args}
	if err := w.listed(ctx, q, a, RecordContact, "contacts"); err != nil {
		return nil, err
	}
	query := searchSQL(step, strings.Replace(w.sql(), " WHERE ", " AND ", 1))
	return scanContacts(q.Query(ctx, query, w.args...))
}

// searchSQL takes $1 and $2, the range of the prefix, $3 and $4, where the page before ended, and
// $5, how many to give; seen is the condition of who may read them.
func searchSQL(step int, seen string) string {
	var b strings.Builder
	col := searchKeys[step].column
	fmt.Fprintf(&b, "SELECT %s FROM contacts WHERE %s >= $1 AND %s < $2 AND (%s, id) > ($3, $4)%s",
		contactColumns, col, col, col, searchKeys[step].where)
	for _, earlier := range searchKeys[:step] {
		fmt.Fprintf(&b, " AND NOT (%s >= $1 AND %s < $2)", earlier.column, earlier.column)
	}
	fmt.Fprintf(&b, "%s ORDER BY %s, id LIMIT $5", seen, col)
	return b.String()
}

// filteredContacts lists the contacts of one account, or those with certain values in their fields,
// by name; a query narrows them to the names that begin with it.
func filteredContacts(ctx context.Context, q sqldb.Querier, a *Access, f ContactFilter) (contacts []Contact, next string, err error) {
	limit := pageSize(f.Limit)
	low, high := prefixRange(f.Query)
	afterKey, afterID := low, ""
	if f.Cursor != "" {
		fields, err := decodeCursor(f.Cursor, 2)
		if err != nil {
			return nil, "", err
		}
		afterKey, afterID = []byte(fields[0]), fields[1]
	}
	w := &where{}
	if f.AccountID != "" {
		w.add("account_id = ? AND account_id <> ''", f.AccountID)
	}
	w.add("name_key < ?", high)
	w.add("(name_key, id) > (?, ?)", afterKey, afterID)
	f.Fields.restrict(w, RecordContact)
	if err := f.View.restrict(ctx, q, a, w, (*scope).members); err != nil {
		return nil, "", err
	}
	if err := w.listed(ctx, q, a, RecordContact, "contacts"); err != nil {
		return nil, "", err
	}
	contacts, err = scanContacts(q.Query(ctx, "SELECT "+contactColumns+" FROM contacts"+w.sql()+" ORDER BY name_key, id"+w.limit(limit+1), w.args...))
	if err != nil {
		return nil, "", err
	}
	if len(contacts) > limit {
		contacts = contacts[:limit]
		k := contacts[limit-1].keys()
		next = encodeCursor(string(k.name), contacts[limit-1].ID)
	}
	return contacts, next, nil
}
