// Package sentiment reads a text: in which language it is, whether it is negative, neutral or
// positive, and what its author wants. It is pure: the same text gives the same reading, and
// nothing is asked of anybody. The models are embedded (models/, docs/sentiment.md).
//
// Polarity is known for English (VADER: Hutto and Gilbert, ICWSM 2014) and German (a linear
// model over hashed words and characters, trained by this package). In any other language it is
// unknown; it is never guessed.
package sentiment

import (
	_ "embed"
	"math"

	"github.com/groundswell/groundswell/post"
	"github.com/jonreiter/govader"
)

//go:embed models/language.bin
var languageModel []byte

//go:embed models/german.bin
var germanModel []byte

// A Scorer reads texts. It is safe for concurrent use.
type Scorer struct {
	english  *govader.SentimentIntensityAnalyzer
	german   *Model
	language *LanguageModel
	version  string
}

// New loads the embedded models.
func New() (*Scorer, error) {
	language, err := ReadLanguageModel(languageModel)
	if err != nil {
		return nil, err
	}
	german, err := ReadModel(germanModel)
	if err != nil {
		return nil, err
	}
	return &Scorer{english: govader.NewSentimentIntensityAnalyzer(), german: german, language: language,
		version: versionOf(languageModel, germanModel)}, nil
}

// Read reads one text. Claimed is the language its network or its author's client names (BCP 47),
// or empty; it decides between the languages a short text could be in.
func (s *Scorer) Read(text, claimed string) post.Reading {
	t := normalise(text)
	r := post.Reading{Language: s.language.Identify(text, claimed), Polarity: post.Unknown, Intent: post.IntentNone}
	switch r.Language {
	case "en":
		s.readEnglish(t, &r)
	case "de":
		s.readGerman(t, &r)
	default:
		return r
	}
	r.Intent = intent(t, r.Language, r.Polarity)
	return r
}

// readEnglish takes VADER's compound score; ±0.05 bound the neutral class, as its authors propose.
func (s *Scorer) readEnglish(t text, r *post.Reading) {
	compound := s.english.PolarityScores(t.clean).Compound
	if math.IsNaN(compound) {
		compound = 0
	}
	r.Score = compound
	switch {
	case compound >= 0.05:
		r.Polarity = post.Positive
	case compound <= -0.05:
		r.Polarity = post.Negative
	default:
		r.Polarity = post.Neutral
	}
	r.Confidence = 0.5 + 0.4*math.Abs(compound) // VADER gives no probability; a rough stand-in
	if r.Polarity == post.Neutral {
		r.Confidence = 0.5
	}
}

// readGerman takes the class of the largest probability; the score is what positive has over negative.
func (s *Scorer) readGerman(t text, r *post.Reading) {
	p := s.german.Predict(t.polarityFeatures)
	best := argmax(p)
	r.Polarity = post.Polarity(s.german.Classes[best])
	r.Confidence = p[best]
	for i, class := range s.german.Classes {
		switch post.Polarity(class) {
		case post.Positive:
			r.Score += p[i]
		case post.Negative:
			r.Score -= p[i]
		}
	}
}
