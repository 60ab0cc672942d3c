package matcher

import (
	"hash/maphash"
	"sync"

	"github.com/groundswell/groundswell/post"
	lru "github.com/hashicorp/golang-lru/v2"
)

// A memory keeps the answers about the authors seen last. Those who talk much are asked about with
// every post. Any change of contacts, model or settings empties it, so it is never out of date.
type memory struct {
	mu      sync.Mutex
	answers *lru.Cache[uint64, Match]
	at      uint64 // the changes it is of
}

// Remember makes Resolve keep the answers about the n authors it was last asked about; 0 keeps none.
func (x *Index) Remember(n int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.memory = nil
	if answers, err := lru.New[uint64, Match](n); err == nil { // n is positive
		x.memory = &memory{answers: answers}
	}
}

// key is a hash of all that Resolve looks at.
func (*memory) key(network string, a *post.Author) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, s := range [...]string{network, a.ID, a.Handle, a.Name, a.URL, a.Bio, a.Location} {
		h.WriteString(s)
		h.WriteByte(0)
	}
	for _, s := range a.VerifiedLinks {
		h.WriteString(s)
		h.WriteByte(0)
	}
	return h.Sum64()
}

func (m *memory) recall(key, changes uint64) (Match, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at != changes {
		m.answers.Purge()
		m.at = changes
	}
	return m.answers.Get(key)
}

func (m *memory) keep(key uint64, answer Match) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answers.Add(key, answer)
}
