package config

import "time"

// leastKey is the shortest key, in characters.
const leastKey = 32

// Users says how people sign in.
type Users struct {
	SignIns time.Duration `yaml:"sign_ins"` // how long the list of sign-ins goes back
}

func (u *Users) validate(fail func(format string, args ...any), _ string) {
	if u.SignIns < 24*time.Hour {
		fail("users.sign_ins %s: want 24h or more", u.SignIns)
	}
}
