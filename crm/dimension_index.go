package crm

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A dimensionIndex finds the values that hold of a record without trying them all.
type dimensionIndex struct {
	*Dimension
	above  []int // the place of the parent of each value; −1: none
	asks   []bool
	depth  []int
	at     map[string]int // place by id
	deep   int
	fields map[string]*fieldIndex
}

// A fieldIndex finds the values of which one field can say that they hold.
type fieldIndex struct {
	equal   map[string][]int
	prefix  map[string][]int
	lengths []int // of prefixes
	ranges  [2][]indexedRange
}

type indexedRange struct {
	textRange
	value  int
	reach  int64  // the furthest end of this range and those before it
	reachS string // the same of text
}

// A textRange is a range of numbers, or of text.
type textRange struct {
	numbers      bool
	from, to     int64
	fromS, untoS string
}

func newTextRange(from, to string) textRange {
	f, okF := wholeNumber(from)
	t, okT := wholeNumber(to)
	if okF && okT {
		return textRange{numbers: true, from: f, to: t}
	}
	return textRange{fromS: foldKey(from), untoS: foldKey(to) + "\U0010ffff"} // whatever begins with the end is within
}

func (r textRange) empty() bool { return r.from > r.to || r.fromS > r.untoS }

func (r textRange) meets(o textRange) bool {
	if r.numbers != o.numbers {
		return true // cannot be told
	}
	return r.from <= o.to && o.from <= r.to && r.fromS <= o.untoS && o.fromS <= r.untoS
}

func wholeNumber(s string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	return n, err == nil
}

// leadingNumber is the number a text begins with, a country's letters before a postal code aside.
func leadingNumber(folded string) (int64, bool) {
	s := folded
	if i := strings.IndexAny(s, "- "); i > 0 && i <= 2 && strings.Trim(s[:i], "abcdefghijklmnopqrstuvwxyz") == "" {
		s = s[i+1:]
	}
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	return wholeNumber(s[:end])
}

func newDimensionIndex(d *Dimension) *dimensionIndex {
	x := &dimensionIndex{Dimension: d, at: make(map[string]int, len(d.Values)), fields: make(map[string]*fieldIndex)}
	for _, f := range d.Fields {
		x.fields[f.Name] = &fieldIndex{equal: make(map[string][]int), prefix: make(map[string][]int)}
	}
	for i, v := range d.Values {
		above, depth := -1, 1
		if v.Parent != "" {
			above = x.at[v.Parent]
			depth = x.depth[above] + 1
		}
		x.at[v.ID] = i
		x.above, x.depth, x.asks = append(x.above, above), append(x.depth, depth), append(x.asks, len(v.Match) > 0)
		x.deep = max(x.deep, depth)
		for _, m := range v.Match {
			x.fields[m.Field].add(&m, i)
		}
	}
	for _, f := range x.fields {
		f.finish()
	}
	return x
}

func (f *fieldIndex) add(m *ValueMatch, value int) {
	for _, s := range m.Equal {
		f.equal[foldKey(s)] = append(f.equal[foldKey(s)], value)
	}
	for _, s := range m.Prefix {
		key := foldKey(s)
		f.prefix[key] = append(f.prefix[key], value)
		if !slices.Contains(f.lengths, len(key)) {
			f.lengths = append(f.lengths, len(key))
		}
	}
	if m.From != "" {
		r := indexedRange{textRange: newTextRange(m.From, m.To), value: value}
		kind := 0
		if r.numbers {
			kind = 1
		}
		f.ranges[kind] = append(f.ranges[kind], r)
	}
}

// finish puts ranges into the order of their beginnings and notes how far each and all before it reach.
func (f *fieldIndex) finish() {
	for _, ranges := range f.ranges {
		slices.SortStableFunc(ranges, func(a, b indexedRange) int {
			return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.fromS, b.fromS))
		})
		for i := range ranges {
			r := &ranges[i]
			r.reach, r.reachS = r.to, r.untoS
			if i > 0 {
				r.reach, r.reachS = max(r.to, ranges[i-1].reach), max(r.untoS, ranges[i-1].reachS)
			}
		}
	}
}

// find calls hit with the place of each value that the text says something about.
func (f *fieldIndex) find(text string, hit func(int)) {
	key := foldKey(text)
	each := func(places []int) {
		for _, at := range places {
			hit(at)
		}
	}
	each(f.equal[key])
	for _, n := range f.lengths {
		if n <= len(key) {
			each(f.prefix[key[:n]])
		}
	}
	if n, ok := leadingNumber(key); ok {
		f.within(f.ranges[1], textRange{from: n, to: n}, hit)
	}
	f.within(f.ranges[0], textRange{fromS: key, untoS: key}, hit)
}

// within goes back from the last range that begins at or before a point until none can reach it.
func (f *fieldIndex) within(ranges []indexedRange, point textRange, hit func(int)) {
	end, _ := slices.BinarySearchFunc(ranges, point, func(r indexedRange, p textRange) int {
		if r.from > p.from || r.fromS > p.fromS {
			return 1
		}
		return -1
	})
	for i := end - 1; i >= 0 && ranges[i].reach >= point.from && ranges[i].reachS >= point.fromS; i-- {
		if r := &ranges[i]; r.to >= point.from && r.untoS >= point.fromS {
			hit(r.value)
		}
	}
}

// read is what a field says of a record: the first of its places that is filled in.
func (x *dimensionIndex) read(f *DimensionField, traits Traits) []string {
	for _, path := range f.From {
		if got := traits[path]; len(got) > 0 {
			return got
		}
	}
	return nil
}

// holds says which values hold of a record.
func (x *dimensionIndex) holds(traits Traits) []bool {
	own, holds := make([]bool, len(x.Values)), make([]bool, len(x.Values))
	for i := range x.Fields {
		f := &x.Fields[i]
		for _, text := range x.read(f, traits) {
			x.fields[f.Name].find(text, func(at int) { own[at] = true })
		}
	}
	open := make([]bool, len(x.Values)) // everything above that asks for something holds
	for i, above := range x.above {
		open[i] = above < 0 || open[above] && (!x.asks[above] || own[above])
		holds[i] = open[i] && own[i]
	}
	for i := len(x.Values) - 1; i >= 0; i-- { // values follow what is above them
		if above := x.above[i]; holds[i] && above >= 0 && !x.asks[above] {
			holds[above] = open[above]
		}
	}
	return holds
}

// covers says that a value is another one or lies above it.
func (x *dimensionIndex) covers(value, other int) bool {
	for at := other; at >= 0; at = x.above[at] {
		if at == value {
			return true
		}
	}
	return false
}

// possible says that a value can hold of some record: it or something below it asks for something.
func (x *dimensionIndex) possible(value int) bool {
	for i, asks := range x.asks {
		if asks && x.covers(value, i) {
			return true
		}
	}
	return false
}

// together says that two values can hold of one record: one lies below the other, or no field would
// have to be two things at once. Products are several at once.
func (x *dimensionIndex) together(a, b int) bool {
	if x.covers(a, b) || x.covers(b, a) {
		return true
	}
	for i := a; i >= 0; i = x.above[i] {
		for j := b; j >= 0; j = x.above[j] {
			if i != j && x.asks[i] && x.asks[j] && !x.meet(x.Values[i].Match, x.Values[j].Match) {
				return false
			}
		}
	}
	return true
}

func (x *dimensionIndex) meet(a, b []ValueMatch) bool {
	return slices.ContainsFunc(a, func(m ValueMatch) bool {
		return slices.ContainsFunc(b, func(o ValueMatch) bool { return m.Field != o.Field || x.several(m.Field) || m.meets(&o) })
	})
}

// several says that a field may have several values at once.
func (x *dimensionIndex) several(field string) bool {
	return slices.ContainsFunc(x.Fields, func(f DimensionField) bool {
		return f.Name == field && slices.ContainsFunc(f.From, func(path string) bool {
			kind, _, _ := strings.Cut(path, ".")
			return kind == RecordProduct || strings.Contains(path, ".fields.")
		})
	})
}

// meets says that one text can satisfy both matches of a field.
func (m *ValueMatch) meets(o *ValueMatch) bool {
	if m.From != "" && o.From != "" {
		return newTextRange(m.From, m.To).meets(newTextRange(o.From, o.To))
	}
	if len(o.Equal) > 0 && len(m.Equal) == 0 {
		m, o = o, m
	}
	if len(m.Equal) > 0 {
		return slices.ContainsFunc(m.Equal, o.takes)
	}
	if len(m.Prefix) > 0 && len(o.Prefix) > 0 {
		return slices.ContainsFunc(m.Prefix, func(p string) bool {
			return slices.ContainsFunc(o.Prefix, func(q string) bool {
				return strings.HasPrefix(foldKey(p), foldKey(q)) || strings.HasPrefix(foldKey(q), foldKey(p))
			})
		})
	}
	return true // a beginning and a range: cannot be told
}

// takes says that a text satisfies the match.
func (m *ValueMatch) takes(text string) bool {
	f := &fieldIndex{equal: make(map[string][]int), prefix: make(map[string][]int)}
	f.add(m, 0)
	f.finish()
	found := false
	f.find(text, func(int) { found = true })
	return found
}
