package privacy_test

import (
	"testing"

	"github.com/groundswell/groundswell/privacy"
)

func TestCensored(t *testing.T) {
	names := []string{"Anna Öz", "@anna", "anna@oz.example", "O'Neil & <Co> Anna"}
	for text, want := range map[string]string{
		"":                                    "",
		"nobody":                              "nobody",
		"anna öz, ANNA  ÖZ":                   "[erased], [erased]",
		"Joanna Öz":                           "Joanna Öz",
		"@annabel and @anna!":                 "@annabel and [erased]!",
		"to anna@oz.example.":                 "to [erased].",
		`{"a":"x\nAnna Öz"}`:                  `{"a":"x\n[erased]"}`,
		`{"a":"Anna\nÖz"}`:                    `{"a":"[erased]"}`,
		`"O'Neil \u0026 \u003cCo\u003e Anna"`: `"[erased]"`,
	} {
		if got := privacy.Censored(text, names...); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
