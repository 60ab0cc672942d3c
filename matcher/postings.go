package matcher

// postings say which numbers stand under a key. Keys are hashes: two texts may share one, so what
// is found has to be compared. Most keys have one number, which stands in the table itself.
type postings struct {
	slots []slot // by key, with open addressing; a power of two of them, at most three quarters used
	used  int
	lists []list
	nodes []node
	spare uint32 // first unused node, plus one
}

type (
	slot struct{ key, ref uint32 }
	list struct{ head, count uint32 }      // head: a node, plus one
	node struct{ number, next uint32 }     // next: a node, plus one
	hits struct{ one, count, head uint32 } // what find found
)

// refs: 0 is a free slot, listBit a list, anything else a number plus one.
const listBit = 1 << 31

func (p *postings) reserve(n int) {
	size := 1024
	for 3*size < 4*n {
		size *= 2
	}
	p.slots = make([]slot, size)
}

func (p *postings) place(key uint32) int {
	mask := len(p.slots) - 1
	at := int(key*0x9e3779b1>>7) & mask
	for p.slots[at].ref != 0 && p.slots[at].key != key {
		at = (at + 1) & mask
	}
	return at
}

func (p *postings) grow() {
	old := p.slots
	p.slots, p.used = make([]slot, max(1024, 2*len(old))), 0
	for _, s := range old {
		if s.ref == 0 || s.ref&listBit != 0 && p.lists[s.ref&^listBit].count == 0 {
			continue
		}
		p.slots[p.place(s.key)] = s
		p.used++
	}
}

func (p *postings) add(key, number uint32) {
	if 4*(p.used+1) > 3*len(p.slots) {
		p.grow()
	}
	s := &p.slots[p.place(key)]
	switch {
	case s.ref == 0:
		*s = slot{key, number + 1}
		p.used++
	case s.ref&listBit == 0:
		first := s.ref - 1
		p.lists = append(p.lists, list{})
		s.ref = uint32(len(p.lists)-1) | listBit
		p.push(s.ref, first)
		p.push(s.ref, number)
	default:
		p.push(s.ref, number)
	}
}

func (p *postings) push(ref, number uint32) {
	l := &p.lists[ref&^listBit]
	n := node{number, l.head}
	if p.spare != 0 {
		l.head = p.spare
		p.spare = p.nodes[l.head-1].next
		p.nodes[l.head-1] = n
	} else {
		p.nodes = append(p.nodes, n)
		l.head = uint32(len(p.nodes))
	}
	l.count++
}

func (p *postings) remove(key, number uint32) {
	if len(p.slots) == 0 {
		return
	}
	s := &p.slots[p.place(key)]
	if s.ref == 0 {
		return
	}
	if s.ref&listBit == 0 {
		if s.ref == number+1 { // the slot stays, for others may have moved past it
			p.lists = append(p.lists, list{})
			s.ref = uint32(len(p.lists)-1) | listBit
		}
		return
	}
	l := &p.lists[s.ref&^listBit]
	for at := &l.head; *at != 0; at = &p.nodes[*at-1].next {
		if i := *at; p.nodes[i-1].number == number {
			*at = p.nodes[i-1].next
			p.nodes[i-1].next, p.spare = p.spare, i
			l.count--
			return
		}
	}
}

// find returns what stands under a key: how many, and where next begins.
func (p *postings) find(key uint32) hits {
	if len(p.slots) == 0 {
		return hits{}
	}
	s := p.slots[p.place(key)]
	switch {
	case s.ref == 0:
		return hits{}
	case s.ref&listBit == 0:
		return hits{one: s.ref, count: 1}
	default:
		l := p.lists[s.ref&^listBit]
		return hits{count: l.count, head: l.head}
	}
}

// each yields at most limit numbers of the hits.
func (p *postings) each(h hits, limit int, yield func(number uint32)) {
	if h.one != 0 {
		yield(h.one - 1)
		return
	}
	for at := h.head; at != 0 && limit > 0; at = p.nodes[at-1].next {
		yield(p.nodes[at-1].number)
		limit--
	}
}
