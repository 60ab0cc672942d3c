package privacy

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/post"
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
	if name == "import_refusals" { // a name may stand in two columns
		if n, err = crm.DropRefused(ctx, tx, names.refused()); err != nil {
			return 0, err
		}
	}
	c := newCensor(names)
	if c == nil {
		return n, nil
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

// unambiguous are the names without those full ones that somebody else on file bears: a text that names
// Anna Schmidt may mean the other one.
func (p *Person) unambiguous(ctx context.Context, q sqldb.Querier) (*Names, error) {
	own := p.Names
	own.Full, own.words = nil, make(map[string]bool)
	for _, name := range p.Names.Full {
		for _, w := range crm.SearchWords(name) {
			own.words[w] = true
		}
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
			own.Full = append(own.Full, name)
		}
	}
	return &own, nil
}

// refused says of a refused row of an import whether it is about the person: it bears their full name,
// or their address, number or account and no name that has nothing of theirs.
func (n *Names) refused() func(*crm.RefusedPerson) bool {
	c := newCensor(n)
	whole := func(cell string) bool { return c != nil && c.replace(cell) == Erased }
	account := func(k post.Key) bool { return slices.Contains(n.accounts, k) }
	handle := func(h string) bool { return slices.Contains(n.handles, h) }
	alike := func(name string) bool {
		return slices.ContainsFunc(crm.SearchWords(name), func(w string) bool { return n.words[w] })
	}
	return func(row *crm.RefusedPerson) bool {
		if slices.ContainsFunc(row.Names, whole) {
			return true
		}
		theirs := slices.ContainsFunc(row.Emails, whole) || slices.ContainsFunc(row.Phones, whole) ||
			slices.ContainsFunc(row.Handles, handle) || slices.ContainsFunc(row.Accounts, account)
		return theirs && (len(row.Names)*len(n.words) == 0 || slices.ContainsFunc(row.Names, alike))
	}
}

// A censor takes names out of texts.
type censor struct {
	names  *regexp.Regexp // nil: none
	phones *regexp.Regexp // nil: none
	likes  []string       // of each name a part that the database can look for, lower case
	digits []string       // of each phone number what stands in all its spellings
	words  map[string]bool
}

func newCensor(n *Names) *censor {
	names := slices.Concat(n.Addresses, n.Full)
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
	if len(alternatives) > 0 {
		c.names = regexp.MustCompile("(?i)(?:" + strings.Join(alternatives, "|") + ")")
	}
	c.phones, c.digits = phonePattern(n.phones)
	if c.names == nil && c.phones == nil {
		return nil
	}
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

// replace takes names and numbers out of a text, where they stand as words of their own.
func (c *censor) replace(text string) string {
	return c.replacePhones(c.replaceNames(text))
}

func (c *censor) replaceNames(text string) string {
	return replaceFound(text, c.names, func(start, end int) (int, bool) {
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		first, _ := utf8.DecodeRuneInString(text[start:])
		last, _ := utf8.DecodeLastRuneInString(text[:end])
		escaped := start >= 2 && text[start-2] == '\\' && strings.IndexByte("nrt", text[start-1]) >= 0 // \n of JSON
		return start, (!word(before) || !word(first) || escaped) && (!word(after) || !word(last))
	})
}

// replaceFound takes out of a text what a pattern finds and whole accepts, which says from where on it
// goes. Behind what is refused the search goes on one character later. Without a pattern nothing is found.
func replaceFound(text string, pattern *regexp.Regexp, whole func(start, end int) (from int, ok bool)) string {
	if pattern == nil {
		return text
	}
	var b strings.Builder
	at := 0
	for from := 0; from < len(text); {
		m := pattern.FindStringIndex(text[from:])
		if m == nil {
			break
		}
		start, end := from+m[0], from+m[1]
		begin, ok := whole(start, end)
		if !ok {
			_, width := utf8.DecodeRuneInString(text[start:])
			from = start + width
			continue
		}
		b.WriteString(text[at:begin])
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
	var conditions []string
	var args []any
	for i, like := range c.likes {
		conditions = append(conditions, "lower("+at.column+") LIKE $"+strconv.Itoa(i+1)+" ESCAPE '!'")
		args = append(args, like)
	}
	joined := at.column // without what may stand between the digits of a phone number
	for _, gap := range phoneGap {
		joined = "replace(" + joined + ", '" + string(gap) + "', '')"
	}
	for _, d := range c.digits { // the first condition is the cheaper one, and mostly enough
		n := len(args)
		conditions = append(conditions, fmt.Sprintf("%s LIKE $%d AND %s LIKE $%d", at.column, n+1, joined, n+2))
		args = append(args, "%"+strings.Join(strings.Split(d, ""), "%")+"%", "%"+d+"%")
	}
	return c.cleanRows(ctx, tx, at, strings.Join(conditions, " OR "), args)
}

// cleanRows takes names out of a column of the rows that meet a condition.
func (c *censor) cleanRows(ctx context.Context, tx *sqldb.Tx, at place, condition string, args []any) (n int64, err error) {
	key := at.column
	if at.id {
		key = "id"
	}
	rows, err := tx.Query(ctx, "SELECT DISTINCT "+key+", "+at.column+" FROM "+at.table+" WHERE "+condition, args...)
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

// eraseKeptText takes the names out of what stays of the person: documents, cases, and the log of those.
func (p *Person) eraseKeptText(ctx context.Context, tx *sqldb.Tx) error {
	c := newCensor(&p.Names)
	if c == nil {
		return nil
	}
	clean := func(name, by string, kind Kind) error {
		for some := range slices.Chunk(p.IDs(kind), perQuery) {
			for _, column := range strings.Fields(Tables[name].Text) {
				if _, err := c.cleanRows(ctx, tx, place{name, column, true}, sqldb.In(by, 1, len(some)), sqldb.Anys(some)); err != nil {
					return fmt.Errorf("table %s: %w", name, err)
				}
			}
		}
		return nil
	}
	for _, name := range InOrder() {
		t := Tables[name]
		for _, by := range t.keys() {
			if t.Fate != Keep {
				continue
			}
			if err := clean(name, by, t.Rows[by]); err != nil {
				return err
			}
		}
	}
	return clean("audit", "record_id", Case)
}
