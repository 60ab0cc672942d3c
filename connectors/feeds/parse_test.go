package feeds_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const open2 = `<rss version="2.0" xmlns:a="urn:a"><channel><title>x</title>`

// A small document must not cost much time or memory, whatever the parser would make of it.
func TestHostileFeeds(t *testing.T) {
	const size = 3 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	long := strings.Repeat("b/", 1<<18)
	for name, tt := range map[string]struct{ body, want string }{
		"nested extensions": {open2 + fill("<a:b>"), "nest deeper than 200"},
		"nested and closed": {open2 + strings.Repeat("<a:b>", 1<<18) + strings.Repeat("</a:b>", 1<<18) + `</channel></rss>`, "nest deeper than 200"},
		"nested xhtml":      {`<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><content type="xhtml">` + fill("<a>"), "nest deeper than 200"},
		"elements":          {open2 + fill("<item/>") + `</channel></rss>`, "more than 200000 elements"},
		"nested bases":      {`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a/">` + fill(`<entry xml:base="c/">`), "xml:base"},
		"long base":         {`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a/` + long + `">` + fill(`<entry xml:base="c"/>`), "xml:base"},
		"other base":        {`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:y="http://www.w3.org/XML/1998/namespace" y:base="http://a/` + long + `"/>`, "xml:base"},
		"namespaces":        {strings.Repeat(`<rss xmlns:a="urn:a" xmlns:b="urn:b">`, 150), "namespaces"},
		"deep JSON":         {`{"version":"https://jsonfeed.org/version/1.1","x":` + fill("["), "max depth"},
		"UTF-16 label":      {`<?xml version="1.0" encoding="utf-16le"?>` + fill("<\x00a\x00>\x00"), "no"},
		"entities":          {`<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "` + strings.Repeat("x", 1000) + `"><!ENTITY b "&a;&a;">]>` + open2 + fill("&b;"), "no"},
		"unclosed tag":      {"<rss " + fill(`a="" `), "no"},
		"nothing":           {"", "no RSS"},
		"spaces":            {fill(" "), "no RSS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(tt.body)) }))
			defer server.Close()
			o, began := newOut(), time.Now()
			poll(t, o, "", server.URL)
			if len(o.refused) != 1 || !strings.Contains(o.refused[0], tt.want) || len(o.events) != 0 {
				t.Errorf("%d events, refused %.300q, want %q", len(o.events), o.refused, tt.want)
			}
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// What a large but honest feed is made of is taken.
func TestForgivingFeeds(t *testing.T) {
	for name, body := range map[string]string{
		"latin-1":   "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + open2 + "<item><guid>1</guid><title>Stra\xdfe</title></item></channel></rss>",
		"entities":  open2 + "<item><guid>1</guid><title>Stra&szlig;e</title></item></channel></rss>",
		"controls":  open2 + "<item><guid>1</guid><title>Stra\x08ße</title></item></channel></rss>",
		"unescaped": open2 + "<item><guid>1</guid><title>Straße</title><link>http://a.example/?a=1&b=2</link></item></channel></rss>",
		"truncated": open2 + "<item><guid>1</guid><title>Straße</title></item><description>x<br>y</description></channel></rss>",
		"json":      `{"version":"https://jsonfeed.org/version/1.1","title":"J","items":[{"id":"1","title":"Straße"}]}`,
		"atom":      `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/"><title>A</title><entry><id>1</id><title>Straße</title><link href="1"/></entry></feed>`,
		"rdf":       `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>R</title></channel><item rdf:about="http://a.example/1"><title>Straße</title></item></rdf:RDF>`,
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
			defer server.Close()
			o := newOut()
			poll(t, o, "", server.URL)
			if len(o.events) != 1 || !strings.HasPrefix(o.events[0].Post.Text, "Straße") {
				t.Errorf("%+v, refused %q", o.events, o.refused)
			}
			if name == "atom" && o.events[0].Post.URL != "https://a.example/1" {
				t.Errorf("url %q", o.events[0].Post.URL)
			}
		})
	}
}
