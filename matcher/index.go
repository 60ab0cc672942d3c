package matcher

import (
	"bytes"
	"strings"
	"sync"
)

// An Index holds contacts so that Resolve finds them. It is safe for concurrent use; a change is
// seen by the next Resolve.
type Index struct {
	mu       sync.RWMutex
	settings Settings
	changes  uint64 // counts what may change an answer
	memory   *memory
	model    Model
	weights  weights // the model's, in bits

	firsts, lasts, employers, towns column // as they are on file
	words                           names
	companies, cities, hosts        counted
	origins                         origins

	records []record
	free    []uint32
	packed  []byte // what is rarely looked at, see packRest
	scratch []byte
	wasted  int // bytes of packed that belong to nobody any more
	size    int

	bearers map[uint32][]uint32 // accounts seen under a handle on file, by the handle's key

	keys      postings // contacts by key
	deletions postings // surnames by what is left of them without one letter
}

// names are the words and wholes of names, and how many contacts bear each.
type names struct {
	vocabulary
	asFirst, asLast []uint32
	firsts, lasts   rarity
}

func (n *names) put(s string) (uint32, bool) {
	i, fresh := n.vocabulary.put(s)
	for len(n.asLast) < len(n.ends) {
		n.asFirst, n.asLast = append(n.asFirst, 0), append(n.asLast, 0)
	}
	return i, fresh
}

// NewIndex makes an index of contacts.
func NewIndex(contacts []Contact) *Index {
	x := &Index{settings: DefaultSettings()}
	x.SetModel(DefaultModel())
	x.Reserve(len(contacts))
	for i := range contacts {
		x.put(&contacts[i])
	}
	return x
}

// Reserve makes room for n contacts, so that putting them moves nothing.
func (x *Index) Reserve(n int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.size > 0 || n < 1000 {
		return
	}
	x.records = make([]record, 0, n)
	x.packed = make([]byte, 0, 48*n)
	x.keys.reserve(9 * n)
}

// Len is the number of contacts.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.size
}

// Configure sets how sure the matcher has to be.
func (x *Index) Configure(s Settings) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.settings = s
	x.changes++
}

// SetModel sets what evidence weighs.
func (x *Index) SetModel(m Model) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.model, x.weights = m, m.weights()
	x.changes++
}

// Put adds a contact or replaces the one of the same id.
func (x *Index) Put(c Contact) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.put(&c)
}

// Delete removes a contact; one that is not there is no error.
func (x *Index) Delete(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.delete(id)
}

func (x *Index) put(c *Contact) {
	r := x.record(c)
	x.scratch = packRest(x.scratch[:0], c)
	if x.same(cut(c.ID), r) {
		return
	}
	x.changes++
	x.delete(cut(c.ID))
	r.rest = uint32(len(x.packed)) + 1
	x.packed = append(x.packed, x.scratch...)
	var number uint32
	if n := len(x.free); n > 0 {
		number, x.free = x.free[n-1], x.free[:n-1]
		x.records[number] = r
	} else {
		number = uint32(len(x.records))
		x.records = append(x.records, r)
	}
	x.count(&r, 1)
	kept := x.rest(number) // keys are made of what is kept, so that delete makes the same
	x.keysOf(&r, &kept, func(key uint32) { x.keys.add(key, number) })
	x.size++
	if x.size >= fewestOrigins && x.size >= 2*x.origins.size {
		x.learnOrigins()
	}
}

// same says that a contact is on file as it is put: whoever follows a database puts some again.
func (x *Index) same(id string, r record) bool {
	number, ok := x.byID(id)
	if !ok {
		return false
	}
	r.rest = x.records[number].rest
	return r == x.records[number] && bytes.HasPrefix(x.packed[r.rest-1:], x.scratch)
}

// record takes a contact's texts into the vocabularies.
func (x *Index) record(c *Contact) record {
	var r record
	first, last := strings.TrimSpace(c.FirstName), strings.TrimSpace(c.LastName)
	switch {
	case namesCompany(c):
		first, last, r.flags = "", "", flagCompany
	case first == "" && last == "":
		first, last = splitName(c.DisplayName)
	case last == "" && strings.ContainsRune(first, ' '):
		first, last = splitName(first)
	case first == "" && strings.ContainsAny(last, " ,"):
		if f, l := splitName(last); f != "" && !particles[strings.ToLower(f)] {
			first, last = f, l
		}
	}
	r.first, r.firstKey = x.firsts.put(cut(first), x.nameWord)
	r.last, r.lastKey = x.lasts.put(cut(last), x.nameWord)
	r.company, r.companyKey = x.employers.put(cut(c.Company), func(s string) uint32 {
		i, _ := x.companies.put(companyForm(s))
		return i
	})
	r.city, r.cityKey = x.towns.put(cut(c.City), func(s string) uint32 {
		i, _ := x.cities.put(cityForm(s))
		return i
	})
	host := companyHost(c.Domain)
	if _, mail, ok := strings.Cut(c.Email, "@"); ok && host == "" {
		host = companyHost(mail)
	}
	r.hostKey, _ = x.hosts.put(host)
	r.mail, r.local = mailHash(c.Email), localHash(c.Email)
	if len(c.Profiles) > 0 {
		r.flags |= flagProfiles
	}
	return r
}

// nameWord takes a name into the words, whole and word by word.
func (x *Index) nameWord(s string) uint32 {
	form := nameForm(s)
	whole, _ := x.words.put(form)
	if strings.IndexByte(form, ' ') >= 0 {
		for _, w := range strings.Fields(form) {
			x.words.put(w)
		}
	}
	return whole
}

// count adds n to the counts of everything in a record. A surname that was not there before is
// found by its deletions from then on.
func (x *Index) count(r *record, n int) {
	x.companies.add(r.companyKey, n)
	x.cities.add(r.cityKey, n)
	x.hosts.add(r.hostKey, n)
	x.eachWord(r.firstKey, func(w uint32) {
		before := int(x.words.asFirst[w])
		x.words.asFirst[w] = uint32(before + n)
		x.words.firsts.move(before, before+n)
	})
	x.eachWord(r.lastKey, func(w uint32) {
		before := int(x.words.asLast[w])
		x.words.asLast[w] = uint32(before + n)
		x.words.lasts.move(before, before+n)
		if n > 0 && before == 0 {
			eachDeletion(x.words.at(w), func(key uint32) { x.deletions.add(key, w) })
		}
		if n < 0 && x.words.asLast[w] == 0 {
			eachDeletion(x.words.at(w), func(key uint32) { x.deletions.remove(key, w) })
		}
	})
}

// eachWord yields the words of a name: one for most, several for Müller-Lüdenscheidt.
func (x *Index) eachWord(name uint32, yield func(uint32)) {
	if name == 0 {
		return
	}
	text := x.words.at(name)
	if strings.IndexByte(text, ' ') < 0 {
		yield(name)
		return
	}
	for w := range strings.FieldsSeq(text) {
		if i := x.words.find(w); i != 0 {
			yield(i)
		}
	}
}

// eachDeletion yields the keys of a surname's neighbourhood: itself, and without each letter.
func eachDeletion(word string, yield func(uint32)) {
	if len(word) < 4 || len(word) > 24 {
		return
	}
	yield(textKey(keyDeletion, "", word))
	var buf [24]byte
	for i := range len(word) {
		if i > 0 && word[i] == word[i-1] {
			continue
		}
		b := append(append(buf[:0], word[:i]...), word[i+1:]...)
		yield(textKey(keyDeletion, "", string(b)))
	}
}

func (x *Index) delete(id string) {
	number, ok := x.byID(id)
	if !ok {
		return
	}
	x.changes++
	r, c := x.records[number], x.rest(number)
	x.keysOf(&r, &c, func(key uint32) { x.keys.remove(key, number) })
	x.count(&r, -1)
	x.wasted += 16 + len(c.ID) + len(c.DisplayName) + len(c.URL)
	x.records[number] = record{}
	x.free = append(x.free, number)
	x.size--
	if x.wasted > 1<<24 && x.wasted > len(x.packed)/2 {
		x.compact()
	}
}

// compact takes out of packed what belongs to nobody any more.
func (x *Index) compact() {
	var packed []byte
	for i := range x.records {
		if r := &x.records[i]; r.rest != 0 {
			c := x.rest(uint32(i))
			r.rest = uint32(len(packed)) + 1
			packed = packRest(packed, &c)
		}
	}
	x.packed, x.wasted = packed, 0
}

func (x *Index) byID(id string) (number uint32, ok bool) {
	x.keys.each(x.keys.find(textKey(keyID, "", id)), maxBlock, func(n uint32) {
		if !ok && x.idOf(n) == id {
			number, ok = n, true
		}
	})
	return number, ok
}

func (x *Index) idOf(number uint32) string {
	u := unpacking{x.packed[x.records[number].rest-1:]}
	return u.field()
}

// rest is what packRest keeps of a contact.
func (x *Index) rest(number uint32) (c Contact) {
	u := unpacking{x.packed[x.records[number].rest-1:]}
	u.rest(&c)
	return c
}
