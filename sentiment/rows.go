package sentiment

import (
	"hash/crc32"
	"strings"
	"sync"
)

// rows finds the row of a word in a model: first the English words, then the German ones, then the signs.
type rows struct {
	english, german vocabulary
	signs           map[string]int32
	count           int
}

// nobody is the row of a word that no list has.
const nobody int32 = -1

// vocabularySum is a checksum of the lists of words.
var vocabularySum = sync.OnceValue(func() uint32 {
	return crc32.Update(crc32.ChecksumIEEE([]byte(englishWords)), crc32.IEEETable, []byte(germanWords))
})

func newRows(signs []string) *rows {
	r := &rows{english: english(), german: german(), signs: make(map[string]int32, len(signs))}
	r.count = len(r.english) + len(r.german)
	for _, s := range signs {
		r.signs[s] = int32(r.count)
		r.count++
	}
	return r
}

// list has the words by their row.
func (r *rows) list() []string {
	list := make([]string, r.count)
	for w, row := range r.english {
		list[row] = w
	}
	for w, row := range r.german {
		list[len(r.english)+int(row)] = w
	}
	for w, row := range r.signs {
		list[row] = w
	}
	return list
}

// of appends the row of each word of a text.
func (r *rows) of(into []int32, words []string, language string) []int32 {
	for _, w := range words {
		into = append(into, r.row(w, language))
	}
	return into
}

func (r *rows) row(w, language string) int32 {
	if isSign(w) {
		if row, ok := r.signs[w]; ok {
			return row
		}
		return nobody
	}
	if language == "de" {
		return r.inGerman(w)
	}
	if row, ok := r.english[w]; ok {
		return row
	}
	if name, ok := strings.CutSuffix(w, "'s"); ok {
		if row, ok := r.english[name]; ok {
			return row
		}
	}
	return nobody
}

// inGerman looks for the word, its other spelling, the English word that Germans use, and the last
// part of a compound, which says what kind of thing it is.
func (r *rows) inGerman(w string) int32 {
	offset := int32(len(r.english))
	if row, ok := r.german[w]; ok {
		return offset + row
	}
	if spelt := umlauts.Replace(w); spelt != w {
		if row, ok := r.german[spelt]; ok {
			return offset + row
		}
	}
	if strings.Contains(w, "ss") {
		if row, ok := r.german[strings.ReplaceAll(w, "ss", "ß")]; ok {
			return offset + row
		}
	}
	if row, ok := r.english[w]; ok {
		return row
	}
	if parts := compound(w); len(parts) > 1 {
		last := parts[len(parts)-1]
		if row, ok := r.german[last]; ok {
			return offset + row
		}
		if row, ok := r.german[strings.TrimSuffix(last, "s")]; ok {
			return offset + row
		}
	}
	return nobody
}

// umlauts writes them as letters of their own where a keyboard had none.
var umlauts = strings.NewReplacer("ae", "ä", "oe", "ö", "ue", "ü")

// isSign says that a word is no word: an emoji, an emoticon, "!", "?" or what stands for a URL.
func isSign(w string) bool { return w[0] == '<' || w[0] == '!' || w[0] == '?' || w[0] >= 0xe2 }

func slot(language string) int {
	if language == "de" {
		return 1
	}
	return 0
}
