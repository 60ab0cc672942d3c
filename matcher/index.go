package matcher

import (
	"hash/maphash"
	"slices"
	"sync"

	"github.com/groundswell/groundswell/post"
)

// An Index holds contacts so that Resolve finds them. It is safe for concurrent use; a change is
// seen by the next Resolve.
type Index struct {
	mu       sync.RWMutex
	seed     maphash.Seed
	slots    []string // packed contacts; "" where one was deleted
	free     []int32
	postings map[uint64]int32 // key → slot, or -1-i for lists[i]
	lists    [][]int32
	freeList []int32
	size     int
	settings Settings
}

// Kinds of keys. A key is the hash of its kind and text, so a lookup may find a contact that is
// none; evidence is always taken from the contact itself.
const (
	keyID     = 'i'
	keyNative = 'n' // network and account id
	keyHandle = 'h' // network and handle
	keyPage   = 'u' // a page of theirs: own or profile
	keyHost   = 'd' // host of the own page
	keyName   = 'f' // the words of a name
)

// NewIndex makes an index of contacts.
func NewIndex(contacts []Contact) *Index {
	x := &Index{seed: maphash.MakeSeed(), settings: DefaultSettings(), postings: make(map[uint64]int32, 4*len(contacts))}
	for i := range contacts {
		x.put(&contacts[i])
	}
	return x
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
	x.delete(c.ID)
	packed := pack(c)
	kept := unpack(packed) // keys are made of what is kept, so that delete makes the same
	var slot int32
	if n := len(x.free); n > 0 {
		slot, x.free = x.free[n-1], x.free[:n-1]
		x.slots[slot] = packed
	} else {
		slot = int32(len(x.slots))
		x.slots = append(x.slots, packed)
	}
	for _, key := range x.keys(&kept) {
		x.add(key, slot)
	}
	x.size++
}

func (x *Index) delete(id string) {
	slot, c, ok := x.byID(id)
	if !ok {
		return
	}
	for _, key := range x.keys(&c) {
		x.remove(key, slot)
	}
	x.slots[slot] = ""
	x.free = append(x.free, slot)
	x.size--
}

func (x *Index) byID(id string) (int32, Contact, bool) {
	var buf [1]int32
	for _, slot := range x.find(&buf, keyID, "", id) {
		if c := unpack(x.slots[slot]); c.ID == id {
			return slot, c, true
		}
	}
	return 0, Contact{}, false
}

// keys are all the keys a contact stands under, each once.
func (x *Index) keys(c *Contact) []uint64 {
	keys := make([]uint64, 0, 8)
	keys = append(keys, x.key(keyID, "", c.ID))
	for _, p := range c.Profiles {
		if id := foldNative(p.Network, p.NativeID); id != "" {
			keys = append(keys, x.key(keyNative, p.Network, id))
		}
		if h := foldHandle(p.Network, p.Handle, p.URL); h != "" {
			keys = append(keys, x.key(keyHandle, p.Network, h))
		}
		if page, ok := readPage(p.URL); ok {
			keys = append(keys, x.key(keyPage, "", page.text))
		}
	}
	if page, ok := readPage(c.URL); ok {
		keys = append(keys, x.key(keyPage, "", page.text), x.key(keyHost, "", page.host))
	}
	for _, name := range c.names() {
		if k := nameKey(name); k != "" {
			keys = append(keys, x.key(keyName, "", k))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func (x *Index) key(kind byte, network, text string) uint64 {
	var h maphash.Hash
	h.SetSeed(x.seed)
	h.WriteByte(kind)
	h.WriteString(network)
	h.WriteByte(0)
	h.WriteString(text)
	return h.Sum64()
}

func (x *Index) add(key uint64, slot int32) {
	have, ok := x.postings[key]
	switch {
	case !ok:
		x.postings[key] = slot
	case have < 0:
		x.lists[-1-have] = append(x.lists[-1-have], slot)
	default:
		list := []int32{have, slot}
		if n := len(x.freeList); n > 0 {
			i := x.freeList[n-1]
			x.freeList = x.freeList[:n-1]
			x.lists[i] = list
			x.postings[key] = -1 - i
			return
		}
		x.lists = append(x.lists, list)
		x.postings[key] = int32(-len(x.lists))
	}
}

func (x *Index) remove(key uint64, slot int32) {
	have, ok := x.postings[key]
	switch {
	case !ok:
	case have == slot:
		delete(x.postings, key)
	case have < 0:
		i := -1 - have
		list := x.lists[i]
		if at := slices.Index(list, slot); at >= 0 {
			list[at] = list[len(list)-1]
			list = list[:len(list)-1]
		}
		x.lists[i] = list
		if len(list) == 1 {
			x.postings[key] = list[0]
			x.lists[i] = nil
			x.freeList = append(x.freeList, i)
		}
	}
}

// find returns the slots under a key; one alone is put into buf, so that nothing is allocated.
func (x *Index) find(buf *[1]int32, kind byte, network, text string) []int32 {
	have, ok := x.postings[x.key(kind, network, text)]
	switch {
	case !ok:
		return nil
	case have < 0:
		return x.lists[-1-have]
	default:
		buf[0] = have
		return buf[:]
	}
}

// An author is one prepared for comparing.
type author struct {
	*post.Author
	network string
	native  string
	handle  string
	pages   []page // that the network has verified
	name    string // key
	context string // folded name, bio and location; made when it is needed
	place   string // folded location and bio
}

func prepare(network string, a *post.Author) author {
	address := a.URL
	if address == "" {
		address = a.ID
	}
	p := author{
		Author:  a,
		network: network,
		native:  foldNative(network, a.ID),
		handle:  foldHandle(network, a.Handle, address),
		name:    nameKey(a.Name),
	}
	for _, link := range a.VerifiedLinks[:min(len(a.VerifiedLinks), maxProfiles)] {
		if page, ok := readPage(link); ok {
			p.pages = append(p.pages, page)
		}
	}
	return p
}
