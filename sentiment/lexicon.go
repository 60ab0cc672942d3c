package sentiment

import (
	_ "embed"
	"hash/crc32"
	"math/bits"
	"strings"
	"sync"
)

// The words of each language, lower case, the most frequent first (docs/sentiment.md says from where).
var (
	//go:embed models/en.txt
	englishWords string
	//go:embed models/de.txt
	germanWords string
)

// A lexeme is what is known of a word: its rank in each language's list, from 0, or −1, what it does
// to its clause, and its number among the words of the phrases that intents are read by, from 1.
type lexeme struct {
	tag             uint32
	english, german int32
	role            role
	phrase          uint16
}

// A role is what a word does to its clause, and what it says of the author.
type role uint16

const (
	roleNegates role = 1 << iota
	roleTurns
	roleDenies   // a phrase that stands before it
	rolePersonal // speaks of the author, or to somebody
)

var unknownWord = lexeme{english: -1, german: -1}

// A lexicon is an open table of the words of both lists. It does not keep the words: one that is
// in no list is taken for one that is once in 2^32 times.
type lexicon struct {
	slots   []lexeme
	shift   int
	english []string // by rank
	german  []string
}

// embeddedWords is the lexicon of the embedded lists.
var embeddedWords = sync.OnceValue(func() *lexicon {
	x := &lexicon{slots: make([]lexeme, 1<<17), shift: 64 - 17, english: strings.Fields(englishWords), german: strings.Fields(germanWords)}
	for rank, w := range x.english {
		x.slot(w).english = int32(rank)
	}
	for rank, w := range x.german {
		x.slot(w).german = int32(rank)
	}
	for rank, w := range x.german {
		for _, r := range [...]*strings.Replacer{withoutUmlauts, withoutEszett, withoutBoth} {
			if s := x.slot(r.Replace(w)); s.german < 0 {
				s.german = int32(rank)
			}
		}
	}
	for role, words := range map[role]string{roleNegates: negators, roleTurns: turners, roleDenies: deniers, rolePersonal: personal} {
		for w := range strings.FieldsSeq(words) {
			x.slot(w).role |= role
		}
	}
	for i, w := range phraseWords() {
		x.slot(w).phrase = uint16(i + 1)
	}
	return x
})

// How keyboards without them spell umlauts and ß.
var (
	withoutUmlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue")
	withoutEszett  = strings.NewReplacer("ß", "ss")
	withoutBoth    = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss")
)

// wordListSum is a checksum of the lists of words.
var wordListSum = sync.OnceValue(func() uint32 {
	return crc32.Update(crc32.ChecksumIEEE([]byte(englishWords)), crc32.IEEETable, []byte(germanWords))
})

// find looks a word up.
func (x *lexicon) find(w string) lexeme {
	h := hash(w)
	tag := uint32(h) | 1
	for at := h >> x.shift; ; at++ {
		s := &x.slots[at&uint64(len(x.slots)-1)]
		switch s.tag {
		case tag:
			return *s
		case 0:
			return unknownWord
		}
	}
}

// findAll appends what find says of each word. That the lexicon's lines come into the cache beside
// each other makes this faster than to find each word when it is met.
func (x *lexicon) findAll(into []lexeme, words []string) []lexeme {
	for _, w := range words {
		into = append(into, x.find(w))
	}
	return into
}

// slot is where a word stands, or will.
func (x *lexicon) slot(w string) *lexeme {
	h := hash(w)
	tag := uint32(h) | 1
	for at := h >> x.shift; ; at++ {
		s := &x.slots[at&uint64(len(x.slots)-1)]
		if s.tag == 0 {
			*s = unknownWord
			s.tag = tag
		}
		if s.tag == tag {
			return s
		}
	}
}

// known says that a word is one of either language.
func (x *lexicon) known(w string) bool {
	l := x.find(w)
	return l.english >= 0 || l.german >= 0
}

// commoner says that word a is more frequent than b in a language.
func (x *lexicon) commoner(a, b string) bool {
	l, m := x.find(a), x.find(b)
	return l.english >= 0 && (m.english < 0 || l.english < m.english) || l.german >= 0 && (m.german < 0 || l.german < m.german)
}

// hash mixes a word eight bytes at a time, by a product's two halves (as wyhash does).
func hash(w string) uint64 {
	h := uint64(len(w)) ^ 0x9e3779b97f4a7c15
	for len(w) >= 8 {
		h = mix(h, eight(w))
		w = w[8:]
	}
	var tail uint64
	switch n := len(w); {
	case n >= 4:
		tail = uint64(four(w)) | uint64(four(w[n-4:]))<<32
	case n > 0:
		tail = uint64(w[0]) | uint64(w[n/2])<<8 | uint64(w[n-1])<<16
	}
	return mix(h, tail)
}

func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a^0xa0761d6478bd642f, b^0xe7037ed1a0b428db)
	return high ^ low
}

func four(w string) uint32 {
	_ = w[3]
	return uint32(w[0]) | uint32(w[1])<<8 | uint32(w[2])<<16 | uint32(w[3])<<24
}

func eight(w string) uint64 { return uint64(four(w)) | uint64(four(w[4:]))<<32 }
