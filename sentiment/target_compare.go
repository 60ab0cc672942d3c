package sentiment

import (
	"math"
	"slices"
	"strings"

	"github.com/groundswell/groundswell/post"
)

// Words of comparison. Those of the second set turn those of the first around.
var (
	betterWords = wordSet(`better faster cheaper nicer stronger safer smarter cleaner easier quieter lighter superior greater cooler best
		besser schneller billiger günstiger guenstiger schöner schoener stärker staerker sicherer klüger leichter einfacher leiser überlegen lieber`)
	worseWords = wordSet(`worse slower pricier weaker uglier louder heavier inferior dumber dirtier
		schlechter langsamer teurer schlimmer schwächer schwaecher hässlicher lauter schwerer unterlegen dümmer`)
	thanWords   = wordSet("than als")
	beatsWords  = wordSet("beats beat outperforms outclasses crushes destroys trumps > schlägt schlaegt übertrifft uebertrifft")
	preferWords = wordSet("prefer prefers preferred recommend choose chose pick picked bevorzuge nehme kaufe lieber")
	leaveWords  = wordSet("switched switch switching moved moving gewechselt wechsle wechsel wechseln umgestiegen umsteigen")
)

// compare says how a comparison comes out for the brand: 1, −1, or 0 where there is none.
func compare(clauses []clause) int {
	for _, c := range clauses {
		if c.about&aboutOwn == 0 {
			continue
		}
		if sign := c.compare(); sign != 0 {
			return sign
		}
	}
	return 0
}

func (c *clause) compare() int {
	sign, better, prefer, leave := 1, 0, false, false
	for i, w := range c.words {
		switch {
		case negates(w.low):
			sign = -sign
		case betterWords[w.low] && better == 0:
			better = 1
		case worseWords[w.low] && better == 0:
			better = -1
		}
		prefer = prefer || preferWords[w.low]
		leave = leave || leaveWords[w.low]
		left, right := c.words[:i], c.words[i+1:]
		switch {
		case thanWords[w.low] && better != 0:
			return sign * better * side(left, right)
		case beatsWords[w.low], w.low == "instead" && i+1 < len(c.words) && c.words[i+1].low == "of", w.low == "statt", w.low == "anstatt",
			prefer && !leave && (w.low == "over" || w.low == "to"):
			return sign * side(left, right)
		}
	}
	if leave {
		return c.left()
	}
	return 0
}

// side says on which side of a comparison the brand stands: 1 on the left, −1 on the right, 0 where
// that cannot be told.
func side(left, right []targetWord) int {
	names := func(words []targetWord) bool {
		return slices.ContainsFunc(words, func(w targetWord) bool { return w.about == aboutOwn })
	}
	switch l, r := names(left), names(right); {
	case l && !r && len(right) > 0:
		return 1
	case r && !l:
		return -1
	}
	return 0
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

// left says whether the brand is one that somebody left ("from A to B", "von A zu B"): −1, or 1 for
// the one they went to.
func (c *clause) left() int {
	sign := 0
	for _, w := range c.words {
		switch {
		case w.low == "from", w.low == "von":
			sign = -1
		case w.low == "to", w.low == "zu", w.low == "zum", w.low == "zur":
			sign = 1
		case w.about == aboutOwn && sign != 0:
			return sign
		}
	}
	return 0
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
