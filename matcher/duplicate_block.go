package matcher

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// A part of a key: a field's form, or its coarse form.
type keyPart struct {
	field int
	token bool
}

// A blocking is two parts that rows have to share to be compared; the second may be missing.
type blocking struct{ a, b keyPart }

const (
	maxBlockings = 63
	allPairs     = 2500 // rows of which every pair is compared
	smallFile    = 200_000
	blockOfSmall = 120 // rows of a block that are compared with each other, at most
	blockOfLarge = 40
)

func (t *Records) part(p keyPart, row uint32) uint32 {
	f := &t.fields[p.field]
	if p.token {
		return f.token[f.rows[row]]
	}
	return f.same[f.rows[row]]
}

// key is what a row has of a blocking; 0 when something is missing.
func (t *Records) key(k *blocking, row uint32) uint64 {
	a := t.part(k.a, row)
	if a == 0 || k.b.field < 0 {
		return uint64(a)
	}
	b := t.part(k.b, row)
	if b == 0 {
		return 0
	}
	return uint64(a)<<32 | uint64(b)
}

// blockings are what rows may share: a value that few have, two values, or two coarse ones.
func (t *Records) blockings() (all []blocking) {
	none := keyPart{field: -1}
	for i := range t.fields {
		if f := &t.fields[i]; 5*len(f.rare) > t.columns[f.column].filled {
			all = append(all, blocking{keyPart{i, false}, none})
		}
	}
	var coarse, mixed []blocking
	for i := range t.fields {
		for j := i + 1; j < len(t.fields); j++ {
			all = append(all, blocking{keyPart{i, false}, keyPart{j, false}})
			if t.fields[i].role != rolePlace || t.fields[j].role != rolePlace {
				coarse = append(coarse, blocking{keyPart{i, true}, keyPart{j, true}})
				mixed = append(mixed, blocking{keyPart{i, false}, keyPart{j, true}}, blocking{keyPart{i, true}, keyPart{j, false}})
			}
		}
	}
	all = append(append(all, coarse...), mixed...)
	return all[:min(len(all), maxBlockings)]
}

// pairs yields every pair of rows that share a blocking, each once; from several goroutines at
// once, which worker says. Blocks of more rows than are compared are left out. Of a large file it
// takes one block in so many.
func (t *Records) pairs(ctx context.Context, oneIn uint64, progress func(float64), yield func(worker int, a, b uint32)) error {
	if t.n <= allPairs {
		for a := range t.n {
			for b := a + 1; b < t.n; b++ {
				yield(0, uint32(a), uint32(b))
			}
		}
		return ctx.Err()
	}
	if t.alike { // one block, which is too large: each row is compared with the next
		for a := range t.n - 1 {
			yield(0, uint32(a), uint32(a)+1)
		}
		return ctx.Err()
	}
	most := blockOfSmall
	if t.n > smallFile {
		most = blockOfLarge
	}
	s := &search{t: t, kinds: t.blockings(), crowded: make([]uint64, t.n), most: most, oneIn: oneIn, yield: yield}
	for k := range s.kinds {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.kind(k)
		progress(float64(k+1) / float64(len(s.kinds)))
	}
	return nil
}

// A search goes through the blockings.
type search struct {
	t       *Records
	kinds   []blocking
	crowded []uint64 // of each row: the blockings in which it stands in a block of too many
	most    int
	oneIn   uint64
	yield   func(worker int, a, b uint32)
	rows    []keyed
}

type keyed struct {
	key uint64
	row uint32
}

// workers is on how many goroutines pairs are compared.
const workers = 2

func (s *search) kind(k int) {
	s.rows = s.rows[:0]
	for row := range s.t.n {
		if key := s.t.key(&s.kinds[k], uint32(row)); key != 0 && (s.oneIn == 1 || key*0x9e3779b97f4a7c15>>40%s.oneIn == 0) {
			s.rows = append(s.rows, keyed{key, uint32(row)})
		}
	}
	slices.SortFunc(s.rows, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	var blocks [][]keyed
	for from := 0; from < len(s.rows); {
		to := from + 1
		for to < len(s.rows) && s.rows[to].key == s.rows[from].key {
			to++
		}
		switch {
		case to-from > s.most:
			for _, r := range s.rows[from:to] {
				s.crowded[r.row] |= 1 << k
			}
		case to-from > 1:
			blocks = append(blocks, s.rows[from:to])
		}
		from = to
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for worker := range workers {
		all.Go(func() {
			const some = 256
			for {
				from := int(next.Add(some)) - some
				if from >= len(blocks) {
					return
				}
				for _, block := range blocks[from:min(from+some, len(blocks))] {
					s.block(worker, k, block)
				}
			}
		})
	}
	all.Wait()
}

func (s *search) block(worker, k int, block []keyed) {
	for i := range block {
		for j := i + 1; j < len(block); j++ {
			if a, b := block[i].row, block[j].row; !s.before(k, a, b) {
				s.yield(worker, a, b)
			}
		}
	}
}

// before says that a pair was found by an earlier blocking.
func (s *search) before(k int, a, b uint32) bool {
	for j := range k {
		if s.crowded[a]&(1<<j) == 0 {
			if key := s.t.key(&s.kinds[j], a); key != 0 && key == s.t.key(&s.kinds[j], b) {
				return true
			}
		}
	}
	return false
}

// An edge is a pair of rows with the bits that speak for it.
type edge struct {
	a, b uint32
	bits float32
}

// leastEdge is how many bits a pair has to have to be kept.
const leastEdge = -7

// edges compares all pairs.
func (t *Records) edges(ctx context.Context, progress func(string, float64)) ([]edge, error) {
	var found [workers][]edge
	err := t.pairs(ctx, 1, func(part float64) { progress("pairs", 0.1+0.75*part) }, func(worker int, a, b uint32) {
		if bits := t.bits(t.compare(a, b), a); bits > leastEdge {
			found[worker] = append(found[worker], edge{a, b, float32(bits)})
		}
	})
	if err != nil {
		return nil, fmt.Errorf("compare rows: %w", err)
	}
	return slices.Concat(found[:]...), nil
}
