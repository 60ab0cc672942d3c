package sentiment

import "strings"

// rows finds the row of a word in a model: first the English words, then the German ones, then the signs.
type rows struct {
	words *lexicon
	signs map[string]int32
	count int
}

// nobody is the row of a word that no list has.
const nobody int32 = -1

func newRows(signs []string) *rows {
	r := &rows{words: embeddedWords(), signs: make(map[string]int32, len(signs))}
	r.count = r.listed()
	for _, s := range signs {
		r.signs[s] = int32(r.count)
		r.count++
	}
	return r
}

// listed is how many words the lists have.
func (r *rows) listed() int { return len(r.words.english) + len(r.words.german) }

// list has the words by their row.
func (r *rows) list() []string {
	list := make([]string, r.count)
	copy(list[copy(list, r.words.english):], r.words.german)
	for w, row := range r.signs {
		list[row] = w
	}
	return list
}

// of appends the row of each word of a text.
func (r *rows) of(into []int32, t *text, language string) []int32 {
	for i, w := range t.words {
		into = append(into, r.row(w, t.lexemes[i], language))
	}
	return into
}

// row is that of a word in a text's language. Germans use English words, too.
func (r *rows) row(w string, l lexeme, language string) int32 {
	switch {
	case language == "de" && l.german >= 0:
		return int32(len(r.words.english)) + l.german
	case l.english >= 0:
		return l.english
	case isSign(w):
		if row, ok := r.signs[w]; ok {
			return row
		}
	case language == "en":
		if name, ok := strings.CutSuffix(w, "'s"); ok {
			return r.words.find(name).english
		}
	}
	return nobody
}

// isSign says that a word is no word: an emoji, an emoticon, "!", "?" or what stands for a URL.
func isSign(w string) bool { return w[0] == '<' || w[0] == '!' || w[0] == '?' || w[0] >= 0xe2 }

func slot(language string) int {
	if language == "de" {
		return 1
	}
	return 0
}
