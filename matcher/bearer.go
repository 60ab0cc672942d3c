package matcher

import (
	"hash/maphash"
	"slices"

	"github.com/groundswell/groundswell/post"
)

// maxBearers is how many accounts under one handle are told apart.
const maxBearers = 16

// Bears notes that an account was seen under its handle. Where several accounts were, the handle was
// taken over: the contact who has it on file is one of them at most, and none is linked by it alone.
// Only handles on file are kept. The account is the network's id, or whatever tells accounts apart.
func (x *Index) Bears(network string, author *post.Author, account string) {
	key := textKey(keyHandle, network, foldHandle(network, author.Handle, author.URL, author.ID))
	bearer := uint32(maphash.String(seed, account))
	if author.Handle == "" || account == "" || !x.newBearer(key, bearer) {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.bearers == nil {
		x.bearers = make(map[uint32][]uint32)
	}
	x.bearers[key] = append(x.bearers[key], bearer)
	if len(x.bearers[key]) > 1 { // one alone changes no answer
		x.changes++
	}
}

func (x *Index) newBearer(key, bearer uint32) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	known := x.bearers[key]
	return x.keys.find(key).count > 0 && len(known) < maxBearers && !slices.Contains(known, bearer)
}
