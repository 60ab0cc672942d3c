package matcher

import (
	"hash/maphash"
	"unsafe"
)

// seed keys every hash of this process. E-mail addresses are kept and compared only under it.
var seed = maphash.MakeSeed()

// A vocabulary keeps each distinct text once and numbers them; 0 is the empty text. A million
// contacts share a few hundred thousand names, companies and cities. Texts are never taken out.
type vocabulary struct {
	text  []byte
	ends  []uint32 // where the i-th text ends; it begins where the one before ends
	table []uint32 // numbers, by hash, with open addressing; 0 is free
}

// at returns the i-th text. It shares the vocabulary's memory, which never changes: texts are only
// appended, and when they move the old memory stays as long as it is used.
func (v *vocabulary) at(i uint32) string {
	if i == 0 {
		return ""
	}
	from := v.ends[i-1]
	b := v.text[from:v.ends[i]]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// find returns the number of a text; 0 when it is not there.
func (v *vocabulary) find(s string) uint32 {
	if len(v.table) == 0 || s == "" {
		return 0
	}
	i, _ := v.place(s)
	return i
}

func (v *vocabulary) place(s string) (number uint32, at int) {
	mask := len(v.table) - 1
	for at = int(maphash.String(seed, s)) & mask; ; at = (at + 1) & mask {
		if number = v.table[at]; number == 0 || v.at(number) == s {
			return number, at
		}
	}
}

// put returns the number of a text and says whether it is new.
func (v *vocabulary) put(s string) (number uint32, fresh bool) {
	if s == "" {
		if len(v.ends) == 0 {
			v.ends = append(v.ends, 0)
		}
		return 0, false
	}
	if 4*(len(v.ends)+2) > 3*len(v.table) {
		v.grow()
	}
	number, at := v.place(s)
	if number != 0 {
		return number, false
	}
	number = uint32(len(v.ends))
	v.table[at] = number
	v.text = append(v.text, s...)
	v.ends = append(v.ends, uint32(len(v.text)))
	return number, true
}

func (v *vocabulary) grow() {
	if len(v.ends) == 0 {
		v.ends = append(v.ends, 0)
	}
	v.table = make([]uint32, max(64, 2*len(v.table)))
	for i := 1; i < len(v.ends); i++ {
		_, at := v.place(v.at(uint32(i)))
		v.table[at] = uint32(i)
	}
}

// counted is a vocabulary that knows how many contacts bear each text.
type counted struct {
	vocabulary
	count []uint32
	total int // sum of the counts
}

func (c *counted) add(i uint32, n int) {
	if i == 0 {
		return
	}
	for len(c.count) < len(c.ends) {
		c.count = append(c.count, 0)
	}
	c.count[i] = uint32(int(c.count[i]) + n)
	c.total += n
}

func (c *counted) of(i uint32) int {
	if int(i) >= len(c.count) {
		return 0
	}
	return int(c.count[i])
}

// A column keeps the texts of one field as they are on file, and beside each the number of its
// comparable form, so that a name is folded once and not a thousand times.
type column struct {
	raw  vocabulary
	keys []uint32
}

func (c *column) put(s string, key func(string) uint32) (raw, k uint32) {
	raw, fresh := c.raw.put(s)
	if raw == 0 {
		return 0, 0
	}
	if fresh {
		for len(c.keys) < int(raw) {
			c.keys = append(c.keys, 0)
		}
		c.keys = append(c.keys, key(s))
	}
	return raw, c.keys[raw]
}
