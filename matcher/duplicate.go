package matcher

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Records are rows of a file of any columns, in which Duplicates are looked for.
type Records struct {
	header  []string
	ignored []bool
	columns []dupColumn
	n       int
	fields  []field // the columns that are compared
	alike   bool    // each of them holds one value only
	model   dupModel
}

// A dupColumn keeps each distinct value once.
type dupColumn struct {
	raw    vocabulary
	rows   []uint32 // value of each row
	filled int
}

// A field is a column that is compared.
type field struct {
	column int
	role   role
	form   []string  // of each value
	token  []uint32  // of each value: numbers of coarse forms; 0: none
	same   []uint32  // of each value: number of its form
	rare   []float32 // of each form: bits, how seldom another has it
	rows   []uint32
	swap   int // field whose values may stand here; -1: none
}

// A Duplicate says that two rows are about one person.
type Duplicate struct {
	A, B        int // numbers of rows
	Probability float64
	Bits        float64
}

// NewRecords makes an empty file; columns to be ignored, such as the truth, are not compared.
func NewRecords(header []string, ignored ...string) *Records {
	t := &Records{header: header, ignored: make([]bool, len(header)), columns: make([]dupColumn, len(header))}
	for i, h := range header {
		t.ignored[i] = slices.Contains(ignored, h)
	}
	return t
}

// Add adds a row. Empty cells say nothing.
func (t *Records) Add(row []string) {
	for i := range t.columns {
		c := &t.columns[i]
		value := ""
		if i < len(row) {
			value = cut(strings.TrimSpace(row[i]))
		}
		v, _ := c.raw.put(value)
		if v != 0 {
			c.filled++
		}
		c.rows = append(c.rows, v)
	}
	t.n++
}

// Roles says what each column was taken for.
func (t *Records) Roles() map[string]string {
	roles := make(map[string]string, len(t.header))
	for i, r := range t.roles() {
		roles[t.header[i]] = roleNames[r]
	}
	return roles
}

// DuplicateOptions are how duplicates are looked for.
type DuplicateOptions struct {
	Least    float64                         // probability of those that are returned
	Progress func(what string, part float64) // may be nil
}

// Duplicates finds the pairs of rows that are about one person, the most probable first. It learns
// from the rows alone: how often values agree by chance is counted, how often those of one person
// agree is estimated (Fellegi, Sunter 1969; Winkler 1988), and then pairs that share their
// duplicates gain (duplicate_group.go).
func (t *Records) Duplicates(ctx context.Context, opt DuplicateOptions) ([]Duplicate, error) {
	if opt.Progress == nil {
		opt.Progress = func(string, float64) {}
	}
	if t.n == 0 {
		return nil, errors.New("no rows: there is nothing but a header")
	}
	t.prepare()
	if len(t.fields) < 2 {
		return nil, fmt.Errorf("only %d of the columns %q can be compared: want two at least, such as name, birth date, address, e-mail", len(t.fields), t.header)
	}
	t.chance()
	sample, err := t.sample(ctx, opt.Progress)
	if err != nil {
		return nil, err
	}
	t.fit(sample)
	edges, err := t.edges(ctx, opt.Progress)
	if err != nil {
		return nil, err
	}
	return t.group(ctx, edges, opt)
}

// prepare makes the comparable forms.
func (t *Records) prepare() {
	t.fields = nil
	for i, r := range t.roles() {
		if r == roleNone {
			continue
		}
		c := &t.columns[i]
		values := len(c.raw.ends)
		f := field{column: i, role: r, form: make([]string, values), token: make([]uint32, values), same: make([]uint32, values), rows: c.rows, swap: -1}
		var forms, tokens vocabulary
		for v := 1; v < values; v++ {
			f.form[v] = r.form(c.raw.at(uint32(v)))
			f.same[v], _ = forms.put(f.form[v])
			f.token[v], _ = tokens.put(r.token(f.form[v]))
		}
		count := make([]float64, max(1, len(forms.ends)))
		for _, v := range c.rows {
			count[f.same[v]]++
		}
		f.rare = make([]float32, len(count))
		for i, n := range count {
			f.rare[i] = float32(-math.Log2(max(0.5, n-1) / float64(max(1, c.filled))))
		}
		t.fields = append(t.fields, f)
	}
	t.fields = t.fields[:min(len(t.fields), maxFields)]
	t.likeElsewhere()
	for i := range t.fields {
		for j := range i {
			a, b := &t.fields[j], &t.fields[i]
			if a.swap < 0 && b.swap < 0 && swappable(a.role, b.role) {
				a.swap, b.swap = i, j
			}
		}
	}
}

// alikeBits is what a value weighs that all rows share: the file does not tell how rare it is, so it
// is held for one in a thousand elsewhere.
const alikeBits = 10

// likeElsewhere weighs the values of a file whose rows are all alike: they are each other's
// duplicates, though nothing in the file tells them from chance.
func (t *Records) likeElsewhere() {
	t.alike = !slices.ContainsFunc(t.fields, func(f field) bool { return len(f.rare) > 2 })
	if !t.alike {
		return
	}
	for i := range t.fields {
		for j := range t.fields[i].rare {
			t.fields[i].rare[j] = alikeBits
		}
	}
}

// maxFields is how many columns are compared: their levels stand in one word.
const maxFields = 16

// swappable says that values of two columns are sometimes typed into each other's.
func swappable(a, b role) bool {
	return a == roleGiven && b == roleSurname || a == roleSurname && b == roleGiven || a == roleText && (b == roleText || b == rolePlace)
}

// sortDuplicates puts the most probable first.
func sortDuplicates(all []Duplicate) {
	slices.SortFunc(all, func(a, b Duplicate) int {
		return cmp.Or(cmp.Compare(b.Bits, a.Bits), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
}

// Explain says in a line why two rows are held for one person.
func (t *Records) Explain(d Duplicate) string {
	var b strings.Builder
	levels := t.compare(uint32(d.A), uint32(d.B))
	total := t.model.prior
	fmt.Fprintf(&b, "prior %+.1f bits", t.model.prior)
	for i := range t.fields {
		f := &t.fields[i]
		l := levels.at(i)
		if l == 0 {
			continue
		}
		bits := t.fieldBits(i, l, uint32(d.A))
		total += bits
		c := &t.columns[f.column]
		va, vb := c.raw.at(f.rows[d.A]), c.raw.at(f.rows[d.B])
		if l == dupSame && va == vb {
			fmt.Fprintf(&b, "; %s: the same (%q, %+.1f bits)", t.header[f.column], va, bits)
			continue
		}
		fmt.Fprintf(&b, "; %s: %s (%q, %q, %+.1f bits)", t.header[f.column], dupLevelNames[l], va, vb, bits)
	}
	if more := d.Bits - total; math.Abs(more) > 0.05 {
		fmt.Fprintf(&b, "; what other rows say of the two: %+.1f bits", more)
	}
	return b.String()
}
