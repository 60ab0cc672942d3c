package listening_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

func heard(text string) post.Post {
	return post.Post{Network: "mastodon", ID: "1", Kind: post.KindReply, Author: post.Author{ID: "7", Handle: "Anna@social.example"}, Text: text,
		Language: "de-AT", PostedAt: time.Unix(1700000000, 0), Hashtags: []string{"Rückruf"}, Mentions: []string{"acme.bsky.social"}, Links: []string{"https://www.shop.example.com/a?b#c"}}
}

func compile(t testing.TB, queries ...string) *listening.Matcher {
	t.Helper()
	var monitors []listening.Monitor
	for i, q := range queries {
		monitors = append(monitors, listening.Monitor{ID: fmt.Sprintf("m%04d", i), Name: q, Query: q, Enabled: true})
	}
	m, err := listening.Compile(monitors)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		query, text string
		want        bool
	}{
		{`acme`, "I love ACME!", true},
		{`acme`, "Acme’s service", true},
		{`acme`, "#Acme rocks", true},
		{`acme`, "acmed", false},
		{`acme`, "hello @acme", false},
		{`@acme`, "hello @acme.", true},
		{`@acme`, "hello @Acme@social.example!", true},
		{`@acme@social.example`, "hello @acme@social.example", true},
		{`@acme.bsky.social`, "the handle is in the list", true},
		{`#acme`, "acme", false},
		{`#acme`, "so #Acme", true},
		{`#rückruf`, "the tag is in the list", true},
		{`#Rueckruf`, "", true},
		{`müller`, "Frau MUELLER", true},
		{`mueller`, "Frau Mu\u0308ller", true},
		{`straße`, "STRASSE", true},
		{`café`, "cafe\u0301", true},
		{`acme`, "𝗔𝗰𝗺𝗲 ist da", true},
		{`acme`, "ac\u00adme", true},
		{`acme*`, "Acmeskandal", true},
		{`*skandal`, "Acmeskandal", true},
		{`*skand*`, "Acmeskandale", true},
		{`*mode`, "acme", false},
		{`"acme bank"`, "the Acme-Bank!", true},
		{`"acme bank"`, "bank acme", false},
		{`„acme bank“`, "acme\nbank", true},
		{`c&a`, "bei C&A gekauft", true},
		{`acme AND bank`, "bank of acme", true},
		{`acme bank`, "acme", false},
		{`acme OR bank`, "bank", true},
		{`acme NOT bank`, "acme bank", false},
		{`acme -bank`, "acme", true},
		{`acme -(bank OR kino)`, "acme kino", false},
		{`a1 OR b2 c3`, "a1", true},
		{`(a1 OR b2) c3`, "a1", false},
		{`acme NEAR recall`, "acme one two three four recall", true},
		{`acme NEAR/2 recall`, "acme one two three recall", false},
		{`recall NEAR/1 "acme bank"`, "acme bank recall", true},
		{`(recall OR rückruf) NEAR/3 acme`, "acme hat einen Rückruf", true},
		{`acme lang:de`, "acme", true},
		{`acme lang:en`, "acme", false},
		{`acme network:mastodon kind:reply`, "acme", true},
		{`acme NOT network:mastodon`, "acme", false},
		{`from:anna`, "what I say", true},
		{`from:@Anna@social.example`, "what I say", true},
		{`from:bob`, "from:bob", false},
		{`link:example.com`, "see", true},
		{`link:shop.example.com`, "see", true},
		{`link:ample.com`, "see", false},
		{`トヨタ`, "新しいトヨタの車", true},
		{`"or"`, "this or that", true},
	} {
		m, p := compile(t, tt.query), heard(tt.text)
		if got := len(m.Match(&p)) > 0; got != tt.want {
			t.Errorf("%s on %q: %v", tt.query, tt.text, got)
		}
		e := post.Event{Type: post.Upsert, Post: p}
		if tt.want && !m.MayMatch(e.AppendJSON(nil)) {
			t.Errorf("%s on %q: sifted out", tt.query, tt.text)
		}
	}
}

func TestParseQueryErr(t *testing.T) {
	for query, want := range map[string]string{
		"":                               "byte 0: want a term",
		"acme OR":                        "byte 7: want a term",
		"acme AND OR b2":                 "want a term instead of OR",
		"(acme":                          "want )",
		"acme)":                          `byte 4: want AND, OR, NOT or a term instead of ")"`,
		`"acme`:                          "byte 0: the phrase does not end",
		"!!!":                            "want letters or digits",
		"a":                              "want two letters",
		"ab*":                            "want three letters or more beside",
		"NOT acme":                       "matches nearly everything",
		"lang:de":                        "matches nearly everything",
		"acme OR lang:de":                "matches nearly everything",
		"acme NEAR/0 bank":               "want NEAR/1 to NEAR/50",
		"acme NEAR lang:de":              "NEAR wants words",
		"acme NEAR (a1 AND b2)":          "NEAR wants words",
		"sprache:de acme":                "want lang, network, kind, from or link",
		"acme kind:shout":                "want post, reply",
		strings.Repeat("(", 99) + "acme": "nested deeper",
		strings.Repeat("-", 99) + "acme": "nested deeper",
		strings.Repeat("acme ", 600):     "more than 500 terms",
		strings.Repeat("a", 11_000):      "longer than 10000",
		"acme \xff":                      "invalid UTF-8",
	} {
		_, err := listening.ParseQuery(query)
		var q *listening.QueryError
		if !errors.As(err, &q) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", query, err, want)
		}
	}
}

// Thousands of monitors at once answer as each alone does.
func TestManyMonitors(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	word := func() string { return fmt.Sprintf("wort%d", r.IntN(300)) }
	var queries []string
	for range 2000 {
		queries = append(queries, []string{word(), word() + " " + word(), word() + " OR #" + word(), word() + " NOT " + word(), word() + " NEAR/3 " + word(), "wort1" + fmt.Sprint(r.IntN(9)) + "*"}[r.IntN(6)])
	}
	all := compile(t, queries...)
	alone := make([]*listening.Matcher, len(queries))
	for i, q := range queries {
		alone[i] = compile(t, q)
	}
	for range 20 {
		var words []string
		for range 30 {
			words = append(words, word())
		}
		p := heard(strings.Join(words, " "))
		var want []string
		for i, m := range alone {
			if len(m.Match(&p)) > 0 {
				want = append(want, fmt.Sprintf("m%04d", i))
			}
		}
		if got := all.Match(&p); !slices.Equal(got, want) || len(want) == 0 {
			t.Fatalf("%d monitors, want %d", len(got), len(want))
		}
	}
}

// No query panics, and what the sieve drops never matches.
func FuzzMatch(f *testing.F) {
	f.Add(`acme NEAR/3 (recall OR "rück ruf*") -lang:de`, "Acme’s recall \u0301 #Fail @a@b.c")
	f.Add("@@0", "0")
	f.Add(`*kün* OR from:anna`, "KU\u0308NDIGEN ﬁx ½ ẞ")
	f.Fuzz(func(t *testing.T, query, text string) {
		q, err := listening.ParseQuery(query)
		if err != nil {
			return
		}
		m, err := listening.Compile([]listening.Monitor{{ID: "1", Query: q.String(), Enabled: true}})
		if err != nil {
			t.Fatalf("parsed but not compiled: %v", err)
		}
		p := heard(text)
		if p.Validate() != nil {
			return
		}
		e := post.Event{Type: post.Upsert, Post: p}
		if len(m.Match(&p)) > 0 && !m.MayMatch(e.AppendJSON(nil)) {
			t.Fatalf("%q on %q was sifted out", query, text)
		}
	})
}

const sample = "Seit heute früh geht bei meinem Anbieter gar nichts mehr, und die Hotline ist seit Stunden besetzt. Danke für nichts, so verliert man Kunden! 😡 #fail https://status.example.com/incident/42"

func benchmarkMatcher(b *testing.B, run func(m *listening.Matcher, p *post.Post, raw []byte)) {
	var queries []string
	for i := range 2000 {
		queries = append(queries, fmt.Sprintf("marke%d OR #marke%dfail OR (produkt%d NEAR/5 problem)", i, i, i))
	}
	m, p := compile(b, queries...), heard(sample)
	e := post.Event{Type: post.Upsert, Post: p}
	raw := e.AppendJSON(nil)
	b.ReportAllocs()
	for b.Loop() {
		run(m, &p, raw)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

func BenchmarkMayMatch2000Monitors(b *testing.B) {
	benchmarkMatcher(b, func(m *listening.Matcher, _ *post.Post, raw []byte) { m.MayMatch(raw) })
}

func BenchmarkMatch2000Monitors(b *testing.B) {
	benchmarkMatcher(b, func(m *listening.Matcher, p *post.Post, _ []byte) { m.Match(p) })
}
