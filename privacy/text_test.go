package privacy_test

import (
	"encoding/json"
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

// A number goes however it is written, and stays where it is a part of a longer one.
func TestCensoredPhone(t *testing.T) {
	for name, test := range map[string]struct{ onFile, text, want string }{
		"AsOnFile":       {"+49 431 7654321", "call +49 431 7654321, please", "call [erased], please"},
		"TogetherAbroad": {"+49 431 7654321", "call +494317654321.", "call [erased]."},
		"ZerosAbroad":    {"+49 431 7654321", "0049-431-7654321", "[erased]"},
		"National":       {"+49 431 7654321", `{"text":"wife: 0431-7654321\nill"}`, `{"text":"wife: [erased]\nill"}`},
		"Slash":          {"+49 431 7654321", "(0431) 76 54 321 or 0431/7654321", "[erased] or [erased]"},
		"BothZeros":      {"+49 (0)431 7654321", "+49 (0) 431 7654321; 0431.765.4321", "[erased]; [erased]"},
		"WithoutZero":    {"+1 (212) 555-0100", "212-555-0100, 1 212 555 0100", "[erased], [erased]"},
		"NoBreak":        {"+49 431 7654321", "0431\u00a07654321", "[erased]"},
		"OnFileNational": {"0431/7654321", "+49 431 7654321 0431-7654321", "[erased] [erased]"},
		"Extension":      {"0431 7654321 ext. 12", "0431 7654321", "[erased]"},
		"ThenAnHour":     {"+49 431 7654321", "0431 7654321 10 Uhr", "[erased] 10 Uhr"},
		"InALine":        {"+49 431 7654321", `{"a":"\n04317654321"}`, `{"a":"\n[erased]"}`},
		"Longer":         {"+49 431 7654321", "+49 431 76543210, 1494317654321, 0431-7654321-12", "+49 431 76543210, 1494317654321, 0431-7654321-12"},
		"OtherCountry":   {"+49 431 7654321", "+43 431 7654321", "+43 431 7654321"},
		"LocalInLonger":  {"7654321", "0431/7654321, 431 7654321", "0431/7654321, 431 7654321"},
		"OtherArea":      {"0431/7654321", "+49 30 4317654321", "+49 30 4317654321"},
		"Id":             {"+49 431 7654321", "a4317654321f, 01J04317654321", "a4317654321f, 01J04317654321"},
		"Number":         {"+49 431 7654321", `{"at":4317654321,"text":"4317654321"}`, `{"at":4317654321,"text":"[erased]"}`},
		"TooShort":       {"12345", "12345", "12345"},
	} {
		if got := privacy.CensoredPhone(test.text, test.onFile); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func FuzzCensoredPhone(f *testing.F) {
	f.Add("+49 431 7654321", `{"a":"(0431) 7654321","b":4317654321}`)
	f.Add("(0431", "(")
	f.Fuzz(func(t *testing.T, onFile, text string) {
		got := privacy.CensoredPhone(text, onFile)
		if json.Valid([]byte(text)) && text != "" && (text[0] == '{' || text[0] == '[') && !json.Valid([]byte(got)) {
			t.Errorf("%q without %q is %q, which is no JSON any more", text, onFile, got)
		}
	})
}
