package sentiment

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/jdkato/prose/v2"
)

// tagger is prose's model of English parts of speech, loaded when it is first needed and shared:
// loading takes far longer than tagging.
var tagger = sync.OnceValues(func() (*prose.Model, error) {
	doc, err := prose.NewDocument("", prose.WithExtraction(false), prose.WithSegmentation(false))
	if err != nil {
		return nil, err
	}
	return doc.Model, nil
})

// maxTopicWords is the length of a phrase that may be a topic.
const maxTopicWords = 3

// Topics are the words and phrases that say what a text is about, each once: hashtags, and in
// English and German nouns and nouns with what describes them. In other languages any word may be
// one. About 6,000 English texts a second, and 100,000 German ones.
func Topics(text, language string) []string {
	clean := normalise(text).clean // bounded, and repeats are collapsed: prose is slow on those
	t := &topics{seen: make(map[string]bool)}
	for field := range strings.FieldsSeq(clean) {
		if field[0] == '#' {
			t.add("#" + strings.ToLower(strings.TrimFunc(field, notInWord)))
		}
	}
	switch plain := withoutMarks(clean); language {
	case "en":
		t.english(plain)
	case "de":
		t.german(plain)
	default:
		for word := range strings.FieldsSeq(plain) {
			t.add(strings.ToLower(strings.TrimFunc(word, notInWord)))
		}
	}
	return t.found
}

// topics gathers what a text is about.
type topics struct {
	found []string
	seen  map[string]bool
}

func (t *topics) add(topic string) {
	if low := strings.ToLower(topic); !t.seen[low] && !stopWords[low] && embeddedWords().find(low).role&rolePersonal == 0 && utf8.RuneCountInString(strings.TrimPrefix(topic, "#")) >= 3 {
		t.seen[low] = true
		t.found = append(t.found, topic)
	}
}

func notInWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }

// english takes prose's nouns, and rows of adjectives and nouns that end with one.
func (t *topics) english(plain string) {
	model, err := tagger()
	if err != nil {
		return // an embedded model that cannot be loaded is found by the tests
	}
	doc, err := prose.NewDocument(plain, prose.WithExtraction(false), prose.WithSegmentation(false), prose.UsingModel(model))
	if err != nil {
		return
	}
	var row []string
	for _, token := range doc.Tokens() {
		word := strings.ToLower(strings.TrimFunc(token.Text, notInWord))
		noun := strings.HasPrefix(token.Tag, "NN")
		switch {
		case word == "" || strings.IndexFunc(token.Text, unicode.IsLetter) != 0 || stopWords[word] || !noun && token.Tag != "JJ":
			row = row[:0]
			continue
		case !noun && len(row) > 0 && t.seen[row[len(row)-1]]:
			row = row[:0] // an adjective behind a noun begins another phrase
		}
		if row = append(row, word); len(row) > maxTopicWords {
			row = row[1:]
		}
		if noun {
			t.add(word)
			t.phrase(row)
		}
	}
}

// phrase adds the last two and three words of a row.
func (t *topics) phrase(row []string) {
	for n := 2; n <= len(row); n++ {
		t.add(strings.Join(row[len(row)-n:], " "))
	}
}

// germanEndings are of nouns; at the beginning of a sentence, where every word has a capital, they
// show one. Other endings show there that it is a verb or an adverb.
var germanEndings = []string{"ung", "ungen", "heit", "keit", "heiten", "keiten", "schaft", "tion", "tionen", "tät", "nis", "tum", "chen", "ling", "ment", "ismus", "ierung"}

var germanVerbEndings = []string{"e", "t", "en", "lich", "ig", "isch", "mal", "s", "er"}

// longNoun is the length from which a German word with a capital is a compound, wherever it stands.
const longNoun = 10

// german takes words with a capital inside a sentence, compounds, and an adjective before them. A
// text without any capital is taken word by word.
func (t *topics) german(plain string) {
	words := strings.Fields(plain)
	small := strings.ToLower(plain) == plain
	begins, before := true, ""
	for _, field := range words {
		word := strings.TrimFunc(field, notInWord)
		low := strings.ToLower(word)
		capital := word != low && word != ""
		switch {
		case low == "" || stopWords[low]:
			before = ""
		case small:
			t.add(low)
		case capital && (!begins || nounLike(low)):
			noun := germanCase(word)
			t.add(noun)
			if before != "" {
				t.add(before + " " + noun)
			}
			before = ""
		case !capital && adjective(low):
			before = low
		default:
			before = ""
		}
		if word != "" {
			begins = strings.ContainsAny(field[len(field)-1:], ".!?:")
		}
	}
}

func nounLike(low string) bool {
	ends := func(endings []string) bool {
		return slices.ContainsFunc(endings, func(end string) bool { return strings.HasSuffix(low, end) && len(low) > len(end)+2 })
	}
	return utf8.RuneCountInString(low) >= longNoun || ends(germanEndings) || !ends(germanVerbEndings)
}

// adjective says that a word has an ending that adjectives before a noun have.
func adjective(low string) bool {
	return len(low) >= 5 && (strings.HasSuffix(low, "e") || strings.HasSuffix(low, "er") || strings.HasSuffix(low, "es") || strings.HasSuffix(low, "em") || strings.HasSuffix(low, "en"))
}

// germanCase writes a noun as it is written where nobody shouts.
func germanCase(word string) string {
	if word != strings.ToUpper(word) || utf8.RuneCountInString(word) < 5 { // WLAN, ÖPNV
		return word
	}
	_, size := utf8.DecodeRuneInString(word)
	return word[:size] + strings.ToLower(word[size:])
}

// withoutMarks leaves out addresses, accounts and hashtags, which are no parts of speech.
func withoutMarks(clean string) string {
	fields := strings.Fields(clean)
	kept := fields[:0]
	for _, f := range fields {
		if !strings.Contains(f, "://") && !strings.HasPrefix(f, "www.") && f[0] != '@' && f[0] != '#' {
			kept = append(kept, f)
		}
	}
	return strings.Join(kept, " ")
}
