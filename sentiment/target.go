package sentiment

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/groundswell/groundswell/post"
)

// A post may praise one brand and curse another. Toward cuts it into clauses, says which of them
// are about whom, and reads those; a comparison is read as one: "A is better than B".

// Limits of what is looked at; a longer text is read as a whole.
const (
	maxTargetBytes = 4000
	maxTargetWords = 500
)

// A compared brand has no clause of its own to be read: its score is this at least, and as a
// comparison may be a joke, its confidence that at most.
const (
	comparedScore      = 0.4
	comparedConfidence = 0.7
)

// Toward is what a text says about one brand. Own are the stretches of the text's bytes, from and
// to, that name it, others those that name other brands; whole is the reading of the whole text.
// Where the brand is not named, or every clause is about it, that is the reading.
func (s *Scorer) Toward(text string, whole post.Reading, own, others [][2]int) post.Reading {
	if whole.Polarity == post.Unknown || len(own) == 0 || len(text) > maxTargetBytes {
		return whole
	}
	clauses := splitClauses(targetWords(text, own, others), whole.Language)
	if sign := compare(clauses); sign != 0 {
		return compared(whole, sign)
	}
	if sign := contrastInside(clauses); sign != 0 {
		if whole.Polarity == post.Neutral {
			return whole
		}
		if sign < 0 {
			return compared(whole, -int(math.Copysign(1, whole.Score)))
		}
		return whole
	}
	settle(clauses)
	var about strings.Builder
	for _, c := range clauses {
		if c.about&aboutOwn != 0 {
			about.WriteString(text[c.from:c.to])
			about.WriteByte(' ')
		}
	}
	if all := !slices.ContainsFunc(clauses, func(c clause) bool { return c.about&aboutOwn == 0 }); all || about.Len() == 0 {
		return whole
	}
	r := s.Read(about.String(), whole.Language)
	if r.Language != whole.Language {
		return whole
	}
	for _, c := range clauses {
		if c.about == aboutOwn && c.contrast { // "unlike B": what is said of the others, turned
			return s.contrasted(text, whole, clauses)
		}
	}
	return r
}

// Parted says that a text may say different things about different brands: it has several clauses
// or a comparison. Where it has not, Toward is its reading, whoever asks.
func Parted(text string) bool {
	text = text[:min(len(text), maxTargetBytes)]
	start, marked := -1, false
	for i, r := range text {
		if letter(r) || r == '\'' && start >= 0 {
			if marked {
				return true // a word behind a mark
			}
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			if parts(text[start:i]) {
				return true
			}
			start = -1
		}
		marked = marked || strings.ContainsRune(".,;:!?()–—|/>\n…", r) || emoji(r)
	}
	return false
}

// parts says that a word stands between clauses or compares.
func parts(word string) bool {
	if len(word) < 2 || len(word) > 12 {
		return false
	}
	var buf [12]byte
	low := append(buf[:0], word...)
	for i, c := range low {
		if c >= 'A' && c <= 'Z' {
			low[i] = c | 0x20
		}
	}
	for _, set := range []map[string]bool{clauseWords, andWords, thanWords, beatsWords, winsWords, preferWords, leaveWords, rivalWords, contrastWords} {
		if set[string(low)] {
			return true
		}
	}
	return superiorWords[string(low)] != 0 || string(low) == "instead" || string(low) == "statt" || string(low) == "anstatt"
}

// Whom a word or a clause is about.
type about uint8

const (
	aboutOwn about = 1 << iota
	aboutOther
)

type targetWord struct {
	from, to int
	low      string
	about    about
	capital  bool
	end      bool // a mark that ends a clause follows
	stop     bool // one that ends a sentence
}

type clause struct {
	words    []targetWord
	from, to int
	about    about
	contrast bool // begins with "unlike" or the like
	stop     bool // the sentence ends with it
}

// targetWords are the words of a text; a stretch is one word.
func targetWords(text string, own, others [][2]int) []targetWord {
	var words []targetWord
	at := 0
	for at < len(text) && len(words) < maxTargetWords {
		if w := stretchAt(at, text, own, others); w.about != 0 {
			words = append(words, w)
			at = w.to
			continue
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case letter(r):
			end := at + size
			for end < len(text) && stretchAt(end, text, own, others).about == 0 {
				r, size := utf8.DecodeRuneInString(text[end:])
				if !letter(r) && r != '\'' && r != '’' && r != '-' {
					break
				}
				end += size
			}
			words = append(words, targetWord{from: at, to: end, low: strings.ReplaceAll(strings.ToLower(text[at:end]), "’", "'"), capital: unicode.IsUpper(r)})
			at = end
			continue
		case len(words) == 0:
		case r == '>' && spaced(text, at, size):
			words = append(words, targetWord{from: at, to: at + size, low: ">"})
		case strings.ContainsRune(".!?\n…", r):
			words[len(words)-1].end, words[len(words)-1].stop = true, true
		case strings.ContainsRune(",;:()–—|/", r), r == '-' && spaced(text, at, size), emoji(r):
			words[len(words)-1].end = true
		}
		at += size
	}
	return words
}

func stretchAt(at int, text string, own, others [][2]int) targetWord {
	for i, stretches := range [][][2]int{own, others} {
		for _, s := range stretches {
			if s[0] == at && s[1] > at && s[1] <= len(text) {
				return targetWord{from: s[0], to: s[1], low: strings.ToLower(text[s[0]:s[1]]), about: about(1 + i), capital: true}
			}
		}
	}
	return targetWord{}
}

func spaced(text string, at, size int) bool {
	return at > 0 && text[at-1] == ' ' && at+size < len(text) && text[at+size] == ' '
}

// Words between clauses. Behind and and und there is a clause of its own only where it has a verb.
var (
	clauseWords = wordSet("but while whereas although though however yet because aber während waehrend wohingegen dagegen hingegen obwohl jedoch sondern doch weil dafür dafuer")
	andWords    = wordSet("and und")
	clauseVerbs = wordSet(`is are was were has have had can can't does doesn't do don't did didn't isn't aren't wasn't will won't just never always still gets makes sucks rocks feels seems
		remains keeps goes ist sind war waren hat haben hatte kann macht wird bleibt geht taugt nervt funktioniert bekommt`)
	contrastWords = wordSet("unlike anders gegensatz compared verglichen vergleich")
)

// splitClauses cuts at marks and at the words that begin a clause.
func splitClauses(words []targetWord, language string) []clause {
	var clauses []clause
	start := 0
	cut := func(end int) {
		if end > start {
			clauses = append(clauses, newClause(words[start:end]))
			start = end
		}
	}
	for i := range words {
		if clauseWords[words[i].low] || andWords[words[i].low] && parted(words, start, i) {
			cut(i)
		}
		if words[i].end {
			cut(i + 1)
		}
	}
	cut(len(words))
	if language == "en" {
		nameStrangers(clauses)
	}
	return clauses
}

func newClause(words []targetWord) clause {
	last := words[len(words)-1]
	c := clause{words: words, from: words[0].from, to: last.to, stop: last.stop}
	for i, w := range words {
		c.about |= w.about
		c.contrast = c.contrast || i < 3 && contrastWords[w.low]
	}
	return c
}

// parted says that a clause ends at the "and" i: something is said before it, and something else
// behind it.
func parted(words []targetWord, start, i int) bool {
	said := 0
	for _, w := range words[start:i] {
		if w.about == 0 {
			said++
		}
	}
	if said < 2 || i+1 >= len(words) {
		return said >= 1 && i+2 < len(words) && words[i+1].about == 0 && words[i+2].about != 0 // "love A and hate B"
	}
	if words[i+1].about == 0 {
		return true
	}
	return i+2 < len(words) && clauseVerbs[words[i+2].low]
}

// nameStrangers marks clauses about a brand that nobody listens for. In English a capital inside a
// sentence shows a name: "A is great, Bolt is awful".
func nameStrangers(clauses []clause) {
	for i := 1; i < len(clauses); i++ {
		c := &clauses[i]
		first := 0
		for first < len(c.words)-1 && (clauseWords[c.words[first].low] || andWords[c.words[first].low]) {
			first++
		}
		w := c.words[first]
		inside := !clauses[i-1].stop || first > 0
		if c.about == 0 && inside && w.capital && w.low != "i" && !strings.HasPrefix(w.low, "i'") && first+1 < len(c.words) && clauseVerbs[c.words[first+1].low] {
			c.about = aboutOther
		}
	}
}

// settle says whom the clauses are about that name nobody: whom the one before is about, and
// before anybody is named, whom the first is about that names somebody.
func settle(clauses []clause) {
	i := slices.IndexFunc(clauses, func(c clause) bool { return c.about != 0 })
	if i < 0 {
		return
	}
	last := clauses[i].about
	for i := range clauses {
		if clauses[i].about == 0 {
			clauses[i].about = last
		}
		last = clauses[i].about
	}
}
