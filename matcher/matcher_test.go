package matcher_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/matcher"
	"github.com/groundswell/groundswell/post"
)

// anna has everything on file; bernd is at the same company; the others only fill the index.
func contacts() []matcher.Contact {
	return []matcher.Contact{
		{ID: "anna", FirstName: "Anna", LastName: "Müller-Lüdenscheidt", Company: "Acme GmbH", City: "Köln", URL: "https://anna.example/", Profiles: []matcher.Profile{
			{Network: "bluesky", NativeID: "did:plc:anna", Handle: "anna.bsky.social", URL: "https://bsky.app/profile/anna.bsky.social"},
			{Network: "mastodon", Handle: "anna@example.social", URL: "https://example.social/@anna"},
			{Network: "x", Handle: "anna_m", URL: "https://x.com/anna_m"},
		}},
		{ID: "bernd", FirstName: "Bernd", LastName: "Kaufmann", Company: "Acme GmbH", City: "Ulm", URL: "https://acme.example"},
		{ID: "carla", FirstName: "Carla", LastName: "Weiss", Company: "Acme GmbH", URL: "https://acme.example/team/carla", Profiles: []matcher.Profile{
			{Network: "x", NativeID: "1001", Handle: "carla"}}},
		{ID: "dora", FirstName: "Dora", LastName: "Weiss", Company: "Weiss & Partner KG", City: "Bonn", URL: "https://doraweiss.example/"},
		{ID: "hans1", FirstName: "Hans", LastName: "Schmidt", Company: "Zeta AG", City: "Berlin"},
		{ID: "hans2", FirstName: "Hans", LastName: "Schmidt", Company: "Omega SE", City: "Bremen"},
		{ID: "twin1", LastName: "One", Profiles: []matcher.Profile{{Network: "x", Handle: "team"}}},
		{ID: "twin2", LastName: "Two", Profiles: []matcher.Profile{{Network: "x", Handle: "team"}}},
		{ID: "lee", DisplayName: "Lee Näßlund", Company: "Lone Ltd"},
		{ID: "did", LastName: "Only", Profiles: []matcher.Profile{{Network: "bluesky", NativeID: "did:plc:only", URL: "https://bsky.app/profile/did:plc:only"}}},
		{ID: "users", LastName: "Id", Profiles: []matcher.Profile{{Network: "mastodon", NativeID: "https://example.social/users/Uta", Handle: "uta@example.social", URL: "https://example.social/@uta"}}},
	}
}

// short is a match in a line: who, decision, probability, fields of the evidence.
func short(m matcher.Match, ok bool) string {
	if !ok {
		return ""
	}
	fields := make([]string, len(m.Evidence))
	for i, e := range m.Evidence {
		fields[i] = e.Field
	}
	s := m.ContactID + " " + m.Decision + " " + percent(m.Probability) + " " + strings.Join(fields, "+")
	for _, r := range m.Rivals {
		s += " | " + short(r, true)
	}
	return s
}

func percent(p float64) string {
	text := matcher.Explain(matcher.Match{Probability: p})
	_, text, _ = strings.Cut(text, "probability ")
	text, _, _ = strings.Cut(text, " ")
	return text
}

func TestResolve(t *testing.T) {
	x := matcher.NewIndex(contacts())
	for name, c := range map[string]struct {
		network string
		author  post.Author
		want    string
	}{
		"OKAccountID":              {"bluesky", post.Author{ID: "did:plc:anna", Handle: "anna.bsky.social"}, "anna confirmed 99.99 account"},
		"OKAccountIDNewHandle":     {"bluesky", post.Author{ID: "did:plc:anna", Handle: "renamed.example"}, "anna confirmed 99.99 account"},
		"OKAccountIDAlone":         {"bluesky", post.Author{ID: "did:plc:only", Handle: "only.bsky.social"}, "did confirmed 99.99 account"},
		"OKRecycledHandle":         {"bluesky", post.Author{ID: "did:plc:other", Handle: "anna.bsky.social"}, "anna suggested 50 account"},
		"OKRecycledNumber":         {"x", post.Author{ID: "1002", Handle: "carla"}, "carla suggested 50 account"},
		"OKHandle":                 {"x", post.Author{ID: "77", Handle: "Anna_M"}, "anna confirmed 99.9 account"},
		"OKHandleWithAt":           {"x", post.Author{Handle: "@anna_m"}, "anna confirmed 99.9 account"},
		"NoHandleElsewhere":        {"instagram", post.Author{Handle: "anna_m"}, ""},
		"OKMastodonFull":           {"mastodon", post.Author{ID: "https://example.social/users/anna", Handle: "anna@example.social"}, "anna confirmed 99.9 account"},
		"OKMastodonLocal":          {"mastodon", post.Author{ID: "109", Handle: "Anna", URL: "https://example.social/@anna"}, "anna confirmed 99.9 account"},
		"OKMastodonByID":           {"mastodon", post.Author{ID: "https://example.social/users/anna", Handle: "anna"}, "anna confirmed 99.9 account"},
		"OKMastodonUsersID":        {"mastodon", post.Author{ID: "https://example.social/users/Uta", Handle: "uta"}, "users confirmed 99.99 account"},
		"OKMastodonUsersPage":      {"mastodon", post.Author{ID: "https://example.social/@uta", Handle: "uta@example.social"}, "users confirmed 99.99 account"},
		"OKMastodonServersNumber":  {"mastodon", post.Author{ID: "4711", Handle: "uta@example.social"}, "users confirmed 99.9 account"},
		"NoMastodonOtherServer":    {"mastodon", post.Author{ID: "https://evil.example/users/anna", Handle: "anna@evil.example"}, ""},
		"NoMastodonNoServer":       {"mastodon", post.Author{ID: "109", Handle: "anna"}, ""},
		"OKOwnPage":                {"mastodon", post.Author{Handle: "a@b.example", VerifiedLinks: []string{"http://www.anna.example"}}, "anna confirmed 99.95 link"},
		"OKOwnPageUpper":           {"mastodon", post.Author{Handle: "a@b.example", VerifiedLinks: []string{"https://junk", "HTTPS://ANNA.example/#me"}}, "anna confirmed 99.95 link"},
		"OKProfilePage":            {"mastodon", post.Author{Handle: "a@b.example", VerifiedLinks: []string{"https://twitter.com/Anna_M?s=20"}}, "anna confirmed 99.95 link"},
		"OKOwnPageUnderCompany":    {"mastodon", post.Author{Handle: "a@b.example", VerifiedLinks: []string{"https://acme.example/team/carla/"}}, "carla confirmed 99.95 link"},
		"OKOwnPageNamedForBoth":    {"mastodon", post.Author{Handle: "a@b.example", VerifiedLinks: []string{"https://doraweiss.example"}}, "dora confirmed 99.95 link"},
		"NoPageNotVerified":        {"mastodon", post.Author{Handle: "a@b.example", Bio: "https://anna.example", URL: "https://anna.example"}, ""},
		"NoCompanyPage":            {"mastodon", post.Author{Handle: "a@b.example", Name: "Acme News", VerifiedLinks: []string{"https://acme.example"}}, ""},
		"OKCompanyPageAndName":     {"mastodon", post.Author{Handle: "a@b.example", Name: "Bernd Kaufmann", VerifiedLinks: []string{"https://acme.example"}}, "bernd suggested 66.67 link+name"},
		"OKDomainHandle":           {"bluesky", post.Author{ID: "did:plc:x", Handle: "anna.example"}, "anna confirmed 99.93 handle"},
		"NoDomainHandleOfCompany":  {"bluesky", post.Author{ID: "did:plc:x", Handle: "acme.example"}, ""},
		"NoDomainOnOtherNetwork":   {"x", post.Author{Handle: "anna.example"}, ""},
		"OKNameAndCompany":         {"x", post.Author{Handle: "z", Name: "Anna Müller-Lüdenscheidt", Bio: "Einkauf bei ACME, gern draußen"}, "anna suggested 69.67 name+company"},
		"OKNameAndCity":            {"x", post.Author{Handle: "z", Name: "Dr. Anna Mueller Luedenscheidt", Location: "Köln, Germany"}, "anna suggested 39.75 name+city"},
		"OKNameCompanyAndCity":     {"x", post.Author{Handle: "z", Name: "ANNA MÜLLER-LÜDENSCHEIDT | Acme", Location: "Koeln"}, "anna suggested 90 name+company+city"},
		"OKNameTurned":             {"x", post.Author{Handle: "z", Name: "Müller-Lüdenscheidt, Anna", Bio: "Acme"}, "anna suggested 69.67 name+company"},
		"OKDisplayName":            {"x", post.Author{Handle: "z", Name: "Lee Naesslund", Bio: "works at Lone."}, "lee suggested 69.67 name+company"},
		"NoNameAlone":              {"x", post.Author{Handle: "z", Name: "Anna Müller-Lüdenscheidt"}, ""},
		"NoNamesake":               {"x", post.Author{Handle: "z", Name: "Hans Schmidt", Bio: "Zeta, Berlin", Location: "Berlin"}, ""},
		"NoFirstNameOnly":          {"x", post.Author{Handle: "z", Name: "Anna", Bio: "Acme, Köln"}, ""},
		"NoCompanyInOtherWord":     {"x", post.Author{Handle: "z", Name: "Anna Müller-Lüdenscheidt", Bio: "Acmeist"}, ""},
		"NoNameWithOtherAccountID": {"x", post.Author{ID: "9", Handle: "z", Name: "Dora Weiss"}, ""},
		"OKTwoClaimants":           {"x", post.Author{Handle: "team"}, "twin1 suggested 49.98 account | twin2 suggested 49.98 account"},
		"OKTwoProofs":              {"x", post.Author{Handle: "carla", ID: "1001", VerifiedLinks: []string{"https://anna.example"}}, "carla suggested 83.11 account | anna suggested 16.88 link"},
		"OKProofOverName":          {"x", post.Author{Handle: "anna_m", Name: "Dora Weiss", Bio: "Weiss & Partner", Location: "Bonn"}, "anna confirmed 99.9 account"},
		"NoEmpty":                  {"", post.Author{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, short(x.Resolve(c.network, &c.author))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Only what proves the identity confirms, whatever else agrees; and what is confirmed is so at the
// precision that is promised.
func TestConfirmedIsProven(t *testing.T) {
	x := matcher.NewIndex(contacts())
	proofs := map[string]bool{matcher.LevelAccountID: true, matcher.LevelHandle: true, matcher.LevelOwnPage: true, matcher.LevelProfilePage: true, matcher.LevelOwnDomain: true}
	for _, handle := range []string{"", "z", "anna_m", "carla", "team", "anna.example", "acme.example", "anna.bsky.social", "anna@example.social"} {
		for _, id := range []string{"", "7", "1001", "did:plc:anna", "did:plc:z"} {
			for _, name := range []string{"", "Anna Müller-Lüdenscheidt", "Carla Weiss", "Hans Schmidt"} {
				for _, page := range []string{"", "https://acme.example", "https://anna.example"} {
					for _, network := range []string{"x", "bluesky", "mastodon"} {
						a := post.Author{ID: id, Handle: handle, Name: name, Bio: "Acme", Location: "Köln", VerifiedLinks: []string{page}}
						m, ok := x.Resolve(network, &a)
						if !ok {
							continue
						}
						for _, m := range m.All() {
							proven := false
							for _, e := range m.Evidence {
								proven = proven || proofs[e.Level]
							}
							switch {
							case m.Decision == matcher.Confirmed && (!proven || m.Probability < 0.997 || len(m.Rivals) > 0):
								t.Errorf("%s %+v: confirmed by %+v", network, a, m)
							case m.Decision == matcher.Suggested && (m.Probability > 0.9 || m.Probability <= 0):
								t.Errorf("%s %+v: suggested at %v", network, a, m.Probability)
							case m.Basis == "" || !strings.HasPrefix(m.Basis, "legitimate interest: "):
								t.Errorf("%s %+v: no legal basis", network, a)
							}
						}
					}
				}
			}
		}
	}
}

func TestPutAndDelete(t *testing.T) {
	x := matcher.NewIndex(nil)
	a := post.Author{Handle: "anna"}
	resolve := func(want string) {
		t.Helper()
		if got := short(x.Resolve("x", &a)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	profile := func(handle string) []matcher.Profile {
		return []matcher.Profile{{Network: "x", Handle: handle}}
	}
	resolve("")
	x.Put(matcher.Contact{ID: "1", LastName: "A", Profiles: profile("anna")})
	resolve("1 confirmed 99.9 account")
	x.Put(matcher.Contact{ID: "2", LastName: "B", Profiles: profile("Anna")})
	resolve("1 suggested 49.98 account | 2 suggested 49.98 account")
	x.Put(matcher.Contact{ID: "3", LastName: "C", Profiles: profile("anna")})
	resolve("1 suggested 33.32 account | 2 suggested 33.32 account | 3 suggested 33.32 account")
	x.Put(matcher.Contact{ID: "1", LastName: "A", Profiles: profile("else")})
	x.Delete("3")
	resolve("2 confirmed 99.9 account")
	x.Delete("2")
	x.Delete("nobody")
	resolve("")
	if n := x.Len(); n != 1 {
		t.Errorf("%d contacts, want 1", n)
	}
	for i := range 3 { // a deleted one's place is used again
		x.Put(matcher.Contact{ID: string(rune('a' + i)), Profiles: profile("anna")})
		x.Delete(string(rune('a' + i)))
	}
	resolve("")
	x.Put(matcher.Contact{ID: "4", Profiles: profile("anna")})
	resolve("4 confirmed 99.9 account")
}

// What more than eight contacts have on file, the company's handle or page, is no proof for any,
// not even for the one whom something else speaks for.
func TestManyClaimants(t *testing.T) {
	shared := []matcher.Profile{{Network: "x", Handle: "acme", NativeID: "5", URL: "https://x.com/acme"}}
	for n, want := range map[int]string{
		1:  "a confirmed 99.99 account+link+name",
		8:  "a suggested 90 account+link+name",
		9:  "a suggested 66.67 link+name",
		20: "a suggested 66.67 link+name",
	} {
		x := matcher.NewIndex(nil)
		for i := range n {
			x.Put(matcher.Contact{ID: string(rune('a' + i)), FirstName: "Nr" + strings.Repeat("i", i), LastName: "Eins", URL: "https://acme.example/team", Profiles: shared})
		}
		a := post.Author{ID: "5", Handle: "acme", Name: "Nr Eins", VerifiedLinks: []string{"https://acme.example/team", "https://x.com/acme"}}
		got, _, _ := strings.Cut(short(x.Resolve("x", &a)), " |")
		if got != want {
			t.Errorf("%d contacts: got %q, want %q", n, got, want)
		}
		a.Name = ""
		if m, ok := x.Resolve("x", &a); ok != (n <= 8) || ok && len(m.Rivals) != n-1 {
			t.Errorf("%d contacts without a name: %s", n, short(m, ok))
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"":                          "",
		"Müller":                    "mueller",
		"Mu\u0308ller":              "mueller",
		"MUELLER":                   "mueller",
		"Straße STRAẞE":             "strasse strasse",
		"  Anna\t-  Lena ":          "anna lena",
		"O'Neil O’Neil":             "oneil oneil",
		"Łódź Øre Ærø Ångström":     "lodz oere aeroe aangstroem",
		"Đorđe Þór ıI":              "dorde thor ii",
		"René Zoë Ñuñoz":            "rene zoe nunoz",
		"Ａｎｎａ":                      "anna",
		"ﬁn ①":                      "fin 1",
		"Иван Ё":                    "иван е",
		"Αθήνα":                     "αθηνα",
		"東京 太郎":                     "東京 太郎",
		"שלום":                      "שלום",
		"\u202eAnna\u202c":          "anna",
		"a\u200bb":                  "a b",
		"🙂 Anna 🎉 M":                "anna m",
		"a\x00b":                    "a b",
		"\xff\xfeAnna":              "anna",
		"İstanbul":                  "istanbul",
		"ÄÖÜäöüß":                   "aeoeueaeoeuess",
		"A\u0308\u0301nne":          "aenne",
		"don`t do´it it\u02bcs":     "dont doit its",
		"Dvořák Škoda Čech":         "dvorak skoda cech",
		strings.Repeat("ä", 100):    strings.Repeat("ae", 25),
		strings.Repeat("東", 100):    strings.Repeat("東", 50),
		strings.Repeat("a b ", 100): strings.TrimSpace(strings.Repeat("a b ", 13)[:50]),
	} {
		got := matcher.Fold(in, 50)
		if got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
		if again := matcher.Fold(got, 50); again != got {
			t.Errorf("%q folded again is %q", got, again)
		}
	}
}
