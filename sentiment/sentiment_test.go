package sentiment_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
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

// examples are few, and easily told apart.
func examples() []sentiment.Example {
	var out []sentiment.Example
	for i := range 30 {
		out = append(out,
			sentiment.Example{Language: "de", Class: "negative", Text: fmt.Sprintf("schlecht und furchtbar %d :(", i)},
			sentiment.Example{Language: "de", Class: "neutral", Text: fmt.Sprintf("der Bericht vom Dienstag %d", i)},
			sentiment.Example{Language: "de", Class: "positive", Text: fmt.Sprintf("gut und wunderbar %d :)", i)},
			sentiment.Example{Language: "en", Class: "positive", Text: fmt.Sprintf("good and wonderful %d :)", i)})
	}
	return out
}

func training() sentiment.Training {
	return sentiment.Training{Filters: 6, Bits: 10, Grams: 0.3, Neutral: 1, Epochs: 8, Rate: 0.1, Tune: 0.3, Decay: 1e-5, Dropout: 0.2, Forget: 0.1, Seed: 7, Sources: []string{"ours"}}
}

func TestTrainingIsReproducible(t *testing.T) {
	first, err := sentiment.Train(examples(), training())
	if err != nil {
		t.Fatal(err)
	}
	second, err := sentiment.Train(examples(), training())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same training gave other bytes")
	}
	other := training()
	other.Seed++
	third, err := sentiment.Train(examples(), other)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(first.Bytes(), third.Bytes()) {
		t.Error("another seed gave the same bytes")
	}
	back, err := sentiment.ReadModel(first.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.Header, back.Header); diff != "" {
		t.Errorf("header (-written +read):\n%s", diff)
	}
	for text, want := range map[string]post.Polarity{"das ist wunderbar :)": post.Positive, "ein furchtbar schlecht": post.Negative, "Bericht vom Dienstag": post.Neutral} {
		got, p := back.Classify(text, "de")
		if trained, q := first.Classify(text, "de"); got != want || p < 0.4 || trained != got || q != p {
			t.Errorf("%q is %s (%.2f), before it was written %s (%.2f), want %s", text, got, p, trained, q, want)
		}
	}
}

func TestTrainErrors(t *testing.T) {
	for name, test := range map[string]struct {
		examples []sentiment.Example
		want     string
	}{
		"ErrNone":     {nil, "no example is negative"},
		"ErrOneClass": {examples()[:1], "no example is neutral"},
		"ErrClass":    {[]sentiment.Example{{Language: "de", Class: "gut", Text: "a"}}, `class "gut"`},
		"ErrLanguage": {[]sentiment.Example{{Language: "fr", Class: "neutral", Text: "a"}}, `language "fr"`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := sentiment.Train(test.examples, training()); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
}

func TestTrainingSettings(t *testing.T) {
	for name, change := range map[string]func(*sentiment.Training){
		"bits":    func(s *sentiment.Training) { s.Bits = -1 },
		"filters": func(s *sentiment.Training) { s.Filters = 65 },
		"epochs":  func(s *sentiment.Training) { s.Epochs = 0 },
		"rate":    func(s *sentiment.Training) { s.Rate = math.NaN() },
		"dropout": func(s *sentiment.Training) { s.Dropout = 2 },
		"even":    func(s *sentiment.Training) { s.Even = math.Inf(1) },
	} {
		s := training()
		change(&s)
		if _, err := sentiment.Train(examples(), s); err == nil || !strings.Contains(err.Error(), "train: "+name+" ") {
			t.Errorf("%s: got %v, want it named", name, err)
		}
	}
}

func TestReadModelErrors(t *testing.T) {
	m, err := sentiment.Train(examples(), training())
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
	small := training()
	small.Filters, small.Epochs = 1, 1
	m, err := sentiment.Train(examples(), small)
	if err != nil {
		f.Fatal(err)
	}
	good := m.Bytes()
	f.Add(good[:400])
	f.Add(good[:len(good)-4])
	f.Fuzz(func(t *testing.T, data []byte) {
		data = binary.LittleEndian.AppendUint32(bytes.Clone(data), crc32.ChecksumIEEE(data)) // or nothing gets past the checksum
		if m, err := sentiment.ReadModel(data); err == nil {
			m.Classify("any text", "en")
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
