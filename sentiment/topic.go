package sentiment

import (
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

// Topics are the words that say what an English text is about: its nouns and hashtags, lower case,
// each once. For other languages it returns nil: nothing is known. About 6,000 texts a second.
func Topics(text, language string) []string {
	if language != "en" {
		return nil
	}
	model, err := tagger()
	if err != nil {
		return nil
	}
	clean := normalise(text).clean // bounded, and repeats are collapsed: prose is slow on those
	doc, err := prose.NewDocument(withoutMarks(clean), prose.WithExtraction(false), prose.WithSegmentation(false), prose.UsingModel(model))
	if err != nil {
		return nil
	}
	topics, seen := []string{}, make(map[string]bool)
	add := func(word string) {
		if word = strings.ToLower(word); !seen[word] && utf8.RuneCountInString(strings.TrimPrefix(word, "#")) >= 3 {
			seen[word] = true
			topics = append(topics, word)
		}
	}
	for _, token := range doc.Tokens() {
		if strings.HasPrefix(token.Tag, "NN") && strings.IndexFunc(token.Text, unicode.IsLetter) == 0 {
			add(strings.TrimFunc(token.Text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }))
		}
	}
	for _, field := range strings.Fields(clean) {
		if tag := strings.TrimRightFunc(field, unicode.IsPunct); strings.HasPrefix(tag, "#") {
			add(tag)
		}
	}
	return topics
}

// withoutMarks leaves out addresses, accounts and hashtags, which are no parts of speech.
func withoutMarks(clean string) string {
	fields := strings.Fields(clean)
	kept := fields[:0]
	for _, f := range fields {
		if !strings.Contains(f, "://") && f[0] != '@' && f[0] != '#' {
			kept = append(kept, f)
		}
	}
	return strings.Join(kept, " ")
}
