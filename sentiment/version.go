package sentiment

import (
	"crypto/sha256"
	"encoding/hex"
)

// rules is raised when this package's code reads texts differently, so that stored mentions are
// read anew: the normaliser, features, intents.
const rules = 2

// Version names what reads: it changes with the models and with the rules.
func (s *Scorer) Version() string { return s.version }

func versionOf(models ...[]byte) string {
	h := sha256.New()
	h.Write([]byte{rules})
	for _, m := range models {
		h.Write(m)
	}
	return hex.EncodeToString(h.Sum(nil)[:4])
}
