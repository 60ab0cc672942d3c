package listening

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// maxPlaced bounds the texts whose terms are located, in bytes: no one tells brands apart in more.
const maxPlaced = 4000

// Places says where a text names what monitors listen for: for each id, the stretches of bytes,
// from and to, in order. Only own brands and competitors are named: what a campaign or a market
// listens for is no neighbour of a brand. What a query excludes names nothing either.
func (m *Matcher) Places(text string, ids []string) [][][2]int {
	if len(text) > maxPlaced {
		return make([][][2]int, len(ids))
	}
	s := m.scratch.Get().(*scratch)
	defer m.scratch.Put(s)
	pieces := m.locate(s, text)
	all := make([][][2]int, len(ids))
	for i, id := range ids {
		if n, ok := slices.BinarySearch(m.ids, id); ok && m.brands[n] {
			all[i] = merge(m.roots[n].stretches(s.places, pieces, nil))
		}
	}
	for _, pattern := range s.hit {
		s.places[pattern] = s.places[pattern][:0]
	}
	return all
}

// locate runs the automaton over a text, and says which bytes each word stands for; the first
// word is number 1, as find counts.
func (m *Matcher) locate(s *scratch, text string) (pieces [][2]int) {
	s.doc, s.hit = append(s.doc[:0], ' '), s.hit[:0]
	pieces = append(pieces, [2]int{})
	add := func(from, to int) {
		at := len(s.doc)
		s.doc = appendWords(s.doc, text[from:to])
		for _, c := range s.doc[at:] {
			if c == ' ' {
				pieces = append(pieces, [2]int{from, to})
			}
		}
	}
	start := 0
	for i, r := range text {
		if foldRune(r) == " " {
			if i > start {
				add(start, i)
			}
			start = i + utf8.RuneLen(r)
			if r == utf8.RuneError {
				start = i + 1
			}
		}
	}
	add(min(start, len(text)), len(text))
	state, word := int32(0), int32(0)
	for _, c := range s.doc {
		state = m.terms.step(state, c)
		for _, pattern := range m.terms.ends(state) {
			if m.fields[pattern] {
				continue
			}
			if len(s.places[pattern]) == 0 {
				s.hit = append(s.hit, pattern)
			}
			s.places[pattern] = append(s.places[pattern], word)
		}
		if c == ' ' {
			word++
		}
	}
	return pieces
}

// stretches are the bytes of the terms that are found, those behind a NOT left out.
func (e *expression) stretches(places [][]int32, pieces, found [][2]int) [][2]int {
	switch e.op {
	case opNot:
	case opTerm:
		for _, to := range places[e.pattern] {
			from := max(1, int(to)-e.words+1)
			if int(to) < len(pieces) && from <= int(to) {
				found = append(found, [2]int{pieces[from][0], pieces[to][1]})
			}
		}
	default:
		for _, kid := range e.kids {
			found = kid.stretches(places, pieces, found)
		}
	}
	return found
}

// merge sorts stretches and joins those that overlap.
func merge(found [][2]int) [][2]int {
	slices.SortFunc(found, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	out := found[:0]
	for _, f := range found {
		if n := len(out); n > 0 && f[0] < out[n-1][1] {
			out[n-1][1] = max(out[n-1][1], f[1])
			continue
		}
		out = append(out, f)
	}
	return out
}
