package matcher

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// handleHits are the names that may stand in a handle, the surnames that cover most of it first.
type handleHits struct {
	letters string // the handle's, folded, without signs and digits
	names   []handleName
	given   []uint32 // given names in it
}

// A handleName is a surname in a handle, with what stands beside it.
type handleName struct {
	last    uint32
	given   uint32 // 0: none
	initial byte   // 0: none
	clean   bool   // it begins and ends where the handle has a sign, a capital, or its end
	length  int
}

const (
	maxHandleLetters = 32
	maxHandleNames   = 6
)

// readHandle finds surnames and given names in a handle: anna_mueller, AMueller, RepAnnaMueller,
// muelleranna87. It tries every part of it, which are few, for handles are short.
func (x *Index) readHandle(handle, network string) (h handleHits) {
	letters, edges := handleLetters(handle, network)
	n := len(letters)
	if n < 3 {
		return h
	}
	h.letters = letters
	type span struct {
		from, to int
		word     uint32
	}
	var lasts, firsts []span
	for from := 0; from+3 <= n; from++ {
		for to := from + 3; to <= n; to++ {
			w := x.words.find(letters[from:to])
			if w == 0 {
				continue
			}
			clean := edges[from] && edges[to]
			if x.words.asLast[w] > 0 && (clean || to-from >= 4 && (edges[from] || edges[to]) || to-from >= 6) {
				lasts = append(lasts, span{from, to, w})
			}
			if x.words.asFirst[w] > 0 && (edges[from] || edges[to] || to-from >= 5) {
				firsts = append(firsts, span{from, to, w})
			}
		}
	}
	for _, l := range lasts {
		name := handleName{last: l.word, clean: edges[l.from] && edges[l.to], length: l.to - l.from}
		for _, f := range firsts {
			if (f.to <= l.from || f.from >= l.to) && (name.given == 0 || f.to-f.from > len(x.words.at(name.given))) {
				name.given = f.word
			}
		}
		switch { // an initial before, or after
		case name.given != 0:
		case l.from == 1 || l.from > 1 && edges[l.from-1]:
			name.initial = letters[l.from-1]
		case l.to == n-1 || l.to < n-1 && edges[l.to+1]:
			name.initial = letters[l.to]
		}
		h.names = append(h.names, name)
	}
	slices.SortStableFunc(h.names, func(a, b handleName) int { return cmp.Compare(x.covered(&b), x.covered(&a)) })
	h.names = h.names[:min(len(h.names), maxHandleNames)]
	for _, f := range firsts {
		if !slices.Contains(h.given, f.word) && len(h.given) < maxHandleNames {
			h.given = append(h.given, f.word)
		}
	}
	return h
}

// covered is how much of the handle a name explains.
func (x *Index) covered(n *handleName) int {
	c := 2 * n.length
	if n.given != 0 {
		c += 2*len(x.words.at(n.given)) + 1
	}
	if n.clean {
		c++
	}
	return c
}

// handleLetters are a handle's letters in comparable form, and where in them a word may begin or
// end: at a sign, a digit, a capital after a small letter.
func handleLetters(handle, network string) (letters string, edges [maxHandleLetters + 2]bool) {
	handle = strings.TrimPrefix(firstRunes(handle, 64), "@")
	handle, _, _ = strings.Cut(handle, "@")
	if network == "bluesky" {
		if i := strings.IndexByte(handle, '.'); i > 0 {
			handle = handle[:i]
		}
	}
	var b []byte
	runes := []rune(handle)
	edge, small := true, false
	for i, r := range runes {
		if !unicode.IsLetter(r) {
			edge, small = true, false
			continue
		}
		last := i+1 == len(runes) || !unicode.IsLetter(runes[i+1])
		capital := unicode.IsUpper(r)
		if capital && (small || !last && unicode.IsLower(runes[i+1])) {
			edge = true
		}
		if len(b) > maxHandleLetters-4 {
			break
		}
		edges[len(b)] = edges[len(b)] || edge
		b = append(b, Fold(string(r), 4)...)
		edges[len(b)] = edges[len(b)] || last
		edge, small = false, !capital
	}
	edges[0], edges[len(b)] = true, true
	return string(b), edges
}
