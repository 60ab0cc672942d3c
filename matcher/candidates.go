package matcher

import "slices"

// How many contacts under one key are looked at. A block with more says too little to be worth it:
// a million contacts named Müller cost no more than these. Where the whole name is shared by more
// than maxFull, those left out keep their share of the probability.
const (
	maxBlock      = 64
	maxFull       = 400
	maxCandidates = 1000
	maxClaims     = 8 // contacts with one account on file; more of them, and it is no evidence for any
)

// A gathering collects the contacts that share a key with an author.
type gathering struct {
	x     *Index
	found []uint32 // numbers, shifted by one: the last bit says that they share more than a name
	full  int      // contacts of the same name who were left out
}

// block adds what stands under a key, unless it is too much.
func (g *gathering) block(key uint32) {
	h := g.x.keys.find(key)
	if h.count > maxBlock {
		return
	}
	g.take(h, maxBlock, 0)
}

func (g *gathering) take(h hits, limit int, near uint32) {
	if len(g.found) < maxCandidates {
		g.x.keys.each(h, limit, func(n uint32) { g.found = append(g.found, n<<1|near) })
	}
}

// whole adds who bears surname and given name.
func (g *gathering) whole(last, first uint32) {
	h := g.x.keys.find(nameKey(keyFull, last, first))
	g.take(h, maxFull, 0)
	if h.count > maxFull {
		g.full += int(h.count) - maxFull
	}
}

// near adds contacts who have on file what the author has; false when they are so many that it
// says nothing of any.
func (g *gathering) near(key uint32) bool {
	h := g.x.keys.find(key)
	if h.count > maxClaims {
		return false
	}
	g.take(h, maxClaims, 1)
	return true
}

// candidates returns the contacts worth comparing, each once; near ones share more than a name.
func (x *Index) candidates(a *author) (numbers []uint32, leftOut int) {
	g := gathering{x: x, found: make([]uint32, 0, 64)}
	g.accounts(a)
	g.names(a)
	g.handle(a)
	slices.Sort(g.found)
	out := g.found[:0]
	for _, f := range g.found {
		if n := len(out); n > 0 && out[n-1]>>1 == f>>1 {
			out[n-1] |= f
			continue
		}
		out = append(out, f)
	}
	return out, g.full
}

// accounts finds by account, page, site and address. An account that more contacts than maxClaims
// have on file, a company's for example, is taken out of the author.
func (g *gathering) accounts(a *author) {
	if a.native != "" && !g.near(textKey(keyNative, a.network, a.native)) {
		a.native, a.crowded = "", true
	}
	if a.handle != "" && !g.near(textKey(keyHandle, a.network, a.handle)) {
		a.handle, a.crowded = "", true
	}
	for _, pages := range [][]page{a.pages, a.claimed} {
		for i := range pages {
			pages[i].crowded = !g.near(textKey(keyPage, "", pages[i].text))
			if pages[i].root {
				g.near(textKey(keyHost, "", pages[i].host))
			}
		}
	}
	if a.network == "bluesky" && a.handle != "" {
		g.near(textKey(keyHost, "", a.handle))
	}
	for _, mail := range a.mails {
		g.near(key(keyMail, uint64(mail), 0, 0))
	}
	if a.skeleton != 0 && !g.near(key(keySkeleton, uint64(a.skeleton), 0, 0)) {
		a.skeleton = 0
	}
}

// names finds by the name shown: any of its words may be the surname.
func (g *gathering) names(a *author) {
	if a.name.company {
		return
	}
	for i, w := range a.name.words {
		if n := a.words[i]; n != 0 && g.x.words.asLast[n] > 0 {
			g.surname(a, n, i)
		}
		if a.words[i] != 0 {
			g.given(a, a.words[i])
		}
		for _, nick := range nicknames[w] {
			if n := g.x.words.find(nick); n != 0 {
				g.given(a, n)
			}
		}
	}
	if a.person {
		g.soundsLike(a)
	}
}

// surname finds with the i-th word as the surname.
func (g *gathering) surname(a *author, last uint32, i int) {
	alone := len(a.name.words) == 1
	for j, w := range a.name.words {
		if j == i {
			continue
		}
		if a.words[j] != 0 {
			g.whole(last, a.words[j])
		}
		for _, nick := range nicknames[w] {
			if n := g.x.words.find(nick); n != 0 {
				g.whole(last, n)
			}
		}
		g.places(a, last, w[0])
	}
	for _, initial := range a.name.initials {
		g.block(nameKey(keyInitial, last, uint32(initial)))
		g.places(a, last, initial)
	}
	if alone && len(a.name.initials) == 0 {
		g.block(nameKey(keySurname, last, 0))
	}
	g.employer(a, last)
}

func (g *gathering) places(a *author, last uint32, initial byte) {
	for _, cities := range [][]uint32{a.cities, a.inBio} {
		for _, city := range cities {
			g.block(placeKey(last, initial, city))
		}
	}
}

func (g *gathering) employer(a *author, last uint32) {
	for _, company := range a.companies {
		g.block(nameKey(keyCompany, last, company))
	}
	for _, hosts := range [][]uint32{a.hosts, a.verified} {
		for _, host := range hosts {
			g.block(nameKey(keySite, last, host))
		}
	}
}

func (g *gathering) given(a *author, first uint32) {
	for _, company := range a.companies {
		g.block(nameKey(keyGivenCompany, first, company))
	}
	for _, hosts := range [][]uint32{a.hosts, a.verified} {
		for _, host := range hosts {
			g.block(nameKey(keyGivenSite, first, host))
		}
	}
}

// maxNeighbours is how many surnames one letter away are tried.
const maxNeighbours = 8

// soundsLike finds by sound, and by surnames one letter away, for a name that is misspelt here or
// on file.
func (g *gathering) soundsLike(a *author) {
	words := a.name.words
	if len(words) < 2 {
		return
	}
	last, first := len(words)-1, 0
	if a.name.turned {
		last, first = 0, 1
	}
	if sound, ok := soundKey(words[last], words[first]); ok {
		g.block(sound)
	}
	if n := a.words[last]; n != 0 && g.x.words.asLast[n] > 2 {
		return // not misspelt
	}
	g.x.neighbours(words[last], func(n uint32) {
		if a.words[first] != 0 {
			g.whole(n, a.words[first])
		}
		g.places(a, n, words[first][0])
		g.employer(a, n)
	})
}

// neighbours yields surnames that differ from a word by one letter.
func (x *Index) neighbours(word string, yield func(uint32)) {
	var seen [maxNeighbours]uint32
	n := 0
	eachDeletion(word, func(key uint32) {
		h := x.deletions.find(key)
		if n == maxNeighbours || h.count > maxBlock {
			return
		}
		x.deletions.each(h, maxBlock, func(w uint32) {
			if n < maxNeighbours && !slices.Contains(seen[:n], w) && x.words.at(w) != word && similar(x.words.at(w), word) {
				seen[n] = w
				n++
			}
		})
	})
	for _, w := range seen[:n] {
		yield(w)
	}
}

// handle finds by the names in the handle.
func (g *gathering) handle(a *author) {
	for i := range a.hits.names {
		h := &a.hits.names[i]
		switch {
		case h.given != 0:
			g.whole(h.last, h.given)
			for _, nick := range nicknames[g.x.words.at(h.given)] {
				if n := g.x.words.find(nick); n != 0 {
					g.whole(h.last, n)
				}
			}
			g.places(a, h.last, g.x.words.at(h.given)[0])
		case h.initial != 0:
			g.block(nameKey(keyInitial, h.last, uint32(h.initial)))
			g.places(a, h.last, h.initial)
		}
		if h.given == 0 {
			g.block(nameKey(keySurname, h.last, 0))
		}
		for j := range a.name.words {
			if n := a.words[j]; n != 0 {
				g.whole(h.last, n)
				g.places(a, h.last, a.name.words[j][0])
			}
		}
		g.employer(a, h.last)
	}
	for _, first := range a.hits.given {
		g.given(a, first)
	}
}
