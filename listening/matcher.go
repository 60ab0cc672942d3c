package listening

import (
	"fmt"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/groundswell/groundswell/post"
)

// A Matcher asks all monitors at once which posts they listen for. It never changes and is safe
// for concurrent use.
type Matcher struct {
	ids      []string // of the monitors, sorted
	roots    []*expression
	brands   []bool     // it is an own brand or a competitor
	terms    *automaton // finds the patterns of all terms
	fields   []bool     // by pattern: it is about the post
	anchored [][]int32  // by pattern: the monitors that have to be asked when it is found
	raw      *automaton // finds what MayMatch looks for
	ends     []bool     // by state of raw: something was found
	scratch  sync.Pool
}

// An expression is a query over pattern numbers.
type expression struct {
	op       operator
	kids     []*expression
	pattern  int32
	words    int
	distance int
}

// Compile makes a matcher of the enabled monitors. The error names the monitor whose query is wrong.
func Compile(monitors []Monitor) (*Matcher, error) {
	m := &Matcher{}
	c := compiler{m: m, number: make(map[string]int32)}
	monitors = slices.Clone(monitors)
	slices.SortFunc(monitors, func(a, b Monitor) int { return compareText(a.ID, b.ID) })
	for _, monitor := range monitors {
		if !monitor.Enabled {
			continue
		}
		q, err := ParseQuery(monitor.Query)
		if err != nil {
			return nil, fmt.Errorf("monitor %s: %w", monitor.Name, err)
		}
		c.add(monitor.ID, q)
		m.brands = append(m.brands, monitor.Kind == Own || monitor.Kind == Competitor)
	}
	c.finish()
	return m, nil
}

// A compiler numbers the patterns of all monitors.
type compiler struct {
	m        *Matcher
	number   map[string]int32
	patterns []string
	literals map[string]bool
}

func (c *compiler) add(id string, q *Query) {
	index := int32(len(c.m.ids))
	c.m.ids = append(c.m.ids, id)
	c.m.roots = append(c.m.roots, c.expression(q.root))
	if c.literals == nil {
		c.literals = make(map[string]bool)
	}
	for _, t := range anchors(q.root) {
		c.literals[t.literal] = true
		p := c.pattern(t)
		if !slices.Contains(c.m.anchored[p], index) {
			c.m.anchored[p] = append(c.m.anchored[p], index)
		}
	}
}

func (c *compiler) expression(n *node) *expression {
	e := &expression{op: n.op, distance: n.distance}
	if n.op == opTerm {
		e.pattern, e.words = c.pattern(&n.term), n.term.words
	}
	for _, kid := range n.kids {
		e.kids = append(e.kids, c.expression(kid))
	}
	return e
}

func (c *compiler) pattern(t *term) int32 {
	n, ok := c.number[t.pattern]
	if !ok {
		n = int32(len(c.patterns))
		c.number[t.pattern] = n
		c.patterns = append(c.patterns, t.pattern)
		c.m.fields = append(c.m.fields, t.field)
		c.m.anchored = append(c.m.anchored, nil)
	}
	return n
}

func (c *compiler) finish() {
	c.m.terms = newAutomaton(c.patterns)
	var literals []string
	for l := range c.literals {
		literals = append(literals, l)
	}
	slices.Sort(literals)
	c.m.raw = newAutomaton(literals)
	c.m.ends = make([]bool, len(c.m.raw.next))
	for state, found := range c.m.raw.found {
		c.m.ends[state*c.m.raw.stride] = len(found) > 0
	}
	n := len(c.patterns)
	c.m.scratch.New = func() any { return &scratch{places: make([][]int32, n)} }
}

// Len is the number of monitors that are asked.
func (m *Matcher) Len() int { return len(m.ids) }

// MayMatch says whether the wire form of an event, as AppendJSON writes it, can match any monitor.
// It reads the bytes once and decodes nothing; a false yes costs a decoding, a false no never happens.
func (m *Matcher) MayMatch(raw []byte) bool {
	a, state := m.raw, int32(0)
	for i := 0; i < len(raw); {
		c := raw[i]
		if c < utf8.RuneSelf {
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			if state = a.step(state, c); m.ends[state] {
				return true
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(raw[i:])
		i += n
		if composes(r) {
			return true
		}
		f := foldRune(r)
		for j := range len(f) {
			if state = a.step(state, f[j]); m.ends[state] {
				return true
			}
		}
	}
	return false
}

// scratch is what one Match needs.
type scratch struct {
	doc    []byte
	places [][]int32 // by pattern: the words at which it ends
	hit    []int32   // the patterns found
	asked  []int32   // the monitors to ask
}

// Match returns the ids of the monitors that listen for the post, sorted.
func (m *Matcher) Match(p *post.Post) []string {
	s := m.scratch.Get().(*scratch)
	defer m.scratch.Put(s)
	m.find(s, p)
	var ids []string
	slices.Sort(s.asked)
	for _, monitor := range slices.Compact(s.asked) {
		if m.roots[monitor].holds(s.places) {
			ids = append(ids, m.ids[monitor])
		}
	}
	for _, pattern := range s.hit {
		s.places[pattern] = s.places[pattern][:0]
	}
	return ids
}

// find runs the automaton over the post's words and notes what it finds, and where.
func (m *Matcher) find(s *scratch, p *post.Post) {
	var fieldsAt int
	s.doc, fieldsAt = appendDocument(s.doc[:0], p)
	s.hit, s.asked = s.hit[:0], s.asked[:0]
	state, word := int32(0), int32(0)
	for i, c := range s.doc {
		state = m.terms.step(state, c)
		for _, pattern := range m.terms.ends(state) {
			if m.fields[pattern] != (i >= fieldsAt) {
				continue
			}
			if len(s.places[pattern]) == 0 {
				s.hit = append(s.hit, pattern)
				s.asked = append(s.asked, m.anchored[pattern]...)
			}
			s.places[pattern] = append(s.places[pattern], word)
		}
		if c == ' ' {
			word++
		}
	}
}

// holds says whether the expression is true of the places found.
func (e *expression) holds(places [][]int32) bool {
	switch e.op {
	case opTerm:
		return len(places[e.pattern]) > 0
	case opAnd:
		return !slices.ContainsFunc(e.kids, func(k *expression) bool { return !k.holds(places) })
	case opOr:
		return slices.ContainsFunc(e.kids, func(k *expression) bool { return k.holds(places) })
	case opNot:
		return !e.kids[0].holds(places)
	default:
		return len(e.spans(places)) > 0
	}
}

// A span is the first and the last word of a hit.
type span struct{ from, to int32 }

// maxSpans bounds the hits of one side of NEAR: beyond it a text is made to be expensive.
const maxSpans = 200

// spans are where a term, a choice of terms or a NEAR of them is found.
func (e *expression) spans(places [][]int32) (all []span) {
	switch e.op {
	case opTerm:
		for _, to := range places[e.pattern][:min(len(places[e.pattern]), maxSpans)] {
			all = append(all, span{to - int32(e.words) + 1, to})
		}
	case opOr:
		for _, kid := range e.kids {
			all = append(all, kid.spans(places)...)
		}
	case opNear:
		right := e.kids[1].spans(places)
		for _, l := range e.kids[0].spans(places) {
			for _, r := range right {
				if len(all) < maxSpans && max(r.from-l.to, l.from-r.to) <= int32(e.distance) {
					all = append(all, span{min(l.from, r.from), max(l.to, r.to)})
				}
			}
		}
	}
	return all[:min(len(all), maxSpans)]
}
