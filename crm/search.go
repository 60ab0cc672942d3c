package crm

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// A Hit is a record that a search found.
type Hit struct {
	Type   string `json:"type"`
	ID     string `json:"id"`
	Title  string `json:"title"`
	Detail string `json:"detail"` // tells it from others of the same title
	Of     string `json:"of"`     // the record to open for one that has no page of its own: a profile's contact, a quote's opportunity; empty: itself
	OfType string `json:"of_type"`
	Exact  bool   `json:"exact"` // its id, e-mail address, handle or number is what was asked for

	keys []string // what it is exactly named by
	rank int
}

// A HitGroup is what was found of one type, the best first.
type HitGroup struct {
	Type string `json:"type"`
	Hits []Hit  `json:"hits"`
	More bool   `json:"more"` // there are more than these
}

// Words of a search that count: more make it no better.
const maxSearchWords = 8

// searchWords are the words of a text as they are searched: folded, letters and digits only. One
// letter by itself is none.
func searchWords(text string) []string {
	words := strings.FieldsFunc(foldKey(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.DeleteFunc(words, func(w string) bool { return len(w) < 2 })
}

// SearchWords are the words of a text as they stand in the index of the search.
func SearchWords(text string) []string { return searchWords(text) }

// entryWords are what a record is found by: the words of its texts, each once.
func entryWords(texts ...string) string {
	var words []string
	for _, t := range texts {
		for _, w := range searchWords(t) {
			if !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
	}
	return strings.Join(words, " ")
}

// emailWords leaves out the last part of the domain: every other address ends so.
func emailWords(email string) string {
	if i := strings.LastIndexByte(email, '.'); i > 0 {
		return email[:i]
	}
	return email
}

// A searched is what somebody asked for, ready to be compared.
type searched struct {
	text  string   // folded, as it was typed
	words []string // of it
}

func newSearched(text string) searched {
	s := searched{text: strings.TrimPrefix(foldKey(text), "@")}
	typed := s.text
	if strings.Contains(typed, "@") {
		typed = emailWords(typed)
	}
	for _, w := range searchWords(typed) {
		if len(s.words) < maxSearchWords && !slices.Contains(s.words, w) {
			s.words = append(s.words, w)
		}
	}
	return s
}

// Ranks of a hit, the best first.
const (
	rankExact  = iota // it is named exactly so: id, e-mail address, handle, number
	rankTitle         // its title is what was asked for
	rankBegins        // its title begins with it
	rankWhole         // every word is one of its title
	rankWords         // every word begins one of its title
	rankRest          // the words stand elsewhere in it
)

// rank says how well a hit answers.
func (s *searched) rank(h *Hit) int {
	for _, key := range h.keys {
		if key != "" && foldKey(key) == s.text {
			return rankExact
		}
	}
	title := foldKey(h.Title)
	switch {
	case title == s.text:
		return rankTitle
	case strings.HasPrefix(title, s.text):
		return rankBegins
	}
	words, rank := searchWords(h.Title), rankWhole
	for _, w := range s.words {
		switch {
		case slices.Contains(words, w):
		case slices.ContainsFunc(words, func(have string) bool { return strings.HasPrefix(have, w) }):
			rank = rankWords
		default:
			return rankRest
		}
	}
	return rank
}

// answeredBy says whether a record answers by what is known of it.
func (s *searched) answeredBy(id string, r *searchee) bool {
	named := append([]string{id, r.title}, r.keys...)
	return slices.ContainsFunc(named, func(key string) bool { return key != "" && foldKey(key) == s.text }) ||
		len(s.words) > 0 && s.begin(strings.Fields(entryWords(r.texts...)))
}

// begin says whether every word that was asked for begins one of these.
func (s *searched) begin(words []string) bool {
	for _, w := range s.words {
		if !slices.ContainsFunc(words, func(have string) bool { return strings.HasPrefix(have, w) }) {
			return false
		}
	}
	return true
}

// Answers says whether every word of a search begins a word of a name.
func Answers(text, name string) bool {
	s := newSearched(text)
	return len(s.words) > 0 && s.rank(&Hit{Title: name}) < rankRest
}

// best orders hits, the best first and of equals the newest, and keeps each once.
func (s *searched) best(hits []Hit, limit int) HitGroup {
	seen := make(map[string]bool, len(hits))
	kept := slices.DeleteFunc(hits, func(h Hit) bool {
		twice := seen[h.ID]
		seen[h.ID] = true
		return twice
	})
	for i := range kept {
		kept[i].rank = s.rank(&kept[i])
		kept[i].Exact = kept[i].rank == rankExact
	}
	slices.SortStableFunc(kept, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.ID, a.ID))
	})
	g := HitGroup{Hits: kept, More: len(kept) > limit}
	if g.More {
		g.Hits = kept[:limit]
	}
	return g
}

// orderGroups puts the groups with an exact hit first, and else keeps the order of the types.
func orderGroups(groups []HitGroup) {
	exact := func(g HitGroup) int {
		if len(g.Hits) > 0 && g.Hits[0].Exact {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(groups, func(a, b HitGroup) int { return cmp.Compare(exact(a), exact(b)) })
}
