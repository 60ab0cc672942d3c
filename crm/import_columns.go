package crm

import (
	"cmp"
	"slices"
	"strings"
)

// A meaning is the field that a header fills, and how well it says so: 0 is best.
type meaning struct {
	field string
	rank  int
}

// meanings says what each header means.
func (n *importNoun) meanings() map[string]meaning {
	all := make(map[string]meaning)
	for field, names := range n.fields {
		for rank, name := range append([]string{foldHeader(field)}, names...) {
			if have, ok := all[name]; !ok || have.field == field && rank < have.rank {
				all[name] = meaning{field, rank}
			}
		}
	}
	return all
}

// foldHeader brings a header into the form in which it is compared: case, blanks, punctuation and
// umlauts do not matter.
func foldHeader(h string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, foldKey(h))
}

// columns says which field each column of a file fills; "" for one that is left out.
func (n *importNoun) columns(header []string, given map[string]string) ([]string, error) {
	fields := make([]string, len(header))
	taken := make(map[string]int) // field → column
	for _, field := range sortedNames(given) {
		name := given[field]
		if _, ok := n.fields[field]; !ok {
			return nil, invalid("map", "%q is no field: want one of %s", field, strings.Join(sortedNames(n.fields), ", "))
		}
		i := slices.IndexFunc(header, func(h string) bool { return foldHeader(h) == foldHeader(name) })
		if i < 0 {
			return nil, invalid("map", "no column is named %q: there are %s", name, listed(header))
		}
		if fields[i] != "" {
			return nil, invalid("map", "column %q is given to %s and to %s: a column fills one field", header[i], fields[i], field)
		}
		fields[i], taken[field] = field, i
	}
	mapped, meanings := slices.Clone(fields), n.meanings()
	for i, h := range header {
		m, ok := meanings[foldHeader(h)]
		if !ok || mapped[i] != "" {
			continue
		}
		other, twice := taken[m.field]
		switch {
		case !twice:
		case mapped[other] != "":
			continue // a person chose another column
		case foldHeader(header[other]) == foldHeader(h):
			return nil, invalid("header", "two columns are named %q: rename the one that does not mean %s", h, m.field)
		case meanings[foldHeader(header[other])].rank < m.rank:
			continue
		default:
			fields[other] = ""
		}
		fields[i], taken[m.field] = m.field, i
	}
	return fields, n.identified(header, taken)
}

// identified says whether a file says enough to tell its records apart.
func (n *importNoun) identified(header []string, taken map[string]int) error {
	for field := range taken {
		if n.names(field) {
			return nil
		}
	}
	return invalid("header", "no column means %s: there are %s; say which with --map FIELD=COLUMN, fields are %s", n.needs, listed(header), strings.Join(sortedNames(n.fields), ", "))
}

// listed is the header for an error message, which it must not flood.
func listed(header []string) string {
	all := strings.Join(header, ", ")
	if len(all) > 500 {
		all = strings.ToValidUTF8(all[:500], "") + "…"
	}
	return all
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.SortFunc(names, cmp.Compare[string])
	return names
}

// A refusal names what keeps a row from being imported.
type refusal struct {
	column string
	reason string
}

func (r *refusal) Error() string { return r.column + ": " + r.reason }
