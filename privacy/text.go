package privacy

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// Erased stands where text named the person.
const Erased = "[erased]"

// eraseText takes the person's name and addresses out of the free text of all rows of a table, and
// returns how many texts named them.
func (p *Person) eraseText(ctx context.Context, tx *sqldb.Tx, name string) (n int64, err error) {
	t := Tables[name]
	columns := strings.Fields(t.Text)
	if len(columns) == 0 {
		return 0, nil
	}
	names, err := p.unambiguous(ctx, tx)
	if err != nil {
		return 0, err
	}
	c := newCensor(names)
	if c == nil {
		return 0, nil
	}
	for _, column := range columns {
		changed, err := c.clean(ctx, tx, place{name, column, slices.Contains(t.Columns(), "id")})
		if err != nil {
			return 0, err
		}
		n += changed
	}
	return n, nil
}

// unambiguous are the addresses, and those of the full names that nobody else on file bears: a text
// that names Anna Schmidt may mean the other one.
func (p *Person) unambiguous(ctx context.Context, q sqldb.Querier) ([]string, error) {
	all := slices.Clone(p.Names.Addresses)
	for _, name := range p.Names.Full {
		low := strings.ToLower(name)
		contacts, err := sqldb.Strings(ctx, q, `SELECT id FROM contacts WHERE lower(first_name) || ' ' || lower(last_name) = $1 OR lower(display_name) = $1`, low)
		if err != nil {
			return nil, err
		}
		authors, err := sqldb.Strings(ctx, q, "SELECT id FROM authors WHERE lower(name) = $1", low)
		if err != nil {
			return nil, err
		}
		other := slices.ContainsFunc(contacts, func(id string) bool { return !p.ids[Contact][id] }) ||
			slices.ContainsFunc(authors, func(id string) bool { return !p.ids[Author][id] })
		if !other {
			all = append(all, name)
		}
	}
	return all, nil
}

// A censor takes names out of texts.
type censor struct {
	names *regexp.Regexp
	likes []string // of each name a part that the database can look for, lower case
	words map[string]bool
}

func newCensor(names []string) *censor {
	var alternatives []string
	c := &censor{words: make(map[string]bool)}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) }) // the longest that fits
	for _, name := range names {
		forms := []string{name}
		if inJSON, err := json.Marshal(name); err == nil {
			forms = append(forms, strings.Trim(string(inJSON), `"`))
		}
		for _, form := range slices.Compact(forms) {
			// Blanks may be a line's end.
			alternatives = append(alternatives, strings.ReplaceAll(regexp.QuoteMeta(form), " ", `(?:\s|\\[nrt])+`))
		}
		if part := ascii(name); part != "" {
			c.likes = append(c.likes, "%"+escapeLike(part)+"%")
		} else {
			c.likes = append(c.likes, "%")
		}
		for _, w := range crm.SearchWords(name) {
			c.words[w] = true
		}
	}
	if len(alternatives) == 0 {
		return nil
	}
	c.names = regexp.MustCompile("(?i)(?:" + strings.Join(alternatives, "|") + ")")
	return c
}

// ascii is the longest run of plain characters, lower case: both databases fold those alike.
func ascii(s string) string {
	best := ""
	for _, run := range strings.FieldsFunc(s, func(r rune) bool {
		return r >= utf8.RuneSelf || r <= ' ' || r == '"' || r == '<' || r == '>' || r == '&' || r == '\\'
	}) {
		if len(run) > len(best) {
			best = run
		}
	}
	return strings.ToLower(best)
}

func escapeLike(s string) string {
	return strings.NewReplacer(`!`, `!!`, `%`, `!%`, `_`, `!_`).Replace(s)
}

// replace takes the names out of a text, where they stand as words of their own.
func (c *censor) replace(text string) string {
	var b strings.Builder
	at := 0
	for from := 0; from < len(text); {
		m := c.names.FindStringIndex(text[from:])
		if m == nil {
			break
		}
		start, end := from+m[0], from+m[1]
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		first, width := utf8.DecodeRuneInString(text[start:])
		last, _ := utf8.DecodeLastRuneInString(text[:end])
		escaped := start >= 2 && text[start-2] == '\\' && strings.IndexByte("nrt", text[start-1]) >= 0 // \n of JSON
		if (word(before) && word(first) && !escaped) || (word(after) && word(last)) {
			from = start + width
			continue
		}
		b.WriteString(text[at:start])
		b.WriteString(Erased)
		at, from = end, end
	}
	if at == 0 {
		return text
	}
	b.WriteString(text[at:])
	return b.String()
}

func word(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// A place is a column with text.
type place struct {
	table, column string
	id            bool // rows are known by the column id
}

func (c *censor) clean(ctx context.Context, tx *sqldb.Tx, at place) (n int64, err error) {
	key := at.column
	if at.id {
		key = "id"
	}
	var conditions []string
	var args []any
	for i, like := range c.likes {
		conditions = append(conditions, "lower("+at.column+") LIKE $"+strconv.Itoa(i+1)+" ESCAPE '!'")
		args = append(args, like)
	}
	rows, err := tx.Query(ctx, "SELECT DISTINCT "+key+", "+at.column+" FROM "+at.table+" WHERE "+strings.Join(conditions, " OR "), args...)
	if err != nil {
		return 0, err
	}
	var changes [][]any
	var ids []string
	err = eachText(rows, func(v []string) {
		if cleaned := c.replace(v[1]); cleaned != v[1] {
			changes = append(changes, []any{cleaned, v[0]})
			ids = append(ids, v[0])
		}
	})
	if err != nil {
		return 0, err
	}
	if err := tx.ExecMany(ctx, "UPDATE "+at.table+" SET "+at.column+" = $1 WHERE "+key+" = $2", changes); err != nil {
		return 0, err
	}
	if at.id {
		for some := range slices.Chunk(ids, perQuery) {
			if err := unindex(ctx, tx, some, c.words); err != nil {
				return 0, err
			}
		}
	}
	return int64(len(changes)), nil
}
