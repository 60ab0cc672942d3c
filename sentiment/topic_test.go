package sentiment_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/sentiment"
)

func TestTopics(t *testing.T) {
	for name, test := range map[string]struct {
		language, text string
		want           []string
	}{
		"OKEnglish":     {"en", "The handle of my grill melted and burned my hand! #brennwaldfail @acme https://a.example/x", []string{"#brennwaldfail", "handle", "grill", "hand"}},
		"OKPhrase":      {"en", "the poor battery life and the terrible customer service", []string{"battery", "poor battery", "life", "battery life", "poor battery life", "customer", "terrible customer", "service", "customer service", "terrible customer service"}},
		"OKNoNoun":      {"en", "So angry!!!", nil},
		"OKGerman":      {"de", "Das kaputte Kabel am Grill ist der Rückrufgrund. Lieferung kam nie an! #AcmeFail", []string{"#acmefail", "Kabel", "kaputte Kabel", "Grill", "Rückrufgrund", "Lieferung"}},
		"OKGermanStart": {"de", "Warum meldet sich niemand? Kundenservice am Ende", []string{"Kundenservice", "Ende"}},
		"OKGermanSmall": {"de", "warum ist das kabel schon wieder kaputt", []string{"kabel", "kaputt"}},
		"OKGermanShout": {"de", "Euer KUNDENSERVICE ist ein Witz", []string{"Kundenservice", "Witz"}},
		"OKShort":       {"de", "Hallo, der ÖPNV und das WLAN, danke", []string{"ÖPNV", "WLAN"}},
		"OKPersonal":    {"en", "thanks, i'd love a refund pls", []string{"refund"}},
		"OKOther":       {"fr", "le câble est cassé #acme", []string{"#acme", "est", "câble", "cassé"}},
		"OKDots":        {"en", strings.Repeat(".", 100_000), nil},
		"OKEmpty":       {"de", "", nil},
		"OKInvalid":     {"de", "\xff\xfe Das Kabel\x00", []string{"Kabel"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := sentiment.Topics(test.text, test.language)
			if name == "OKOther" {
				got, test.want = sorted(got), sorted(test.want)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("topics of %.60q (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

func FuzzTopics(f *testing.F) {
	f.Add("Das kaputte Kabel #x", true)
	f.Add("the poor battery life", false)
	f.Fuzz(func(t *testing.T, text string, german bool) {
		language := map[bool]string{true: "de", false: "en"}[german]
		for _, topic := range sentiment.Topics(text, language) {
			if topic == "" || strings.TrimSpace(topic) != topic || len(strings.Fields(topic)) > 3 {
				t.Fatalf("topic %q of %q", topic, text)
			}
		}
	})
}

func BenchmarkTopics(b *testing.B) {
	for language, text := range map[string]string{
		"en": "Still waiting for an answer from their support, my grill is broken and nobody in the company seems to care about the recall.",
		"de": "Warte immer noch auf eine Antwort vom Support, mein Grill ist kaputt und niemand in der Firma kümmert sich um den Rückruf.",
	} {
		b.Run(language, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sentiment.Topics(text, language)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
		})
	}
}
