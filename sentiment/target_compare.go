package sentiment

import (
	"math"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/post"
)

// Words of comparison. Those of the second set turn those of the first around.
var (
	betterWords = wordSet(`better faster cheaper nicer stronger safer smarter cleaner easier quieter lighter superior greater cooler best longer quicker
		friendlier smoother sharper rather besser schneller billiger günstiger guenstiger schöner schoener stärker staerker sicherer klüger leichter einfacher
		leiser überlegen lieber länger laenger zuverlässiger zuverlaessiger freundlicher robuster haltbarer bequemer angenehmer`)
	worseWords = wordSet(`worse slower pricier weaker uglier louder heavier inferior dumber dirtier ruder
		schlechter langsamer teurer schlimmer schwächer schwaecher hässlicher lauter schwerer unterlegen dümmer unfreundlicher unzuverlässiger komplizierter`)
	thanWords    = wordSet("than als")
	beatsWords   = wordSet("beats beat outperforms outclasses crushes destroys trumps > schlägt schlaegt übertrifft uebertrifft")
	winsWords    = wordSet("wins won win gewinnt gewann punktet")
	againstWords = wordSet("against gegen")
	preferWords  = wordSet("prefer prefers preferred recommend choose chose pick picked bevorzuge nehme kaufe lieber")
	leaveWords   = wordSet(`switched switch switching moved moving left ditched dumped dropped quit abandoned swapped traded replaced
		gewechselt wechsle wechsel wechseln umgestiegen umsteigen umgestellt gekündigt verlassen ersetzt getauscht`)
	asWords       = wordSet("as wie")
	badWords      = wordSet("bad awful terrible horrible slow expensive annoying rude complicated schlecht schlimm langsam lahm teuer nervig unfreundlich kompliziert")
	rivalWords    = wordSet("compete match mithalten")
	superiorWords = map[string]int{"überlegen": 1, "ueberlegen": 1, "superior": 1, "unterlegen": -1, "inferior": -1}
)

// compare says how a comparison comes out for the brand: 1, −1, or 0 where there is none.
func compare(clauses []clause) int {
	for _, rule := range []func([]clause) int{thenAndNow, ratherThan} {
		if sign := rule(clauses); sign != 0 {
			return sign
		}
	}
	for i := range clauses {
		c := &clauses[i]
		if c.about&aboutOwn == 0 {
			continue
		}
		sign := c.compare()
		if sign != 0 && i > 0 && subordinate[c.words[0].low] && clauses[i-1].negated() {
			return -sign // "I don't think that …"
		}
		if sign != 0 {
			return sign
		}
	}
	return 0
}

var subordinate = wordSet("that dass daß")

func (c *clause) compare() int {
	for _, rule := range []func() int{c.avoided, c.better, c.asGood, c.superior, c.rival} {
		if sign := rule(); sign != 0 {
			return sign
		}
	}
	if c.has(leaveWords) {
		return c.left()
	}
	return 0
}

func (c *clause) has(words map[string]bool) bool {
	return slices.ContainsFunc(c.words, func(w targetWord) bool { return words[w.low] })
}

// both says that a clause names the brand and a neighbour.
func (c *clause) both() bool { return c.about == aboutOwn|aboutOther }

// better reads "better than", "beats", "prefer … to" and the like.
func (c *clause) better() int {
	sign, better, prefer, wins := 1, 0, false, false
	leave := c.has(leaveWords)
	for i, w := range c.words {
		switch {
		case negates(w.low):
			sign = -sign
		case betterWords[w.low] && better == 0:
			better = 1
		case worseWords[w.low] && better == 0:
			better = -1
		case (w.low == "more" || w.low == "less") && better == 0:
			better = c.degree(i)
		}
		prefer, wins = prefer || preferWords[w.low], wins || winsWords[w.low]
		left, right := c.words[:i], c.words[i+1:]
		switch {
		case thanWords[w.low] && better < 0 && slices.ContainsFunc(right, func(w targetWord) bool { return w.low == "noch" }):
			return 0 // "schlechter als A ist nur noch B": both are bad
		case thanWords[w.low] && better != 0:
			return sign * better * sideOfThan(left, right)
		case beatsWords[w.low], w.low == "instead" && i+1 < len(c.words) && c.words[i+1].low == "of", w.low == "statt", w.low == "anstatt",
			wins && againstWords[w.low], prefer && !leave && (w.low == "over" || w.low == "to"):
			return sign * side(left, right)
		}
	}
	return 0
}

// degree says what "more" or "less" and the word behind it mean: "more reliable" is better, "more
// expensive" worse.
func (c *clause) degree(at int) int {
	if at+1 >= len(c.words) || thanWords[c.words[at+1].low] {
		return 0
	}
	sign := 1
	if badWords[c.words[at+1].low] {
		sign = -1
	}
	if c.words[at].low == "less" {
		sign = -sign
	}
	return sign
}

// asGood reads what is denied to be alike: "not as good as", "nicht so gut wie". What stands first is
// less, unless the word between is a bad one.
func (c *clause) asGood() int {
	denied, adjective := false, -1
	for i, w := range c.words {
		switch {
		case negates(w.low), w.low == "nowhere", w.low == "hardly", w.low == "kaum":
			denied = true
		case denied && adjective < 0 && (w.low == "as" || w.low == "so" || w.low == "annähernd"):
			adjective = i + 1
		case adjective > 0 && i > adjective && i <= adjective+2 && asWords[w.low]:
			sign := -1
			if badWords[c.words[i-1].low] {
				sign = 1
			}
			return sign * side(c.words[:i], c.words[i+1:])
		}
	}
	return 0
}

// superior reads "A is superior to B" and "A ist B überlegen": the subject stands first.
func (c *clause) superior() int {
	if !c.both() {
		return 0
	}
	for _, w := range c.words {
		if sign := superiorWords[w.low]; sign != 0 {
			return sign * c.first()
		}
	}
	return 0
}

// first says whether the brand is named before its neighbours: 1, or −1.
func (c *clause) first() int {
	for _, w := range c.words {
		switch w.about {
		case aboutOwn:
			return 1
		case aboutOther:
			return -1
		}
	}
	return 0
}

// rival reads "A can't compete with B".
func (c *clause) rival() int {
	if !c.both() || !c.has(rivalWords) || !c.negated() {
		return 0
	}
	return -c.first()
}

// thenAndNow reads "I used to love A, but now I buy B": who liked one brand then names the other now.
func thenAndNow(clauses []clause) int {
	for i := range clauses {
		then := &clauses[i]
		if !then.has(thenWords) || !then.has(likeWords) || then.about != aboutOwn && then.about != aboutOther {
			continue
		}
		for k := i + 1; k < len(clauses); k++ {
			now := &clauses[k]
			if !now.has(nowWords) || now.about == then.about || now.about == 0 || now.both() || now.negated() {
				continue
			}
			if now.about == aboutOwn {
				return 1
			}
			return -1
		}
	}
	return 0
}

// ratherThan reads "don't buy A, get a B instead".
func ratherThan(clauses []clause) int {
	for i := 1; i < len(clauses); i++ {
		not, but := &clauses[i-1], &clauses[i]
		switch {
		case !but.has(insteadWords), !not.negated(), but.negated(), not.about == but.about, not.both(), but.both():
		case but.about == aboutOwn:
			return 1
		case not.about == aboutOwn && but.about == aboutOther:
			return -1
		}
	}
	return 0
}

func (c *clause) negated() bool {
	return slices.ContainsFunc(c.words, func(w targetWord) bool { return negates(w.low) })
}

// avoided reads "forget A".
func (c *clause) avoided() int {
	if len(c.words) > 1 && avoidWords[c.words[0].low] && c.words[1].about == aboutOwn && !c.both() {
		return -1
	}
	return 0
}

var (
	insteadWords = wordSet("instead stattdessen lieber")
	avoidWords   = wordSet("forget avoid skip ditch vergiss vergesst meide meidet")
	thenWords    = wordSet("used früher frueher damals once previously")
	nowWords     = wordSet("now nowadays today jetzt heute inzwischen mittlerweile")
	likeWords    = wordSet("love like buy use trust mochte liebte kaufte nutzte nahm hatte fuhr loved liked bought trusted")
)

// sideOfThan says on which side of "than" the brand stands. What is compared with follows at once;
// what is compared may stand in front or behind: "better than B is A".
func sideOfThan(left, right []targetWord) int {
	i := slices.IndexFunc(right, func(w targetWord) bool { return w.about != 0 })
	if i < 0 || right[i].about == aboutOwn {
		return side(left, right)
	}
	if names(left) || names(right[i+1:]) {
		return 1
	}
	return 0
}

// side says on which side of a comparison the brand stands: 1 on the left, −1 on the right, 0 where
// that cannot be told.
func side(left, right []targetWord) int {
	switch l, r := names(left), names(right); {
	case l && !r && len(right) > 0:
		return 1
	case r && !l:
		return -1
	}
	return 0
}

func names(words []targetWord) bool {
	return slices.ContainsFunc(words, func(w targetWord) bool { return w.about == aboutOwn })
}

// contrastInside says which side a brand is on in a clause that sets one against another ("im
// Gegensatz zu B ist A gut"): −1 for the one that the other is set against, named first.
func contrastInside(clauses []clause) int {
	for _, c := range clauses {
		if !c.contrast || c.about != aboutOwn|aboutOther {
			continue
		}
		for _, w := range c.words {
			switch w.about {
			case aboutOwn:
				return -1
			case aboutOther:
				return 1
			}
		}
	}
	return 0
}

// left says whether the brand is one that somebody left ("from A to B", "von A zu B", "ditched A for
// B"): −1, or 1 for the one they went to.
func (c *clause) left() int {
	sign, unmarked, gone := 0, false, false
	for _, w := range c.words {
		switch {
		case w.low == "from", w.low == "von":
			sign = -1
		case w.low == "to", w.low == "for", w.low == "with", w.low == "zu", w.low == "zum", w.low == "zur", w.low == "auf", w.low == "durch", w.low == "gegen":
			sign = 1
		case leaveWords[w.low] && sign > 0: // "after years with A we moved …"
			sign = 0
		case w.about == aboutOwn && (sign < 0 || sign > 0 && c.leftBehind(w)):
			return sign
		case w.about == aboutOwn:
			unmarked = true
		case w.about == aboutOther && sign > 0 && c.leftBehind(w):
			gone = true
		}
	}
	if unmarked && gone {
		return -1
	}
	return 0
}

// leftBehind says that a word stands behind the one that says that somebody left; in German that
// one may stand at the end.
func (c *clause) leftBehind(word targetWord) bool {
	i := slices.IndexFunc(c.words, func(w targetWord) bool { return leaveWords[w.low] })
	return c.words[i].from < word.from || i >= len(c.words)-2
}

// compared is the reading of a brand that a comparison speaks for or against.
func compared(whole post.Reading, sign int) post.Reading {
	r := whole
	r.Score = float64(sign) * max(comparedScore, math.Abs(whole.Score))
	r.Polarity = map[int]post.Polarity{1: post.Positive, -1: post.Negative}[sign]
	r.Confidence = min(comparedConfidence, max(whole.Confidence, 0.5))
	return r
}

// contrasted is the reading of a brand that the others are set against: theirs, turned.
func (s *Scorer) contrasted(text string, whole post.Reading, clauses []clause) post.Reading {
	var others strings.Builder
	for _, c := range clauses {
		if c.about&aboutOwn == 0 {
			others.WriteString(text[c.from:c.to])
			others.WriteByte(' ')
		}
	}
	switch s.Read(others.String(), whole.Language).Polarity {
	case post.Positive:
		return compared(whole, -1)
	case post.Negative:
		return compared(whole, 1)
	}
	return whole
}
