package matcher

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
)

// dupModel is what is learnt of a file: for each field, how often each level is found where two
// rows are one person (m) and by chance (u), in bits of m/u; of equal values, m only, because
// chance is each value's own.
type dupModel struct {
	prior  float64 // bits: of any two rows being one person
	m, u   [maxFields][dupLevels]float64
	weight [maxFields][dupLevels]float64
}

const (
	chancePairs  = 300_000
	samplePairs  = 400_000
	sampleBlocks = 8 // of a large file one block in so many is sampled
	fitRounds    = 40
	leastChance  = 3e-4
)

// firstM is what fitting begins with.
var firstM = [dupLevels]float64{0, 0.75, 0.10, 0.06, 0.01, 0.08}

// chance counts how often rows agree that have nothing to do with each other.
func (t *Records) chance() {
	r := rand.New(rand.NewPCG(1, 2))
	var count [maxFields][dupLevels]float64
	for range chancePairs {
		a, b := uint32(r.IntN(t.n)), uint32(r.IntN(t.n))
		if a == b {
			continue
		}
		l := t.compare(a, b)
		for i := range t.fields {
			count[i][l.at(i)]++
		}
	}
	for i := range t.fields {
		total := 1.0
		for l := 1; l < dupLevels; l++ {
			total += count[i][l]
		}
		for l := 1; l < dupLevels; l++ {
			t.model.u[i][l] = max(leastChance, (count[i][l]+0.5)/total)
		}
	}
}

// sampled is a pair to learn from.
type sampled struct {
	a      uint32
	levels agreement
}

// A sampling keeps pairs evenly, whatever their number: when it is full, every second goes.
type sampling struct {
	pairs []sampledPair
	skip  uint // a pair is kept when so many low bits of its hash are zero
}

type sampledPair struct {
	a, b uint32
}

func (s *sampling) hash(p sampledPair) uint64 {
	h := (uint64(p.a)<<32 | uint64(p.b)) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}

func (s *sampling) add(p sampledPair) {
	if uint(bits.TrailingZeros64(s.hash(p))) < s.skip {
		return
	}
	if len(s.pairs) == samplePairs {
		s.skip++
		kept := s.pairs[:0]
		for _, q := range s.pairs {
			if uint(bits.TrailingZeros64(s.hash(q))) >= s.skip {
				kept = append(kept, q)
			}
		}
		s.pairs = kept
		s.add(p)
		return
	}
	s.pairs = append(s.pairs, p)
}

// A fitting is what a model is fitted on: pairs, and how many each stands for.
type fitting struct {
	pairs  []sampled
	weight float64
}

// sample takes pairs from all blocks to learn from.
func (t *Records) sample(ctx context.Context, progress func(string, float64)) (fitting, error) {
	var kept [workers]sampling
	oneIn := uint64(1)
	if t.n > smallFile {
		oneIn = sampleBlocks
	}
	err := t.pairs(ctx, oneIn, func(part float64) { progress("sample", 0.1*part) }, func(worker int, a, b uint32) {
		kept[worker].add(sampledPair{a, b})
	})
	if err != nil {
		return fitting{}, fmt.Errorf("sample rows: %w", err)
	}
	skip := uint(0)
	for i := range kept {
		skip = max(skip, kept[i].skip)
	}
	f := fitting{weight: math.Exp2(float64(skip)) * float64(oneIn)}
	for i := range kept {
		for _, p := range kept[i].pairs {
			if uint(bits.TrailingZeros64(kept[i].hash(p))) >= skip {
				f.pairs = append(f.pairs, sampled{p.a, t.compare(p.a, p.b)})
			}
		}
	}
	return f, nil
}

// fit estimates m and the share of pairs that are one person by expectation and maximisation.
func (t *Records) fit(f fitting) {
	m := &t.model
	all := float64(t.n) * float64(t.n-1) / 2
	share := 1 / float64(t.n)
	for i := range t.fields {
		m.m[i] = firstM
	}
	m.weigh(len(t.fields), share)
	for range fitRounds {
		var count [maxFields][dupLevels]float64
		sum := 0.0
		for _, p := range f.pairs {
			r := 1 / (1 + math.Exp2(-t.bits(p.levels, p.a)))
			sum += r
			if r < 1e-4 {
				continue
			}
			for i := range t.fields {
				count[i][p.levels.at(i)] += r
			}
		}
		for i := range t.fields {
			total := 0.0
			for l := 1; l < dupLevels; l++ {
				count[i][l] += 20 * firstM[l]
				total += count[i][l]
			}
			for l := 1; l < dupLevels; l++ {
				m.m[i][l] = count[i][l] / total
			}
		}
		before := share
		share = min(0.5, max(0.01/float64(t.n), sum*f.weight/all))
		m.weigh(len(t.fields), share)
		if math.Abs(share-before) < 1e-4*share {
			break
		}
	}
}

func (m *dupModel) weigh(fields int, share float64) {
	m.prior = math.Log2(share / (1 - share))
	for i := range fields {
		for l := 1; l < dupLevels; l++ {
			m.weight[i][l] = math.Log2(m.m[i][l])
			if l != dupSame {
				m.weight[i][l] -= math.Log2(m.u[i][l])
			}
		}
	}
}

// fieldBits is what a field's agreement weighs; of equal values, the rarer the more.
func (t *Records) fieldBits(i int, level uint8, a uint32) float64 {
	w := t.model.weight[i][level]
	if level == dupSame {
		f := &t.fields[i]
		w += float64(f.rare[f.same[f.rows[a]]])
	}
	return w
}

// bits is what speaks for two rows being one person, with the prior.
func (t *Records) bits(l agreement, a uint32) float64 {
	sum := t.model.prior
	for i := range t.fields {
		if level := l.at(i); level != 0 {
			sum += t.fieldBits(i, level, a)
		}
	}
	return sum
}
