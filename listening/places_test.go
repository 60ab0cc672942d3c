package listening_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/listening"
)

func TestPlaces(t *testing.T) {
	m, err := listening.Compile([]listening.Monitor{
		{ID: "acme", Name: "Acme", Kind: listening.Own, Query: `(acme OR "acme cloud" OR #acmefail OR @acme) NOT coyote lang:en`, Enabled: true},
		{ID: "bolt", Name: "Bolt", Kind: listening.Competitor, Query: `müller* OR (bolt NEAR/3 phone)`, Enabled: true},
		{ID: "market", Name: "Phones", Kind: listening.Market, Query: `phone`, Enabled: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][3]string{
		"I love Acme, Bolt is awful":              {"Acme", "Bolt", ""},
		"Acme Cloud! the ACME phone #AcmeFail":    {"Acme Cloud|ACME|#AcmeFail", "phone", ""},
		"coyote buys acme; Muellers Büro, MÜLLER": {"acme", "Muellers|MÜLLER", ""},
		"@acme@social.example said hi to @acme.":  {"@acme@social.example|@acme.", "", ""},
		"":                                        {"", "", ""},
		"\xffacme\xff\xfe":                        {"acme", "", ""},
		"über–acme—bolt":                          {"acme", "bolt", ""},
		"𝗮𝗰𝗺𝗲 and a\u200bcme":                     {"𝗮𝗰𝗺𝗲|a\u200bcme", "", ""},
		strings.Repeat("acme ", 5000):             {"", "", ""},
	} {
		var got [3]string
		for i, stretches := range m.Places(text, []string{"acme", "bolt", "market"}) {
			var names []string
			for _, s := range stretches {
				names = append(names, text[s[0]:s[1]])
			}
			got[i] = strings.Join(names, "|")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%.60q (-want +got):\n%s", text, diff)
		}
	}
	if got := m.Places("acme", []string{"gone"}); len(got) != 1 || got[0] != nil {
		t.Errorf("a monitor that is not there: %v", got)
	}
}

func FuzzPlaces(f *testing.F) {
	m, err := listening.Compile([]listening.Monitor{{ID: "a", Kind: listening.Own, Query: `*abc* OR "a b" OR #a_b OR @a.b OR 日本`, Enabled: true}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("a b #a_b @a.b xabcy 日本 \xff")
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, s := range m.Places(text, []string{"a"})[0] {
			if s[0] < last || s[1] <= s[0] || s[1] > len(text) {
				t.Fatalf("%v in %d bytes", s, len(text))
			}
			last = s[1]
		}
	})
}
