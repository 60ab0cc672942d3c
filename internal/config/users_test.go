package config_test

import (
	"strings"
	"testing"
)

func TestUsers(t *testing.T) {
	for name, c := range map[string]struct{ text, err string }{
		"OK":         {"web: {key: " + strings.Repeat("k", 32) + "}\nusers: {sign_ins: 24h}\n", ""},
		"ErrKey":     {"web: {key: short}\n", "web.key has 5 characters: want 32"},
		"ErrSignIns": {"users: {sign_ins: 1h}\n", "users.sign_ins 1h"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, c.text)
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %v, want %q", err, c.err)
			}
		})
	}
}
