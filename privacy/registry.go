package privacy

import (
	"maps"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Kind of id by which a person's rows are found.
type Kind int

// What a person is known as.
const (
	Contact Kind = iota // contacts, those merged into them included
	Author              // accounts in social networks: confirmed links, profiles, leads
	Post                // what those accounts posted
	Lead
	Own         // contacts, leads, social profiles and merges, and what was done about those and their cases: records that are about nobody else
	Merge       // merges of their contacts
	Alert       // on a single mention of theirs
	Opportunity // cases they are the contact of
	Invoice     // of those cases
	Case        // what activities about them are found by: contacts, leads, and opportunities whose contact they are

	kinds // how many there are
)

// A Fate is what erasing a person does to their rows.
type Fate int

// Fates. The text of every row of every table is searched for the person's name and addresses besides.
const (
	Keep   Fate = iota // the rows stay as they are: documents the law wants kept, which name nobody
	Empty              // the rows stay, for what is counted, and what they say of the person goes
	Delete             // the rows go
)

// A Table says what its columns hold. Columns are separated by spaces.
type Table struct {
	Rows   map[string]Kind   // a column → the ids that make a row the person's
	Only   map[string]string // a column of Rows → what such a row has to be besides: SQL
	Fate   Fate              // of those rows
	Person string            // says something of the person: exported, and emptied
	Text   string            // free text, or JSON with free text: searched in every row
	Free   string            // says nothing of a person outside the company
	Set    map[string]string // what a column becomes where that is not the empty text: SQL
}

// Columns are all columns the registry knows of the table, sorted, each once.
func (t *Table) Columns() []string {
	all := slices.Concat(strings.Fields(t.Person), strings.Fields(t.Text), strings.Fields(t.Free))
	slices.Sort(all)
	return slices.Compact(all)
}

// InOrder are the tables in the order in which they are worked through: what others are found by goes last.
func InOrder() []string {
	last := []string{"leads", "social_profiles", "links", "contact_merges", "posts", "authors", "contacts"}
	var names []string
	for name := range Tables {
		if !slices.Contains(last, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return append(names, last...)
}

// of is the condition on rows that a column says are the person's, by some of their ids.
func (t *Table) of(column string, ids []string) (condition string, args []any) {
	condition = column + " <> '' AND " + sqldb.In(column, 1, len(ids)) // as indices have it that leave out what is empty
	if only := t.Only[column]; only != "" {
		condition += " AND " + only
	}
	return condition, sqldb.Anys(ids)
}

// keys are the columns by which a person's rows are found, sorted.
func (t *Table) keys() []string { return slices.Sorted(maps.Keys(t.Rows)) }
