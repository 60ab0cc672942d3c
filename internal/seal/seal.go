// Package seal encrypts the secrets that the database keeps, with a key that stands outside it: a copy
// of the database alone gives nobody away.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// ErrOtherKey says that a secret was sealed with another key than the one there is.
var ErrOtherKey = errors.New("its secret was sealed with another key: set web.key, or the file secret.key of the data folder, to what it was")

// leastKey is the length of the shortest installation's key, in bytes.
const leastKey = 32

// A Box seals secrets for one purpose. The nil Box is without a key and does nothing.
type Box struct{ aead cipher.AEAD }

// New makes a Box (AES-256-GCM) whose key is drawn from the installation's for a purpose, so that what
// was sealed for one cannot be opened for another.
func New(key []byte, purpose string) (*Box, error) {
	if len(key) < leastKey {
		return nil, fmt.Errorf("seal secrets: the key has %d bytes: want %d or more", len(key), leastKey)
	}
	derived, err := hkdf.Key(sha256.New, key, nil, purpose, 32)
	if err != nil {
		return nil, fmt.Errorf("seal secrets: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("seal secrets: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("seal secrets: %w", err)
	}
	return &Box{aead}, nil
}

// Seal encrypts a secret. It can be opened for the same owner only, so that nobody who can write to
// the database gives one record the secret of another.
func (b *Box) Seal(owner, secret string) (string, error) {
	if b == nil {
		return "", errors.New("seal a secret: there is no key")
	}
	nonce := make([]byte, b.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return base64.StdEncoding.EncodeToString(b.aead.Seal(nonce, nonce, []byte(secret), []byte(owner))), nil
}

// Open decrypts what Seal has encrypted.
func (b *Box) Open(owner, sealed string) (string, error) {
	if b == nil {
		return "", errors.New("open a sealed secret: there is no key")
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < b.aead.NonceSize() {
		return "", errors.New("open a sealed secret: it is damaged")
	}
	secret, err := b.aead.Open(nil, raw[:b.aead.NonceSize()], raw[b.aead.NonceSize():], []byte(owner))
	if err != nil {
		return "", ErrOtherKey
	}
	return string(secret), nil
}
