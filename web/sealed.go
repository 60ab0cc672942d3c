package web

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

// errOtherKey says that a secret was sealed with another key than the one there is.
var errOtherKey = errors.New("its secret was sealed with another key: set web.key, or the file secret.key of the data folder, to what it was")

// seal encrypts a secret for the database (AES-256-GCM) with a key that is drawn from the
// installation's for this purpose. It can be opened for the same owner only.
func seal(key []byte, owner, secret string) (string, error) {
	box, err := boxOf(key)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, box.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return base64.StdEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(secret), []byte(owner))), nil
}

// unseal opens what seal has encrypted.
func unseal(key []byte, owner, sealed string) (string, error) {
	box, err := boxOf(key)
	if err != nil {
		return "", err
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < box.NonceSize() {
		return "", errors.New("open a sealed secret: it is damaged")
	}
	secret, err := box.Open(nil, raw[:box.NonceSize()], raw[box.NonceSize():], []byte(owner))
	if err != nil {
		return "", errOtherKey
	}
	return string(secret), nil
}

func boxOf(key []byte) (cipher.AEAD, error) {
	if len(key) < 32 {
		return nil, errors.New("seal a secret: the key has fewer than 32 bytes")
	}
	derived, err := hkdf.Key(sha256.New, key, nil, "groundswell second factors", 32)
	if err != nil {
		return nil, fmt.Errorf("seal a secret: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("seal a secret: %w", err)
	}
	return cipher.NewGCM(block)
}
