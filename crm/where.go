package crm

import (
	"strconv"
	"strings"
)

// A where collects the conditions of a query and their values. A condition names its values with ?.
type where struct {
	conditions []string
	args       []any
}

func (w *where) add(condition string, values ...any) {
	w.conditions = append(w.conditions, w.number(condition, values...))
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
