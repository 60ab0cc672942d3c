// Package sentiment reads a text: in which language it is, whether it is negative, neutral or
// positive, and what its author wants. It is pure: the same text gives the same reading, and
// nothing is asked of anybody. The models are embedded (models/, docs/sentiment.md).
//
// Polarity is known for English and German. In any other language it is unknown; it is never guessed.
package sentiment

import (
	_ "embed"
	"sync"

	"github.com/groundswell/groundswell/post"
)

//go:embed models/language.bin
var languageModel []byte

//go:embed models/polarity.bin
var polarityModel []byte

// A Scorer reads texts. It is safe for concurrent use.
type Scorer struct {
	polarity *Model
	language *LanguageModel
	version  string
}

// embedded reads the embedded polarity model, once in a process.
var embedded = sync.OnceValues(func() (*Model, error) { return ReadModel(polarityModel) })

// New loads the embedded models.
func New() (*Scorer, error) {
	polarity, err := embedded()
	if err != nil {
		return nil, err
	}
	return newScorer(polarity, polarityModel)
}

// NewWith reads polarity with another model, of the form that train sentiment writes.
func NewWith(model []byte) (*Scorer, error) {
	polarity, err := ReadModel(model)
	if err != nil {
		return nil, err
	}
	return newScorer(polarity, model)
}

func newScorer(polarity *Model, file []byte) (*Scorer, error) {
	language, err := ReadLanguageModel(languageModel)
	if err != nil {
		return nil, err
	}
	return &Scorer{polarity: polarity, language: language, version: versionOf(languageModel, file)}, nil
}

// A desk is the room that reading a text takes; the next text is read in the same room.
type desk struct {
	tokens
	letters letters
}

var desks = sync.Pool{New: func() any { return &desk{tokens: tokens{lexicon: embeddedWords()}} }}

// Read reads one text. Claimed is the language its network or its author's client names (BCP 47),
// or empty; it decides between the languages a short text could be in.
func (s *Scorer) Read(text, claimed string) post.Reading {
	d := desks.Get().(*desk)
	defer desks.Put(d)
	r := post.Reading{Language: s.language.identify(&d.letters, text, claimed), Polarity: post.Unknown, Intent: post.IntentNone}
	if r.Language != "en" && r.Language != "de" {
		return r
	}
	d.normalise(text)
	t := &d.text
	p := s.polarity.predict(t, r.Language)
	best := argmax(p[:])
	r.Polarity, r.Confidence = Classes[best], p[best]
	r.Score = p[classes-1] - p[0]
	r.Intent, r.IntentConfidence = intent(t, r.Language, r.Polarity)
	return r
}
