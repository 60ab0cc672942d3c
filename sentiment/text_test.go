package sentiment

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestWords(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"OKPlain":          {"The battery is great", "the battery is great"},
		"OKCurlyQuote":     {"I don’t like it", "i don't like- it-"},
		"OKNegationEnds":   {"Not good, but cheap", "not good-. but cheap"},
		"OKGermanNegation": {"Das ist nicht schön. Aber billig", "das ist nicht schön-. aber billig"},
		"OKEntities":       {"Q&amp;A &lt;3 it", "q a <love> it"},
		"OKFullwidth":      {"ｇｒｅａｔ　ＪＯＢ mate yes", "great job^ mate yes"},
		"OKMathLetters":    {"so 𝗴𝗿𝗲𝗮𝘁 𝑙𝑜𝑣𝑒", "so great love"},
		"OKDecomposed":     {"scho\u0308n", "schön"},
		"OKZeroWidth":      {"gr\u200beat\ufeff \u202eso", "great so"},
		"OKElongated":      {"sooooo goooood", "so~ good~"},
		"OKCapitals":       {"this is AWFUL", "this is awful^"},
		"OKAllCapitals":    {"THIS IS AWFUL", "this is awful"},
		"OKAddresses":      {"see https://a.de/b?c=d http www.x.org t.co/1 @acme_1: hi", "see <url> <url> <url> <url> <handle>. hi"},
		"OKHashtagHumps":   {"#ILoveThis #BestDay2015 #acme_fail", "i# love# this# best# day# <number># acme# fail#"},
		"OKHashtagSmall":   {"#bestdayever #kundenservice", "best# day# ever# kundenservice#"},
		"OKEmoticons":      {"toll:) naja :-/ so :'( xD 10:30 a:b", "toll <happy> naja <wry> so <cry> <laugh> <number>. <number> a. b"},
		"OKEmoji":          {"ok👍🏽❤️super", "ok 👍 ❤ super"},
		"OKShout":          {"what?!!! no... yes!", "what. ?.~ !.~ no. <dots>. yes. !."},
		"OKNumbers":        {"5 of 10.000 4x", "<number> of <number>. <number> 4x"},
		"OKApostrophes":    {"'it's' o' the rock'n'roll", "it's o the rock'n'roll"},
		"OKHyphens":        {"top-notch - not", "top notch. not"},
		"OKQuotes":         {"„gut“ «bon»", "gut bon"},
		"OKEmpty":          {" \t\n\x00", ""},
		"OKInvalid":        {"a\xff\xfeb", "ab"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, marked(normalise(test.text))); diff != "" {
				t.Errorf("words of %q (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

// marked writes the words with a sign for each of their marks.
func marked(t text) string {
	var b strings.Builder
	for i, w := range t.words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		for bit, sign := range map[mark]string{markShout: "^", markTag: "#", markNegated: "-"} {
			if t.marks[i]&bit != 0 {
				b.WriteString(sign)
			}
		}
		if t.marks[i]&markEnd != 0 {
			b.WriteByte('.')
		}
		if t.marks[i]&markLong != 0 {
			b.WriteByte('~')
		}
	}
	return b.String()
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"", "I don’t :( 😀", "\xff\x00", "@a #b https://c.d", "#aB_1ÄÖ", "&#x1F600;!?!...", "ẞİ ǅ", "o'", "sooo\u0308"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := normalise(s)
		if !utf8.ValidString(got.clean) || utf8.RuneCountInString(got.clean) > 3*maxRunes {
			t.Fatalf("clean text of %q: %q", s, got.clean)
		}
		if len(got.words) != len(got.marks) || len(got.words) > maxWords+8 {
			t.Fatalf("%d words, %d marks", len(got.words), len(got.marks))
		}
		for _, w := range got.words {
			if w == "" || !utf8.ValidString(w) {
				t.Fatalf("word %q of %q", w, s)
			}
		}
		if again := normalise(s); !cmp.Equal(again.words, got.words) {
			t.Fatal("other words the second time")
		}
	})
}

// What a text costs is bounded by its first runes.
func TestLongTextsCostNoMore(t *testing.T) {
	for name, unit := range map[string]string{"dots": ".", "marks": "?!", "emoji": "😀😡", "letters": "abcdefg", "words": "no ", "tags": "#a", "entities": "&amp;"} {
		t.Run(name, func(t *testing.T) {
			short, long := strings.Repeat(unit, maxRunes/utf8.RuneCountInString(unit)), strings.Repeat(unit, 100_000)
			if a, b := normalise(short), normalise(long); len(b.words) > len(a.words)+1 || len(b.clean) > len(a.clean)+8 {
				t.Errorf("%d words of the long text, %d of the short", len(b.words), len(a.words))
			}
			few, many := testing.AllocsPerRun(3, func() { normalise(short) }), testing.AllocsPerRun(3, func() { normalise(long) })
			if many > few+2 {
				t.Errorf("%v allocations for the long text, %v for the short", many, few)
			}
		})
	}
}
