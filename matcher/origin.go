package matcher

import "math"

// Names and towns go together by where people come from: given that somebody is a Siobhan, Doyle and
// Dublin are far more common than among all. Taken one by one they would seem to be three rare
// agreements. So the contacts are parted into a few origins, which nobody names, such that within
// one the fields have nothing to do with each other: a latent class model (Lazarsfeld, Henry, "Latent
// Structure Analysis", 1968), fitted by expectation and maximisation on a sample.
const (
	originCount   = 4
	originSample  = 30_000
	originRounds  = 20
	fewestOrigins = 2000 // contacts from which on it is worth it
)

// An origin is how much more common a word is in each origin than among all.
type origin [originCount]float32

// origins are those of the words, by their numbers; of words that came later nothing is known.
type origins struct {
	share             [originCount]float64
	first, last, city []origin
	size              int // contacts when it was learnt
}

// Fields whose words have origins.
const (
	originFirst = iota
	originLast
	originCity
	originFields
)

// A native is a contact of the sample: the numbers of its words, and how probable each origin is.
type native struct {
	words [originFields]uint32
	from  [originCount]float32
}

// firstWord is a name's first word.
func (x *Index) firstWord(name uint32) (word uint32) {
	x.eachWord(name, func(w uint32) {
		if word == 0 {
			word = w
		}
	})
	return word
}

// learnOrigins parts the contacts.
func (x *Index) learnOrigins() {
	sample := x.natives()
	o := origins{size: x.size}
	var counts [originFields][]origin
	for f, n := range [originFields]int{len(x.words.ends), len(x.words.ends), len(x.cities.ends)} {
		counts[f] = make([]origin, n)
	}
	for range originRounds {
		o.count(sample, &counts)
		for i := range sample {
			sample[i].place(&o.share, &counts)
		}
	}
	o.count(sample, &counts)
	for f := range counts {
		for w := range counts[f] {
			counts[f][w].smooth(&o.share)
		}
	}
	o.first, o.last, o.city = counts[originFirst], counts[originLast], counts[originCity]
	x.origins = o
}

// natives draws the sample, every so many-th contact, each placed by its given name at first.
func (x *Index) natives() []native {
	step := max(1, x.size/originSample)
	sample := make([]native, 0, x.size/step+1)
	for i := 0; i < len(x.records); i += step {
		r := &x.records[i]
		if r.rest == 0 {
			continue
		}
		n := native{words: [originFields]uint32{x.firstWord(r.firstKey), x.firstWord(r.lastKey), r.cityKey}}
		hash := uint32(2166136261)
		for _, c := range []byte(x.words.at(n.words[originFirst])) {
			hash = (hash ^ uint32(c)) * 16777619
		}
		for k := range n.from {
			n.from[k] = 0.5 / originCount
		}
		n.from[hash>>16%originCount] += 0.5
		sample = append(sample, n)
	}
	return sample
}

// count is the maximisation: how many of each origin bear a word.
func (o *origins) count(sample []native, counts *[originFields][]origin) {
	for f := range counts {
		clear(counts[f])
	}
	o.share = [originCount]float64{}
	for i := range sample {
		n := &sample[i]
		for f, w := range n.words {
			c := &counts[f][w]
			for k, p := range n.from {
				c[k] += p
			}
		}
		for k, p := range n.from {
			o.share[k] += float64(p)
		}
	}
	for k := range o.share {
		o.share[k] = (o.share[k] + 1) / float64(len(sample)+originCount)
	}
}

// place is the expectation: where a contact is from, by the others who bear its words.
func (n *native) place(share *[originCount]float64, counts *[originFields][]origin) {
	var p [originCount]float64
	sum := 0.0
	for k := range p {
		p[k] = share[k]
		for f, w := range n.words {
			if w == 0 {
				continue
			}
			p[k] *= (float64(counts[f][w][k]-n.from[k]) + share[k]) / share[k]
		}
		sum += p[k]
	}
	for k := range p {
		n.from[k] = float32(p[k] / sum)
	}
}

// smooth turns counts into how much more common the word is in each origin; a word of few is drawn
// to what is usual.
func (c *origin) smooth(share *[originCount]float64) {
	total := float32(1)
	for _, n := range c {
		total += n
	}
	for k := range c {
		c[k] = (c[k] + float32(share[k])) / total / float32(share[k])
	}
}

// originOf is a word's; of one that came later nothing is known.
func originOf(of []origin, word uint32) *origin {
	if word == 0 || int(word) >= len(of) {
		return nil
	}
	return &of[word]
}

// together is how many bits words weigh less because they go together: what of them is more common
// among those who bear the others.
func (o *origins) together(words ...*origin) float32 {
	sum := 0.0
	for k, share := range o.share {
		for _, w := range words {
			if w != nil {
				share *= float64(w[k])
			}
		}
		sum += share
	}
	if sum <= 0 {
		return 0
	}
	return float32(math.Log2(sum))
}

// agreed are the origins of the names that agree; none where too little does.
func (x *Index) agreed(c *comparison, r *record) (first, last *origin, field int) {
	given, surname := c.level[fieldGiven], c.level[fieldSurname]
	switch {
	case x.origins.size == 0:
		return nil, nil, 0
	case surname != 0 && surname <= surnameSimilar && given != 0 && given <= givenSimilar && given != givenInitial:
		field = fieldGiven
	case c.level[fieldHandle] == handleFull:
		field = fieldHandle
	default:
		return nil, nil, 0
	}
	return originOf(x.origins.first, x.firstWord(r.firstKey)), originOf(x.origins.last, x.firstWord(r.lastKey)), field
}

// goTogether takes off what a given name and a surname that go together weigh too much.
func (x *Index) goTogether(c *comparison, r *record) {
	if first, last, field := x.agreed(c, r); first != nil && last != nil {
		c.rare[field] -= x.origins.together(first, last)
	}
}

// goesWithName takes off what a town weighs too much beside a name that goes with it.
func (x *Index) goesWithName(c *comparison, r *record) {
	if first, last, field := x.agreed(c, r); field != 0 {
		c.rare[fieldCity] -= x.origins.together(first, last, originOf(x.origins.city, r.cityKey)) - x.origins.together(first, last)
	}
}
