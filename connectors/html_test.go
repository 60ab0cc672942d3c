package connectors_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/groundswell/groundswell/connectors"
)

func TestHTMLText(t *testing.T) {
	t.Parallel()
	const long = `<a href="https://shop.example/offers/2026/spring?ref=social" target="_blank"><span class="invisible">https://</span>` +
		`<span class="ellipsis">shop.example/offers/2026/spr</span><span class="invisible">ing?ref=social</span></a>`
	tests := map[string]struct {
		in, want string
		links    []string
	}{
		"OK/Empty":          {},
		"OK/PlainText":      {in: "  no markup\n at  all ", want: "no markup at all"},
		"OK/Paragraphs":     {in: "<p>One</p><p>Two<br>Three<br/>Four</p>", want: "One\n\nTwo\nThree\nFour"},
		"OK/ManyBreaks":     {in: "a<br><br><br><br>b", want: "a\n\nb"},
		"OK/Entities":       {in: "<p>&lt;b&gt; Fish &amp; Chips&nbsp;&#8364;5 &#128512;</p>", want: "<b> Fish & Chips €5 😀"},
		"OK/Umlauts":        {in: "<p>Größe</p>", want: "Größe"},
		"OK/ShortenedLink":  {in: "<p>See " + long + "!</p>", want: "See shop.example/offers/2026/spr…!", links: []string{"https://shop.example/offers/2026/spring?ref=social"}},
		"OK/LinkTwice":      {in: long + " " + long, want: "shop.example/offers/2026/spr… shop.example/offers/2026/spr…", links: []string{"https://shop.example/offers/2026/spring?ref=social"}},
		"OK/Mention":        {in: `<p><span class="h-card"><a href="https://a.example/@bo" class="u-url mention">@<span>bo</span></a></span> hi</p>`, want: "@bo hi"},
		"OK/Hashtag":        {in: `<a href="https://a.example/tags/x" class="mention hashtag" rel="tag">#<span>x</span></a>`, want: "#x"},
		"OK/ForeignSchemes": {in: `<a href="javascript:alert(1)">a</a> <a href="mailto:x@y.z">b</a> <a href="/rel">c</a> <a href="//h/p">d</a>`, want: "a b c d"},
		"OK/HrefEntities":   {in: `<a href="https://a.example/?x=1&amp;y=2">q</a>`, want: "q", links: []string{"https://a.example/?x=1&y=2"}},
		"OK/ScriptStyle":    {in: "a<script>alert('<b>')</script><style>p{}</style> b<!-- c -->", want: "a b"},
		"OK/QuoteInline":    {in: `<p class="quote-inline">RE: <a href="https://a.example/1">a.example/1</a></p><p>Indeed</p>`, want: "Indeed"},
		"OK/NestedHidden":   {in: `<span class="invisible">x<span>y</span>z</span>seen`, want: "seen"},
		"OK/HiddenUnclosed": {in: `<p><a href="https://a.example/"><span class="invisible">x</a> seen</p><p>too</p>`, want: "seen\n\ntoo", links: []string{"https://a.example/"}},
		"OK/List":           {in: "<ul><li>one</li><li>two</li></ul>after", want: "one\ntwo\n\nafter"},
		"OK/Table":          {in: "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", want: "a b\nc"},
		"OK/Pre":            {in: "<pre><code>if x {\n  y\n}</code></pre>done", want: "if x {\n  y\n}\n\ndone"},
		"OK/BareLess":       {in: "1 < 2 and <3 you", want: "1 < 2 and <3 you"},
		"OK/CutTag":         {in: "text <a href=\"https://a.exam", want: "text"},
		"OK/Controls":       {in: "a\x00b<i>\x1b[31m</i>", want: "ab[31m"},
		"OK/InvalidUTF8":    {in: "<p>a\xffb</p>", want: "a\ufffdb"},
		"OK/Image":          {in: `<p>Look <img src="https://a.example/pixel.gif" alt="x"></p>`, want: "Look"},
		"OK/VoidInvisible":  {in: `<img class="invisible">seen`, want: "seen"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, links := connectors.HTMLText(tc.in)
			if text != tc.want {
				t.Errorf("text %q, want %q", text, tc.want)
			}
			if diff := cmp.Diff(tc.links, links); diff != "" {
				t.Errorf("links (-want +got):\n%s", diff)
			}
		})
	}
}

// Hostile input must be read in a time that grows with its size only.
func TestHTMLTextHostile(t *testing.T) {
	t.Parallel()
	const n = 1 << 20
	tests := map[string]string{
		"DeepElements":   strings.Repeat("<div>", n/5),
		"DeepHidden":     strings.Repeat(`<span class="invisible">`, n/24),
		"OpenAngles":     strings.Repeat("<", n),
		"OpenComments":   strings.Repeat("<!--", n/4),
		"Attributes":     "<a " + strings.Repeat("a=b ", n/4) + ">",
		"ScriptEnds":     "<script>" + strings.Repeat("</scrip", n/7),
		"Entities":       strings.Repeat("&", n),
		"Breaks":         strings.Repeat("<br>", n/4),
		"LongWord":       strings.Repeat("ä", n),
		"LongClass":      `<span class="` + strings.Repeat("x ", n/4) + `">`,
		"LinksInMasses":  strings.Repeat(`<a href="https://a.example/">x</a>`, n/32),
		"LinksDifferent": links(10_000),
	}
	for name, in := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			text, links := connectors.HTMLText(in)
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("took %s", d)
			}
			if len(text) > 600<<10 || len(links) > 200 {
				t.Errorf("%d bytes, %d links", len(text), len(links))
			}
		})
	}
}

func links(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`<a href="https://a.example/` + strings.Repeat("x", i%500) + `">x</a>`)
	}
	return b.String()
}

func TestIsWebURL(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://a.example/x?y#z": true,
		"http://a.example":        true,
		"":                        false,
		"ftp://a.example/":        false,
		"https:///path":           false,
		"https://a example/":      false,
		"javascript:alert(1)":     false,
		"https://a.example/\xff":  false,
		"https://a.example/" + strings.Repeat("x", 1<<20): false,
		"https://a.example/%zz":                           false,
		"a.example":                                       false,
	} {
		if got := connectors.IsWebURL(address); got != want {
			t.Errorf("IsWebURL(%.60q) = %t, want %t", address, got, want)
		}
	}
}

func FuzzHTMLText(f *testing.F) {
	f.Add(`<p>See <a href="https://a.example/"><span class="invisible">https://</span><span class="ellipsis">a.ex</span></a><br>&amp;</p>`)
	f.Add("<pre>\n x</pre><script>")
	f.Add("<span class=invisible><p>\xff\x00")
	f.Fuzz(func(t *testing.T, in string) {
		text, links := connectors.HTMLText(in)
		if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
			t.Errorf("text is not clean: %q", text)
		}
		if text != strings.TrimRight(text, "\n") {
			t.Errorf("text ends with a line break: %q", text)
		}
		for _, link := range links {
			if !connectors.IsWebURL(link) {
				t.Errorf("link %q", link)
			}
		}
	})
}

func BenchmarkHTMLText(b *testing.B) {
	in := `<p>The new coffee machine from <a href="https://a.example/@brand" class="u-url mention">@<span>brand</span></a> broke after two days &amp; nobody answers.</p>` +
		`<p>Photos: <a href="https://pics.example/2026/03/coffee"><span class="invisible">https://</span><span class="ellipsis">pics.example/2026/03</span><span class="invisible">/coffee</span></a></p>`
	b.ReportAllocs()
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		connectors.HTMLText(in)
	}
}
