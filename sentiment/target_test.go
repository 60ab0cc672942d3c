package sentiment_test

import (
	"strings"
	"testing"

	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment"
)

// stretches finds a brand's name in a text, as a monitor's terms do.
func stretches(text, brand string) (found [][2]int) {
	low, brand := strings.ToLower(text), strings.ToLower(brand)
	for at := 0; ; {
		i := strings.Index(low[at:], brand)
		if i < 0 {
			return found
		}
		found = append(found, [2]int{at + i, at + i + len(brand)})
		at += i + len(brand)
	}
}

func toward(s *sentiment.Scorer, text, own string, others ...string) post.Reading {
	var rest [][2]int
	for _, o := range others {
		rest = append(rest, stretches(text, o)...)
	}
	return s.Toward(text, s.Read(text, ""), stretches(text, own), rest)
}

// Texts that name two brands, and what they say about each.
func TestToward(t *testing.T) {
	s := scorer(t)
	const p, n, any = post.Positive, post.Negative, post.Polarity("")
	for _, test := range []struct {
		text       string
		acme, bolt post.Polarity
	}{
		{"Acme is great, Bolt is awful", p, n},
		{"Acme is awful, Bolt is great", n, p},
		{"I love my new Acme phone but Bolt is a terrible company", p, n},
		{"Bolt was horrible. Acme on the other hand was wonderful!", p, n},
		{"Acme is fantastic while Bolt really sucks", p, n},
		{"I love Acme and hate Bolt", p, n},
		{"Acme is wonderful and Bolt is a horrible mess", p, n},
		{"I love Acme and Bolt, both are great", p, p},
		{"Acme and Bolt are both awful, I hate them", n, n},
		{"Acme is better than Bolt", p, n},
		{"Acme is so much better than Bolt!!", p, n},
		{"Bolt is worse than Acme", p, n},
		{"Acme is not better than Bolt", n, p},
		{"Acme beats Bolt every time", p, n},
		{"nothing beats Acme", p, any},
		{"I prefer Acme over Bolt", p, n},
		{"I prefer Bolt to Acme", n, p},
		{"Go with Acme instead of Bolt", p, n},
		{"Just switched from Bolt to Acme", p, n},
		{"Unlike Bolt, Acme has great service and I am happy", p, n},
		{"For me it is always Acme > Bolt", p, n},
		{"Great service at Acme. So happy with them. Bolt never answers, such a terrible and rude company", p, n},
		{"Acme ist super, Bolt ist eine Katastrophe", p, n},
		{"Acme ist großartig, aber Bolt ist der letzte Mist", p, n},
		{"Ich liebe Acme und hasse Bolt", p, n},
		{"Während Bolt nur noch schlecht und furchtbar ist, ist Acme echt toll und super", p, n},
		{"Acme ist viel besser als Bolt", p, n},
		{"Bolt ist leider schlechter als Acme", p, n},
		{"Ich kaufe lieber bei Acme als bei Bolt", p, n},
		{"Ich nehme Acme statt Bolt", p, n},
		{"Bin von Bolt zu Acme gewechselt", p, n},
		{"Acme schlägt Bolt um Längen", p, n},
		{"Im Gegensatz zu Bolt ist Acme echt toll und super, ich bin sehr zufrieden", p, n},
	} {
		for _, side := range []struct {
			own, other string
			want       post.Polarity
		}{{"acme", "bolt", test.acme}, {"bolt", "acme", test.bolt}} {
			if side.want == any {
				continue
			}
			r := toward(s, test.text, side.own, side.other)
			if r.Polarity != side.want {
				t.Errorf("%q, about %s: got %s (%.2f), want %s", test.text, side.own, r.Polarity, r.Score, side.want)
			}
			if r.Polarity == p && r.Score <= 0 || r.Polarity == n && r.Score >= 0 || r.Confidence <= 0 || r.Confidence > 1 {
				t.Errorf("%q, about %s: %+v", test.text, side.own, r)
			}
		}
	}
}

// A brand that nobody listens for is a neighbour too.
func TestTowardStranger(t *testing.T) {
	s := scorer(t)
	for text, want := range map[string]post.Polarity{
		"Acme is great, Bolt is awful and disgusting":      post.Positive,
		"Acme is awful, but Bolt is great and wonderful":   post.Negative,
		"Acme is great, I'm so happy":                      post.Positive,
		"The new phone is worse than my old one by Acme":   post.Positive,
		"everything is better than Acme":                   post.Negative,
		"Alles ist besser als Acme":                        post.Negative,
		"Acme is awful. Never again. What a waste of time": post.Negative,
	} {
		if r := toward(s, text, "acme"); r.Polarity != want {
			t.Errorf("%q: got %s (%.2f), want %s", text, r.Polarity, r.Score, want)
		}
	}
}

// Where there is nothing to tell apart, the reading stays as it was.
func TestTowardLeavesAlone(t *testing.T) {
	s := scorer(t)
	for _, text := range []string{
		"", "Acme", "I love Acme", "What a day! Acme delivered, I am so happy", "Acme: toller Service, schnelle Lieferung, gerne wieder",
		"Acme och Bolt är bra", "no brand here, only words", strings.Repeat("Acme is great. ", 1000),
	} {
		whole := s.Read(text, "")
		if got := s.Toward(text, whole, stretches(text, "acme"), nil); got != whole {
			t.Errorf("%.60q: got %+v, want %+v", text, got, whole)
		}
	}
	whole := s.Read("Acme is great, Bolt is awful", "")
	for name, own := range map[string][][2]int{"none": nil, "outside": {{90, 99}}, "backward": {{4, 0}}, "negative": {{-4, 2}}} {
		if got := s.Toward("Acme is great, Bolt is awful", whole, own, own); got != whole {
			t.Errorf("%s: got %+v, want %+v", name, got, whole)
		}
	}
}

// A text that cannot part has the same reading whoever asks.
func TestParted(t *testing.T) {
	for text, want := range map[string]bool{
		"I love Acme": false, "I love Acme!": false, "": false, "Acme": false, "Acme is great, Bolt is awful": true, "I love Acme AND hate Bolt": true,
		"Acme beats Bolt": true, "Acme ist besser als Bolt": true, "Acme 😀 Bolt 😡": true, strings.Repeat("a", 1_000_000): false,
	} {
		if got := sentiment.Parted(text); got != want {
			t.Errorf("%.60q: got %t, want %t", text, got, want)
		}
	}
}

func FuzzToward(f *testing.F) {
	f.Add("Acme is great, Bolt is awful", 0, 4, 15, 19)
	f.Add("Unlike B, A > C …", 7, 8, 10, 11)
	s := scorer(f)
	f.Fuzz(func(t *testing.T, text string, a, b, c, d int) {
		whole := s.Read(text, "")
		r := s.Toward(text, whole, [][2]int{{a, b}}, [][2]int{{c, d}})
		if r.Score < -1 || r.Score > 1 || r.Confidence < 0 || r.Confidence > 1 || r.Language != whole.Language {
			t.Fatalf("%+v of %+v", r, whole)
		}
	})
}

func BenchmarkToward(b *testing.B) {
	s := scorer(b)
	for name, text := range map[string]string{"one clause": "I really love my new Acme phone", "two clauses": "I really love my new Acme phone, but Bolt is a terrible company"} {
		own, others, whole := stretches(text, "acme"), stretches(text, "bolt"), s.Read(text, "")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Toward(text, whole, own, others)
			}
		})
	}
}
