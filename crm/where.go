package crm

import (
	"strconv"
	"strings"
)

// A where collects the conditions of a query and their values. A condition names its values with ?.
type where struct {
	conditions []string
	args       []any
	page       bool // it looks at few records, until a page is full
}

// exists asks whether a query has a row. PostgreSQL prefers to make a list of all that the query would
// find, which is quick where it then asks for each of all records; for a page it must not, and an
// OFFSET keeps it from that.
func (w *where) exists(query string) string {
	if w.page {
		query += " LIMIT 1 OFFSET 0"
	}
	return "EXISTS (" + query + ")"
}

func (w *where) add(condition string, values ...any) {
	w.conditions = append(w.conditions, w.number(condition, values...))
}

// names restricts a query to what belongs, by a column, to records of a type that somebody may read.
func (w *where) names(a *Access, kind, column string) {
	if c := a.condition(w, ToRead, kind, "seen"); c != "" {
		w.conditions = append(w.conditions, "EXISTS (SELECT 1 FROM "+realms[kind].table+" seen WHERE seen.id = "+column+" AND "+c+")")
	}
}

// number takes values in and gives each its number in the text.
func (w *where) number(text string, values ...any) string {
	for _, v := range values {
		w.args = append(w.args, v)
		text = strings.Replace(text, "?", "$"+strconv.Itoa(len(w.args)), 1)
	}
	return text
}

// sql is the WHERE clause; empty when nothing restricts.
func (w *where) sql() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}

func (w *where) limit(n int) string { return w.number(" LIMIT ?", n) }
