package sentiment

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Saying is a post as Terms compares it: who said it, and what it is about.
type Saying struct {
	Author string
	Topics []string
}

// A Term is a word, phrase or hashtag that a window speaks of more than usual.
type Term struct {
	Text   string
	People int     // who use it in the window
	Usual  int     // who use it in the ordinary posts
	Score  float64 // standard deviations from what is usual
}

const (
	termFloor = 3    // people who use a word until it drives anything
	termScore = 1.96 // from which it is unusual: one word in forty is by chance
	// priorPeople is how many uses of ordinary talk are believed in before anything is counted, so
	// that a rare word needs more than a few people to stand out.
	priorPeople = 50
	flatPrior   = 0.1
	// phraseShare is the part of a word's people who use it in a phrase, from which the phrase stands
	// for the word.
	phraseShare = 0.6
)

// Terms are what a window speaks of more than the ordinary posts do, the most unusual first: by the
// log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi and Quinn, "Fightin'
// Words", Political Analysis 16, 2008, equations 16 to 22), which counts people, not posts. Where
// there are no ordinary posts, it is what most people speak of.
func Terms(window, ordinary []Saying, most int) []Term {
	now, usual := countPeople(window), countPeople(ordinary)
	var terms []Term
	for key, use := range now.uses {
		t := Term{Text: use.display(), People: use.people}
		if other := usual.uses[key]; other != nil {
			t.Usual = other.people
		}
		if t.Score = logOdds(t.People, t.Usual, now.total, usual.total); t.People >= termFloor && (t.Score >= termScore || usual.total == 0) {
			terms = append(terms, t)
		}
	}
	slices.SortFunc(terms, func(a, b Term) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Text, b.Text)) })
	return distinct(terms, most)
}

// logOdds is the z-score of a word that y of n uses are now and v of m usually.
func logOdds(y, v, n, m int) float64 {
	prior, all := flatPrior, float64(priorPeople)
	if m > 0 {
		prior += priorPeople * float64(y+v) / float64(n+m)
	}
	odds := func(y, n int) float64 {
		with := float64(y) + prior
		return math.Log(with / max(1, float64(n)+all-with))
	}
	variance := 1/(float64(y)+prior) + 1/(float64(v)+prior)
	return (odds(y, n) - odds(v, m)) / math.Sqrt(variance)
}

// A peopleCount is how many people use which terms.
type peopleCount struct {
	uses  map[string]*use
	total int // uses of all terms
}

// A use is a term in its spellings.
type use struct {
	people    int
	spellings map[string]int
}

// display is the spelling that most people use.
func (u *use) display() string {
	best := ""
	for s, n := range u.spellings {
		if m := u.spellings[best]; best == "" || n > m || n == m && s < best {
			best = s
		}
	}
	return best
}

func countPeople(sayings []Saying) peopleCount {
	c := peopleCount{uses: make(map[string]*use)}
	seen := make(map[[2]string]bool)
	for _, s := range sayings {
		for _, topic := range s.Topics {
			key := termKey(topic)
			u := c.uses[key]
			if u == nil {
				u = &use{spellings: make(map[string]int)}
				c.uses[key] = u
			}
			if by := [2]string{key, s.Author}; !seen[by] {
				seen[by] = true
				u.people++
				u.spellings[topic]++
				c.total++
			}
		}
	}
	return c
}

// termKey makes the forms of a word one: case, the hash sign, hyphens ("Bahn-Streik", "Bahnstreik"), and
// the endings of the plural and the cases in both languages ("Kabel", "Kabeln"; "battery", "batteries").
func termKey(topic string) string {
	words := strings.Fields(strings.ReplaceAll(strings.TrimPrefix(strings.ToLower(topic), "#"), "-", ""))
	for i, w := range words {
		for _, end := range []string{"ies", "en", "es", "e", "n", "s", "y"} {
			if stem, ok := strings.CutSuffix(w, end); ok && utf8.RuneCountInString(stem) >= 4 && !strings.HasSuffix(stem, "s") {
				words[i] = stem
				break
			}
		}
	}
	return strings.Join(words, " ")
}

// distinct leaves out words that a phrase among the terms stands for, and phrases of which a word
// says more.
func distinct(terms []Term, most int) []Term {
	var kept []Term
	for _, t := range terms {
		if len(kept) == most {
			break
		}
		if !slices.ContainsFunc(terms, func(other Term) bool { return covers(other, t) }) {
			kept = append(kept, t)
		}
	}
	return kept
}

// covers says that a term need not be named beside another: it is a word of a phrase that most of
// its people use, a phrase that few of the people of its word use, or a German compound of a word that
// more people use ("Bahnstreik" beside "Streik").
func covers(other, t Term) bool {
	key, otherKey := " "+termKey(t.Text)+" ", " "+termKey(other.Text)+" "
	switch {
	case key == otherKey:
		return false
	case compoundOf(t.Text, key, otherKey):
		return t.People < other.People
	case strings.Contains(otherKey, key):
		return float64(other.People) >= phraseShare*float64(t.People)
	case strings.Contains(key, otherKey):
		return float64(t.People) < phraseShare*float64(other.People)
	}
	return false
}

// compoundOf says that a German noun, which has a capital, ends with another one.
func compoundOf(text, key, otherKey string) bool {
	const leastHead = 5 // letters of the noun at the end; one fewer before it
	first, _ := utf8.DecodeRuneInString(text)
	key, otherKey = strings.TrimSpace(key), strings.TrimSpace(otherKey)
	before, ok := strings.CutSuffix(key, otherKey)
	return ok && unicode.IsUpper(first) && !strings.Contains(key, " ") && len(otherKey) >= leastHead && len(before) >= leastHead-1
}
