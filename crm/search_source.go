package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A searchSource is a type of record that is searched: where it stands, what it is found by and how
// it is shown. A new type adds its line here, and its number in sqldb.
type searchSource struct {
	kind, table string
	columns     string                  // that read takes, beside the id
	read        func([]string) searchee // of the columns' values
	exact       []string                // conditions that find it by an index: $1 is what was typed, folded
	of          string                  // the type of the record to open for it; empty: it has a page
}

// A searchee is a record as it is searched.
type searchee struct {
	title, detail, of string
	keys              []string // what it is exactly named by
	texts             []string // whose words find it
}

// searchSources, in the order in which their groups are shown.
var searchSources = []searchSource{
	{kind: RecordContact, table: "contacts", columns: "first_name, last_name, display_name, email, company, job_title, phone, external_id",
		exact: []string{"email_key = $1 AND length(email_key) > 0", "full_key = $1", "name_key = $1", "external_id = $2 AND external_id <> ''"},
		read: func(v []string) searchee {
			c := Contact{FirstName: v[0], LastName: v[1], DisplayName: v[2], Email: v[3], Company: v[4]}
			return searchee{title: c.Name(), detail: dotted(v[5], v[4], v[3]), keys: []string{v[3], v[7]},
				texts: []string{v[0], v[1], v[2], emailWords(v[3]), v[4], v[6]}}
		}},
	{kind: RecordAccount, table: "accounts", columns: "name, domain, industry, city", exact: []string{"name_key = $1", "domain = $2 AND domain <> ''"},
		read: func(v []string) searchee {
			return searchee{title: v[0], detail: dotted(v[2], v[3], v[1]), keys: []string{v[1]}, texts: []string{v[0], emailWords(v[1])}}
		}},
	{kind: RecordLead, table: "leads", columns: "name, company, topic, email, milestone, phone, handle",
		read: func(v []string) searchee {
			return searchee{title: firstOf(v[0], v[2], v[1], v[3]), detail: dotted(v[2], v[1], v[4]), keys: []string{v[3], v[6]},
				texts: []string{v[0], v[1], v[2], emailWords(v[3]), v[5], v[6]}}
		}},
	{kind: RecordOpportunity, table: "opportunities", columns: "name, need, stage, state",
		read: func(v []string) searchee {
			return searchee{title: v[0], detail: dotted(v[2], v[3], cut(v[1], 80)), texts: []string{v[0], cut(v[1], 400)}}
		}},
	numbered(RecordQuote, "quotes"), numbered(RecordOrder, "orders"), numbered(RecordInvoice, "invoices"),
	{kind: RecordProfile, table: "social_profiles", columns: "handle, network, native_id, url, contact_id", of: RecordContact,
		exact: []string{"handle = $2 AND handle <> ''", "native_id = $2 AND native_id <> ''"},
		read: func(v []string) searchee {
			return searchee{title: firstOf(v[0], v[2]), detail: dotted(v[1], v[3]), of: v[4], keys: []string{v[0], v[2], v[3]}, texts: []string{v[0]}}
		}},
	{kind: RecordCampaign, table: "campaigns", columns: "name, kind, status, hashtag",
		read: func(v []string) searchee {
			return searchee{title: v[0], detail: dotted(v[1], v[2]), keys: []string{v[3]}, texts: []string{v[0], v[3]}}
		}},
	{kind: RecordActivity, table: "activities", columns: "subject, kind, record_type, record_id",
		read: func(v []string) searchee {
			return searchee{title: v[0], detail: dotted(v[1], v[2]), of: v[2] + " " + v[3], texts: []string{v[0]}}
		}},
}

// numbered is a document of the way from quote to payment, found by its number.
func numbered(kind, table string) searchSource {
	return searchSource{kind: kind, table: table, columns: "number, state, currency, opportunity_id", of: RecordOpportunity, exact: []string{"number = upper($2)"},
		read: func(v []string) searchee {
			return searchee{title: v[0], detail: dotted(v[1], v[2]), of: v[3], keys: []string{v[0]}, texts: []string{v[0]}}
		}}
}

// dotted joins what is there.
func dotted(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// firstOf is the first that is not empty.
func firstOf(parts ...string) string {
	for _, s := range parts {
		if s != "" {
			return s
		}
	}
	return ""
}

func sourceOf(kind string) *searchSource {
	if i := slices.IndexFunc(searchSources, func(s searchSource) bool { return s.kind == kind }); i >= 0 {
		return &searchSources[i]
	}
	return nil
}

// hidden are the columns that somebody is not shown.
func (s *searchSource) hidden(a *Access) []string {
	columns := strings.Split(s.columns, ", ")
	return slices.DeleteFunc(a.Hidden(s.kind), func(field string) bool { return !slices.Contains(columns, field) })
}

// load reads records as they are to who is not shown the hidden fields; where is the clause of a query.
func (s *searchSource) load(ctx context.Context, q sqldb.Querier, hidden []string, where string, args ...any) (map[string]searchee, error) {
	rows, err := q.Query(ctx, "SELECT id, "+s.columns+" FROM "+s.table+where, args...)
	if err != nil {
		return nil, fmt.Errorf("search %s: %w", s.table, err)
	}
	defer rows.Close()
	found := make(map[string]searchee)
	names := strings.Split(s.columns, ", ")
	values := make([]string, len(names))
	var id string
	pointers := []any{&id}
	for i := range values {
		pointers = append(pointers, &values[i])
	}
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return nil, fmt.Errorf("search %s: %w", s.table, err)
		}
		for i, name := range names {
			if slices.Contains(hidden, name) {
				values[i] = ""
			}
		}
		found[id] = s.read(values)
	}
	return found, rows.Err()
}
