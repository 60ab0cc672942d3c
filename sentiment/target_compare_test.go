package sentiment_test

import (
	"testing"

	"github.com/groundswell/groundswell/post"
)

// Comparisons that the rules decide, whatever the model makes of the words.
func TestTowardComparisons(t *testing.T) {
	s := scorer(t)
	for text, better := range map[string]string{
		"I switched from Acme to Bolt last month":                     "bolt",
		"After ten years with Acme we moved to Bolt":                  "bolt",
		"Left Bolt for Acme, best decision ever":                      "acme",
		"Ditched my Bolt for an Acme and never looked back":           "acme",
		"Swapped my Acme for a Bolt today":                            "bolt",
		"Acme's battery lasts way longer than Bolt's":                 "acme",
		"Bolt is nowhere near as good as Acme":                        "acme",
		"Acme isn't as reliable as Bolt":                              "bolt",
		"Acme is not as slow as Bolt":                                 "acme",
		"Bolt can't compete with Acme":                                "acme",
		"Don't buy Acme, get a Bolt instead":                          "bolt",
		"I used to love Acme but now I only buy Bolt":                 "bolt",
		"I don't think Acme is better than Bolt":                      "bolt",
		"I don't think that Acme is better than Bolt":                 "bolt",
		"Acme wins against Bolt in every test":                        "acme",
		"I'd rather use Acme than Bolt":                               "acme",
		"Acme is more reliable than Bolt":                             "acme",
		"Acme is more expensive than Bolt":                            "bolt",
		"Acme is less annoying than Bolt":                             "acme",
		"The new Acme is inferior to Bolt in every way":               "bolt",
		"#acme is so much better than #bolt":                          "acme",
		"Ich habe von Acme auf Bolt umgestellt und bereue nichts":     "bolt",
		"Der Wechsel von Bolt zu Acme war gut":                        "acme",
		"Acme hält viel länger als Bolt":                              "acme",
		"Bolt ist bei weitem nicht so gut wie Acme":                   "acme",
		"Besser als Bolt ist Acme allemal":                            "acme",
		"Acme kann mit Bolt nicht mithalten":                          "bolt",
		"Kauft bloß nicht bei Acme, nehmt lieber Bolt":                "bolt",
		"Früher mochte ich Acme, heute kaufe ich nur noch Bolt":       "bolt",
		"Ich glaube nicht, dass Acme besser ist als Bolt":             "bolt",
		"Acme ist Bolt meilenweit überlegen":                          "acme",
		"Acme ist Bolt klar unterlegen":                               "bolt",
		"Ich würde jederzeit wieder Acme statt Bolt nehmen":           "acme",
		"Der Acmeakku hält deutlich länger als der Akku von Bolt":     "acme",
		"Damals hatte ich Bolt, inzwischen fahre ich Acme, zum Glück": "acme",
	} {
		other := map[string]string{"acme": "bolt", "bolt": "acme"}[better]
		for _, side := range []struct {
			own, other string
			want       post.Polarity
		}{{better, other, post.Positive}, {other, better, post.Negative}} {
			if r := toward(s, text, side.own, side.other); r.Polarity != side.want {
				t.Errorf("%q, about %s: got %s (%.2f), want %s", text, side.own, r.Polarity, r.Score, side.want)
			}
		}
	}
}

// Where no brand comes out better, the reading is that of the words.
func TestTowardNoComparison(t *testing.T) {
	s := scorer(t)
	for text, want := range map[string]post.Polarity{
		"Acme is as bad as Bolt, both are awful":             post.Negative,
		"Neither Acme nor Bolt answers, both are awful":      post.Negative,
		"Schlechter als Acme ist nur noch Bolt":              post.Negative,
		"Weder Acme noch Bolt melden sich, beide furchtbar":  post.Negative,
		"I love Acme, it is as good as Bolt, both are great": post.Positive,
	} {
		for _, side := range [][2]string{{"acme", "bolt"}, {"bolt", "acme"}} {
			if r := toward(s, text, side[0], side[1]); r.Polarity != want {
				t.Errorf("%q, about %s: got %s (%.2f), want %s", text, side[0], r.Polarity, r.Score, want)
			}
		}
	}
}
