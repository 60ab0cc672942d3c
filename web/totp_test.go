package web_test

import (
	"testing"
	"time"

	"github.com/groundswell/groundswell/web"
)

// The secret and the codes of RFC 6238, appendix B, for SHA-1; of its eight digits the last six.
func TestStepOf(t *testing.T) {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	for name, c := range map[string]struct {
		at     int64
		code   string
		last   int64
		step   int64
		replay bool
		ok     bool
	}{
		"OKFirst":    {59, "287082", 0, 1, false, true},
		"OK2005":     {1111111109, "081804", 0, 37037036, false, true},
		"OK2009":     {1234567890, "005924", 37037036, 41152263, false, true},
		"OK2033":     {2000000000, "279037", 0, 66666666, false, true},
		"OKBehind":   {1111111109 + 30, "081804", 0, 37037036, false, true},
		"OKAhead":    {1111111109 - 30, "081804", 0, 37037036, false, true},
		"ErrReplay":  {1111111109, "081804", 37037036, 37037036, true, false},
		"ErrOlder":   {1111111109, "081804", 37037037, 37037036, true, false},
		"ErrTooLate": {1111111109 + 60, "081804", 0, 0, false, false},
		"ErrTooSoon": {1111111109 - 60, "081804", 0, 0, false, false},
		"ErrWrong":   {59, "287083", 0, 0, false, false},
		"ErrEmpty":   {59, "", 0, 0, false, false},
		"ErrDigits":  {59, "94287082", 0, 0, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			step, replay, ok := web.StepOf(c.code, secret, time.Unix(c.at, 0), c.last)
			if step != c.step || replay != c.replay || ok != c.ok {
				t.Errorf("got %d, %v, %v, want %d, %v, %v", step, replay, ok, c.step, c.replay, c.ok)
			}
		})
	}
}

func FuzzRecoveryHash(f *testing.F) {
	for _, s := range []string{"abcd-efgh-ijkl-mnop", "ABCD EFGH IJKL MNOP", "", "ſ", "abcd-efgh-ijkl-mno1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, code string) {
		if hash := web.RecoveryHash(code); hash != "" && len(hash) != 64 {
			t.Errorf("%q: got %q", code, hash)
		}
	})
}
