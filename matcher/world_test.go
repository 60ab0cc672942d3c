package matcher_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/people"
	"github.com/groundswell/groundswell/matcher"
	"github.com/groundswell/groundswell/post"
)

func contactOf(p people.Contact) matcher.Contact {
	c := matcher.Contact{ID: p.ID, FirstName: p.First, LastName: p.Last, Email: p.Email, Company: p.Company, Domain: p.Domain, City: p.City, URL: p.URL}
	for _, on := range p.Profiles {
		c.Profiles = append(c.Profiles, matcher.Profile{Network: on.Network, NativeID: on.NativeID, Handle: on.Handle})
	}
	return c
}

func authorOf(p people.Author) post.Author {
	a := post.Author{ID: p.NativeID, Handle: p.Handle, Name: p.Name, URL: p.URL, Bio: p.Bio, Location: p.Location}
	if p.VerifiedURL != "" {
		a.VerifiedLinks = []string{p.VerifiedURL}
	}
	return a
}

// settle makes an index of a world, fitted on other authors of it.
func settle(tb testing.TB, w *people.World, fitted int) *matcher.Index {
	tb.Helper()
	x := matcher.NewIndex(nil)
	x.Reserve(w.Len())
	for i := range w.Len() {
		x.Put(contactOf(w.Contact(i)))
	}
	var seen []matcher.Seen
	for j := range fitted {
		p := w.Author(-1-j, people.Usual)
		a := authorOf(p)
		seen = append(seen, matcher.Seen{Network: p.Network, Author: &a})
	}
	if fitted > 0 {
		x.SetModel(x.Fit(seen, "test"))
	}
	return x
}

// What is promised holds in a world that the weights were not made for: precision, strangers,
// calibration, blocking.
func TestWorld(t *testing.T) {
	w := people.New(7, 20_000)
	x := settle(t, w, 4000)
	var labels []matcher.Label
	automatic, right, known, strangers, wrongStrangers, able, found := 0, 0, 0, 0, 0, 0, 0
	for j := range 12_000 {
		p := w.Author(j, people.Usual)
		a := authorOf(p)
		m, ok := x.Resolve(p.Network, &a)
		if ok {
			for _, m := range m.All() {
				labels = append(labels, matcher.Label{Probability: m.Probability, Right: m.ContactID == p.Truth})
			}
		}
		if m.Decision == matcher.Confirmed {
			automatic++
			if m.ContactID == p.Truth {
				right++
			} else if p.Truth == "" {
				wrongStrangers++
			}
		}
		if p.Truth == "" {
			strangers++
			continue
		}
		known++
		if e, _ := x.Examine(p.Network, &a, p.Truth); e.Proven || e.Surname && e.Name > 3 && e.BeyondName >= 3 {
			able++
			if e.Candidate {
				found++
			}
		}
	}
	share := func(a, b int) float64 { return float64(a) / float64(b) }
	if p := share(right, automatic); p < 0.997 || automatic < 500 {
		t.Errorf("%d of %d automatic links are right", right, automatic)
	}
	if c := share(right, able); c < 0.6 {
		t.Errorf("%d of %d who can be identified are linked automatically", right, able)
	}
	if share(wrongStrangers, strangers) > 0.001 {
		t.Errorf("%d of %d strangers are linked", wrongStrangers, strangers)
	}
	if share(found, able) < 0.93 {
		t.Errorf("the blocks lead to %d of %d", found, able)
	}
	if e := matcher.CalibrationError(labels); e > 0.05 {
		t.Errorf("calibration error %v", e)
	}
	t.Logf("%d known, %d can be identified, %d of %d automatic links right, calibration error %.4f", known, able, right, automatic, matcher.CalibrationError(labels))
}

// Whoever is not among the contacts is not linked: everybody is a stranger.
func TestStrangersOnly(t *testing.T) {
	w := people.New(8, 5000)
	x := settle(t, w, 0)
	mix := people.Mix{Namesakes: 0.05}
	var seen []matcher.Seen
	for j := range 3000 {
		p := w.Author(j, mix)
		a := authorOf(p)
		seen = append(seen, matcher.Seen{Network: p.Network, Author: &a})
	}
	m := x.Fit(seen, "strangers")
	if m.Known > 0.06 {
		t.Errorf("%.1f %% of strangers are held for contacts", 100*m.Known)
	}
	x.SetModel(m)
	linked := 0
	for _, s := range seen {
		if m, _ := x.Resolve(s.Network, s.Author); m.Decision == matcher.Confirmed {
			linked++
		}
	}
	if linked > 3 {
		t.Errorf("%d of %d strangers are linked", linked, len(seen))
	}
}

// A block of any size costs no more than its cap, and what is left out is said and shares the
// probability.
func TestManyNamesakes(t *testing.T) {
	x := matcher.NewIndex(nil)
	const n = 30_000
	for i := range n {
		c := matcher.Contact{ID: fmt.Sprint(i), FirstName: "Anna", LastName: "Müller", City: fmt.Sprint("Stadt", i%7), Company: fmt.Sprint("Firma Nummer ", i)}
		if i%20 > 0 { // the others are somebody else
			c.FirstName, c.LastName = fmt.Sprint("Vor", i%50), fmt.Sprint("Nach", i)
		}
		x.Put(c)
	}
	began := time.Now()
	if m, ok := x.Resolve("x", &post.Author{Name: "Anna Müller", Handle: "anna.mueller", Location: "Stadt3"}); ok {
		t.Errorf("one of %d: %+v", n, m)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %s", took)
	}
	m, ok := x.Resolve("x", &post.Author{Name: "Anna Müller", Bio: "bei Firma Nummer 4720"})
	if !ok || m.ContactID != "4720" || m.LeftOut == 0 || m.Decision != matcher.Suggested || !strings.Contains(matcher.Explain(m), "left out") {
		t.Errorf("%+v", m)
	}
}

// Hostile names cost little and break nothing.
func TestHostileNames(t *testing.T) {
	x := matcher.NewIndex(nil)
	names := []string{"", "A", strings.Repeat("Ä", 500), "🙂🙂🙂", "Аnna Müller", "\xff\xfe", strings.Repeat("a b ", 500), "GmbH", "Dr.", "von der", "Müller, ", ",", "| Acme", "李 小龙", "﷽ ﷽", strings.Repeat("́", 300) + "x y", "- - -", "O'", "0 0", "ſẞ ﬀ"}
	for i, name := range names {
		x.Put(matcher.Contact{ID: fmt.Sprint(i), FirstName: name, LastName: name, DisplayName: name, Company: name, City: name, Domain: name, Email: name, URL: name,
			Profiles: []matcher.Profile{{Network: name, NativeID: name, Handle: name, URL: name}}})
	}
	for _, name := range names {
		a := post.Author{ID: name, Handle: name, Name: name, Bio: strings.Repeat(name+" ", 20), Location: name, URL: name, VerifiedLinks: []string{name}}
		if m, ok := x.Resolve("x", &a); ok && (m.Probability <= 0 || m.Probability > 1) {
			t.Errorf("%q: %+v", name, m)
		}
	}
	for i := range names {
		x.Delete(fmt.Sprint(i))
	}
	if x.Len() != 0 {
		t.Errorf("%d are left", x.Len())
	}
	if m, ok := x.Resolve("x", &post.Author{Name: "A", Handle: "A"}); ok {
		t.Errorf("found in an empty index: %+v", m)
	}
}

// Edits of every kind leave the index as if it had been built of the result.
func TestEditsLeaveNoTrace(t *testing.T) {
	w := people.New(9, 600)
	fresh, edited := matcher.NewIndex(nil), matcher.NewIndex(nil)
	for i := range 300 {
		fresh.Put(contactOf(w.Contact(i)))
		other := contactOf(w.Contact(599 - i))
		other.ID = w.Contact(i).ID
		edited.Put(other)
	}
	for i := 300; i < 600; i++ {
		edited.Put(contactOf(w.Contact(i)))
	}
	for i := range 300 {
		edited.Put(contactOf(w.Contact(i)))
		edited.Delete(w.Contact(300 + i).ID)
	}
	if edited.Len() != fresh.Len() {
		t.Fatalf("%d contacts, want %d", edited.Len(), fresh.Len())
	}
	for j := range 2000 {
		p := w.Author(j, people.Usual)
		a := authorOf(p)
		want, _ := fresh.Resolve(p.Network, &a)
		got, _ := edited.Resolve(p.Network, &a)
		if short(want, want.ContactID != "") != short(got, got.ContactID != "") || want.Probability != got.Probability {
			t.Fatalf("%+v\n got %+v\nwant %+v", a, got, want)
		}
	}
}

// What is remembered is forgotten when anything changes.
func TestRemember(t *testing.T) {
	x := matcher.NewIndex(contacts())
	x.Remember(10)
	a := post.Author{Handle: "anna_m"}
	for range 3 {
		if got := short(x.Resolve("x", &a)); got != "anna confirmed account" {
			t.Fatal(got)
		}
	}
	x.Put(matcher.Contact{ID: "new", LastName: "New", Profiles: []matcher.Profile{{Network: "x", Handle: "anna_m"}}})
	if got := short(x.Resolve("x", &a)); got != "anna suggested account | new suggested account" {
		t.Fatal(got)
	}
	x.Delete("new")
	if got := short(x.Resolve("x", &a)); got != "anna confirmed account" {
		t.Fatal(got)
	}
	s := matcher.DefaultSettings()
	s.Automatic = 0.99999
	x.Configure(s)
	if got := short(x.Resolve("x", &a)); got != "anna suggested account" {
		t.Fatal(got)
	}
	x.Remember(0)
	if got := short(x.Resolve("x", &a)); got != "anna suggested account" {
		t.Fatal(got)
	}
}

func TestSettings(t *testing.T) {
	x := matcher.NewIndex(contacts())
	a := post.Author{Handle: "z", Name: "Bernd Kaufmann", Bio: "Acme GmbH", Location: "Ulm"}
	s := matcher.DefaultSettings()
	decision := func(want string) {
		t.Helper()
		x.Configure(s)
		if m, _ := x.Resolve("x", &a); m.Decision != want {
			t.Errorf("with %+v: %q, want %q", s, m.Decision, want)
		}
	}
	decision(matcher.Confirmed)
	s.Automatic = 0.99999
	decision(matcher.Suggested)
	s = matcher.DefaultSettings()
	s.BeyondName = 50
	decision(matcher.Suggested)
	s = matcher.DefaultSettings()
	s.ProvenOnly = map[string]bool{"x": true}
	decision("")
	s = matcher.DefaultSettings()
	s.ProvenOnlyEverywhere = true
	decision("")
}

// BenchmarkResolve is the cost of an author who is seen for the first time.
func BenchmarkResolve(b *testing.B) {
	w := people.New(1, 200_000)
	x := settle(b, w, 2000)
	authors := make([]post.Author, 5000)
	networks := make([]string, len(authors))
	for j := range authors {
		p := w.Author(j, people.Usual)
		authors[j], networks[j] = authorOf(p), p.Network
	}
	took := make([]time.Duration, 0, 1<<20)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		began := time.Now()
		x.Resolve(networks[i%len(authors)], &authors[i%len(authors)])
		took = append(took, time.Since(began))
		i++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "authors/s")
}

// BenchmarkRemembered is the cost of an author who was seen before.
func BenchmarkRemembered(b *testing.B) {
	w := people.New(1, 20_000)
	x := settle(b, w, 0)
	x.Remember(10_000)
	p := w.Author(1, people.Usual)
	a := authorOf(p)
	b.ReportAllocs()
	for b.Loop() {
		x.Resolve(p.Network, &a)
	}
}

// BenchmarkIndex is the cost of putting 100,000 contacts into an index, and what it holds of them.
func BenchmarkIndex(b *testing.B) {
	w := people.New(1, 100_000)
	contacts := make([]matcher.Contact, w.Len())
	for i := range contacts {
		contacts[i] = contactOf(w.Contact(i))
	}
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		x := matcher.NewIndex(contacts)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(x.Len()), "B/contact")
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(contacts)), "µs/contact")
}

// FuzzResolve puts a contact in and asks for an author made of the same texts.
func FuzzResolve(f *testing.F) {
	f.Add("Anna", "Müller-Lüdenscheidt", "Acme GmbH", "Köln", "anna@acme.example", "https://anna.example", "anna_m", "Dr. Anna Müller | Acme", "Einkauf @ Acme, Köln")
	f.Add("", "", "", "", "@", "://", "@@", ",", "http://")
	f.Add("Иван", "王", "& Co KG", "(Saale)", "a@b", "https://acme.example/team/x", "x@y@z", "A. B. C.", "bei . in aus")
	f.Fuzz(func(t *testing.T, first, last, company, city, mail, url, handle, name, bio string) {
		x := matcher.NewIndex(nil)
		for _, network := range []string{"x", "mastodon", "bluesky"} {
			x.Put(matcher.Contact{ID: network, FirstName: first, LastName: last, DisplayName: name, Company: company, City: city, Email: mail, URL: url, Domain: url,
				Profiles: []matcher.Profile{{Network: network, NativeID: name, Handle: handle, URL: url}}})
			a := post.Author{ID: name, Handle: handle, Name: name, Bio: bio, Location: city, URL: url, VerifiedLinks: []string{url, bio}}
			m, ok := x.Resolve(network, &a)
			if ok && (m.ContactID == "" || !(m.Probability > 0 && m.Probability <= 1)) {
				t.Fatalf("%+v", m)
			}
		}
		for _, network := range []string{"x", "mastodon", "bluesky"} {
			x.Delete(network)
		}
		if _, ok := x.Resolve("x", &post.Author{ID: name, Handle: handle, Name: name}); ok || x.Len() != 0 {
			t.Fatal("something is left")
		}
	})
}
