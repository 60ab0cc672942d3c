package web

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// Lengths of a password in characters (NIST SP 800-63B: length, no rules of composition).
const (
	minPassword = 10
	maxPassword = 1000
)

// One hash takes 19 MiB and about 30 ms (OWASP's recommendation for argon2id). Two at a time keep
// a flood of sign-ins from taking the memory and the processors of everything else.
var hashParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

const (
	maxHashes = 2
	hashWait  = 10 * time.Second
)

// dummyHash stands in for the hash of a user who does not exist, so that the answer takes as long.
const dummyHash = "$argon2id$v=19$m=19456,t=2,p=1$R3JvdW5kc3dlbGxTYWx0IQ$yGMYYA2nBLXAkWSAhhDSB3tL3tCLRpMvCQ0zjGQxMyk"

// passwords hashes, a bounded number at a time.
type passwords struct{ slots chan struct{} }

func newPasswords() *passwords { return &passwords{slots: make(chan struct{}, maxHashes)} }

// matches says whether the password is the one that was hashed.
func (p *passwords) matches(ctx context.Context, password, hash string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return false, &fault{kind: kindBusy, detail: "too many people sign in at this moment: try again", retry: hashWait}
	}
	ok, err := argon2id.ComparePasswordAndHash(normalize(password), hash)
	if err != nil {
		return false, fmt.Errorf("check password: %w", err)
	}
	return ok, nil
}

func hashPassword(name, password string) (string, error) {
	if err := checkPassword(name, password); err != nil {
		return "", err
	}
	hash, err := argon2id.CreateHash(normalize(password), hashParams)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// checkPassword refuses what is too short to withstand guessing.
func checkPassword(name, password string) error {
	n := utf8.RuneCountInString(password)
	distinct := make(map[rune]bool)
	for _, r := range password {
		distinct[r] = true
	}
	reason := ""
	switch {
	case !cleanText(password):
		reason = "is not UTF-8"
	case n < minPassword:
		reason = fmt.Sprintf("has %d characters: want at least %d", n, minPassword)
	case n > maxPassword:
		reason = fmt.Sprintf("has %d characters: want at most %d", n, maxPassword)
	case len(distinct) < 4:
		reason = "repeats fewer than 4 different characters: choose one that is harder to guess"
	case name != "" && strings.EqualFold(strings.Repeat(name, n/len(name)+1)[:min(n, len(password))], password):
		reason = "is the user's name: choose one that is harder to guess"
	}
	if reason != "" {
		return invalidField("password", reason)
	}
	return nil
}

// normalize makes the same of a character however a keyboard composes it.
func normalize(password string) string { return norm.NFC.String(password) }
