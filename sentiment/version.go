package sentiment

import (
	"crypto/sha256"
	"encoding/hex"
)

// rules is raised when this package's code reads texts differently, so that stored mentions are
// read anew: the normaliser, features, intents, targets. TestReadings fails where that is forgotten.
const rules = 5

// Version names what reads: it changes with the models and with the rules.
func (s *Scorer) Version() string { return s.version }

// Models says what the models are that read language and polarity, and where they come from.
func (s *Scorer) Models() (LanguageHeader, Header) {
	return s.language.LanguageHeader, s.polarity.Header
}

func versionOf(models ...[]byte) string {
	h := sha256.New()
	h.Write([]byte{rules})
	for _, m := range models {
		h.Write(m)
	}
	return hex.EncodeToString(h.Sum(nil)[:4])
}
