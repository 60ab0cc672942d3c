package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// Time-based one-time passwords as RFC 6238 has them and authenticator apps take them: SHA-1, six
// digits, a step of 30 seconds, and a secret of 160 bits (RFC 4226, section 4, requirement R6).
const (
	totpStep   = 30 * time.Second
	totpSkew   = 1 // steps that a phone's clock may be off, each way
	totpSecret = 20
)

var (
	totpOptions = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)
)

// newTOTPSecret makes a secret, in base32 as apps take it.
func newTOTPSecret() string {
	raw := make([]byte, totpSecret)
	_, _ = rand.Read(raw) // never fails
	return base32Plain.EncodeToString(raw)
}

// totpAddress is the secret as an app reads it out of the picture
// (https://github.com/google/google-authenticator/wiki/Key-Uri-Format).
func totpAddress(issuer, name, secret string) string {
	label := url.PathEscape(issuer) + ":" + url.PathEscape(name)
	q := url.Values{"secret": {secret}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	return "otpauth://totp/" + label + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// stepOf says of which step of time a code is; ok is false when it is of none round now. What was
// taken before, up to the step last, is told apart: it is a replay.
func stepOf(code, secret string, now time.Time, last int64) (step int64, replay, ok bool) {
	at := now.Unix() / int64(totpStep/time.Second)
	for step := at - totpSkew; step <= at+totpSkew; step++ {
		if step < 0 {
			continue
		}
		if match, err := hotp.ValidateCustom(code, uint64(step), secret, totpOptions); err == nil && match {
			return step, step <= last, step > last
		}
	}
	return 0, false, false
}

// Recovery codes have 80 bits, so that their hash cannot be guessed from the database.
const (
	recoveryCodes = 10
	recoveryBytes = 10
)

// newRecoveryCodes makes codes as people write them down: four groups of four.
func newRecoveryCodes() []string {
	codes := make([]string, recoveryCodes)
	for i := range codes {
		raw := make([]byte, recoveryBytes)
		_, _ = rand.Read(raw) // never fails
		c := strings.ToLower(base32Plain.EncodeToString(raw))
		codes[i] = fmt.Sprintf("%s-%s-%s-%s", c[:4], c[4:8], c[8:12], c[12:])
	}
	return codes
}

// recoveryHash is a recovery code as it is kept; empty for what is none. Case, dashes and spaces do
// not matter.
func recoveryHash(code string) string {
	code = strings.NewReplacer("-", "", " ", "").Replace(strings.ToUpper(code))
	if raw, err := base32Plain.DecodeString(code); err != nil || len(raw) != recoveryBytes {
		return ""
	}
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}
