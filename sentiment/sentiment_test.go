package sentiment_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment"
)

func scorer(t testing.TB) *sentiment.Scorer {
	t.Helper()
	s, err := sentiment.New()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRead(t *testing.T) {
	type reading struct {
		Language string
		Polarity post.Polarity
		Intent   post.Intent
	}
	s := scorer(t)
	for name, test := range map[string]struct {
		text, claimed string
		want          reading
	}{
		"OKEnglishPositive":     {"I love the new grill, it is fantastic!", "", reading{"en", post.Positive, post.IntentNone}},
		"OKEnglishNegative":     {"This is the worst service ever, I hate it.", "", reading{"en", post.Negative, post.IntentComplaint}},
		"OKCurlyApostrophe":     {"I don’t like it at all", "", reading{"en", post.Negative, post.IntentNone}},
		"OKEnglishPurchase":     {"Where can I buy the new one? It looks great", "en", reading{"en", post.Positive, post.IntentPurchase}},
		"OKGermanPositive":      {"Ich liebe diesen Grill, der ist echt super :)", "", reading{"de", post.Positive, post.IntentNone}},
		"OKGermanNegative":      {"So eine Frechheit, das ist der letzte Mist und ich bin echt sauer!", "", reading{"de", post.Negative, post.IntentComplaint}},
		"OKGermanPurchase":      {"Der neue Grill ist super, wo kann ich den denn bloß kaufen?", "de", reading{"de", post.Positive, post.IntentPurchase}},
		"OKClaimedDecidesShort": {"super", "de", reading{"de", post.Positive, post.IntentNone}},
		"OKFrenchIsUnknown":     {"Je n'aime pas du tout ce produit, c'est vraiment horrible et trop cher", "", reading{"fr", post.Unknown, post.IntentNone}},
		"OKClaimOverruled":      {"Je n'aime pas du tout ce produit, c'est vraiment horrible et trop cher", "en", reading{"fr", post.Unknown, post.IntentNone}},
		"OKArabicIsUnknown":     {"هذا المنتج رائع جدا", "", reading{"ar", post.Unknown, post.IntentNone}},
		"OKEmpty":               {"", "", reading{"und", post.Unknown, post.IntentNone}},
		"OKOnlyURL":             {"https://example.com/great/love", "", reading{"und", post.Unknown, post.IntentNone}},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.Read(test.text, test.claimed)
			if diff := cmp.Diff(test.want, reading{r.Language, r.Polarity, r.Intent}); diff != "" {
				t.Errorf("reading of %q (-want +got):\n%s\n%+v", test.text, diff, r)
			}
		})
	}
}

// A hostile text costs no more than an ordinary one.
func TestHostileTextsAreBounded(t *testing.T) {
	s := scorer(t)
	for name, text := range map[string]string{
		"dots":       strings.Repeat(".", 1_000_000),
		"alternate":  strings.Repeat(".!", 500_000),
		"one word":   strings.Repeat("abcdefg", 150_000),
		"emoji":      strings.Repeat("😀😡", 125_000),
		"invalid":    strings.Repeat("\xff\xfe", 500_000),
		"zero width": strings.Repeat("\u200b", 300_000),
		"right left": strings.Repeat("שלום ", 100_000),
		"entities":   strings.Repeat("&amp;", 200_000),
		"spaces":     strings.Repeat(" \n\t", 300_000),
	} {
		t.Run(name, func(t *testing.T) {
			n := testing.AllocsPerRun(1, func() { s.Read(text, "de") })
			if n > 20_000 {
				t.Errorf("%.0f allocations for one text", n)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "hello", "I don’t :( 😀", "\xff\x00", "@a #b https://c.d", "wo kann ich das kaufen", "&#x1F600;"} {
		f.Add(s, "de")
	}
	s := scorer(f)
	f.Fuzz(func(t *testing.T, text, claimed string) {
		r := s.Read(text, claimed)
		if r.Score < -1 || r.Score > 1 || r.Score != r.Score || r.Confidence < 0 || r.Confidence > 1 {
			t.Fatalf("out of range: %+v", r)
		}
		if r.Language != "de" && r.Language != "en" && r.Polarity != post.Unknown {
			t.Fatalf("polarity guessed in %q: %+v", r.Language, r)
		}
		if again := s.Read(text, claimed); again != r {
			t.Fatalf("read twice: %+v, then %+v", r, again)
		}
	})
}

func examples() []sentiment.Example {
	var out []sentiment.Example
	for i := range 30 {
		out = append(out, sentiment.Example{Class: "negative", Text: fmt.Sprintf("schlecht und furchtbar %d", i)},
			sentiment.Example{Class: "positive", Text: fmt.Sprintf("gut und wunderbar %d", i)})
	}
	return out
}

func TestTrainingIsReproducible(t *testing.T) {
	training := sentiment.Training{Task: "polarity", Bits: 10, Epochs: 3, Rate: 0.1, Decay: 1e-5, Seed: 7}
	first, err := sentiment.Train(examples(), training)
	if err != nil {
		t.Fatal(err)
	}
	second, err := sentiment.Train(examples(), training)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same training gave other bytes")
	}
	back, err := sentiment.ReadModel(first.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.Header, back.Header); diff != "" {
		t.Errorf("header (-written +read):\n%s", diff)
	}
	if class, p := back.Classify("das ist wunderbar"); class != "positive" || p < 0.6 {
		t.Errorf("got %s (%.2f), want positive", class, p)
	}
	if _, err := sentiment.Train(examples()[:1], training); err == nil {
		t.Error("training on one class: want an error")
	}
}

func TestReadModelErrors(t *testing.T) {
	m, err := sentiment.Train(examples(), sentiment.Training{Task: "polarity", Bits: 4, Epochs: 1, Rate: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	good := m.Bytes()
	damaged := bytes.Clone(good)
	damaged[len(damaged)/2] ^= 1
	for name, data := range map[string][]byte{
		"ErrEmpty": nil, "ErrForeign": []byte("\x7fELF and something else entirely"), "ErrCut": good[:len(good)-9], "ErrDamaged": damaged,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := sentiment.ReadModel(data); err == nil || !strings.Contains(err.Error(), "groundswell train sentiment") {
				t.Errorf("got %v, want an error with its remedy", err)
			}
		})
	}
}

func FuzzReadModel(f *testing.F) {
	m, err := sentiment.Train(examples(), sentiment.Training{Task: "polarity", Bits: 4, Epochs: 1, Rate: 0.1})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(m.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := sentiment.ReadModel(data); err == nil {
			m.Classify("any text")
		}
	})
}

func BenchmarkRead(b *testing.B) {
	s := scorer(b)
	for name, text := range map[string]string{
		"english": "Just got the new one and I have to say the screen is great, but the battery could be better. Still happy :) @acme #new https://example.com/x",
		"german":  "Gerade den neuen bekommen, und ich muss sagen: der Bildschirm ist toll, aber der Akku könnte besser sein. Trotzdem zufrieden :) @acme #neu",
		"french":  "Je viens de recevoir le nouveau et je dois dire que l'écran est superbe, mais la batterie pourrait être meilleure @acme #nouveau",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Read(text, "")
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
		})
	}
}
