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
		{ID: "bernd", FirstName: "Bernd", LastName: "Kaufmann", Email: "b.kaufmann@mail.example", Company: "Acme GmbH", City: "Ulm", URL: "https://acme.example"},
		{ID: "carla", FirstName: "Carla", LastName: "Weiss", Company: "Acme GmbH", URL: "https://acme.example/team/carla", Profiles: []matcher.Profile{
			{Network: "x", NativeID: "1001", Handle: "carla"}}},
		{ID: "dora", FirstName: "Dora", LastName: "Weiss", Company: "Weiss & Partner KG", City: "Bonn", URL: "https://doraweiss.example/"},
		{ID: "hans1", FirstName: "Hans", LastName: "Schmidt", Company: "Zeta AG", City: "Berlin"},
		{ID: "hans2", FirstName: "Hans", LastName: "Schmidt", Company: "Omega SE", City: "Bremen"},
		{ID: "ivan", FirstName: "Ivan", LastName: "Petrov", City: "Sofia"},
		{ID: "twin1", LastName: "One", Profiles: []matcher.Profile{{Network: "x", Handle: "team"}}},
		{ID: "twin2", LastName: "Two", Profiles: []matcher.Profile{{Network: "x", Handle: "team"}}},
		{ID: "lee", DisplayName: "Lee Näßlund", Company: "Lone Ltd"},
		{ID: "did", LastName: "Only", Profiles: []matcher.Profile{{Network: "bluesky", NativeID: "did:plc:only", URL: "https://bsky.app/profile/did:plc:only"}}},
		{ID: "users", LastName: "Id", Profiles: []matcher.Profile{{Network: "mastodon", NativeID: "https://example.social/users/Uta", Handle: "uta@example.social", URL: "https://example.social/@uta"}}},
	}
}

// short is a match in a line: who, decision, fields of the evidence.
func short(m matcher.Match, ok bool) string {
	if !ok {
		return ""
	}
	fields := make([]string, 0, len(m.Evidence))
	for _, e := range m.Evidence {
		if e.Field != "namesakes" && e.Field != "colleagues" {
			fields = append(fields, e.Field)
		}
	}
	s := m.ContactID + " " + m.Decision + " " + strings.Join(fields, "+")
	for _, r := range m.Rivals {
		s += " | " + short(r, true)
	}
	return s
}

func TestResolve(t *testing.T) {
	x := matcher.NewIndex(contacts())
	for name, c := range map[string]struct {
		network string
		author  post.Author
		want    string // "" for no match
	}{
		"OKAccountID":             {"bluesky", post.Author{ID: "did:plc:anna", Handle: "renamed.bsky.social"}, "anna confirmed account"},
		"OKAccountIDOnly":         {"bluesky", post.Author{ID: "did:plc:only", Handle: "else.bsky.social"}, "did confirmed account"},
		"OKAccountIDOtherName":    {"bluesky", post.Author{ID: "did:plc:anna", Handle: "renamed.bsky.social", Name: "Bernd Kaufmann"}, "anna confirmed account+surname+given name"},
		"OKRecycledDID":           {"bluesky", post.Author{ID: "did:plc:new", Handle: "anna.bsky.social"}, "anna suggested account"},
		"OKRecycledNumber":        {"x", post.Author{ID: "1002", Handle: "carla"}, "carla suggested account"},
		"OKHandle":                {"x", post.Author{ID: "77", Handle: "Anna_M"}, "anna confirmed account"},
		"OKHandleWithAt":          {"x", post.Author{Handle: "@anna_m"}, "anna confirmed account"},
		"NoHandleTakenOver":       {"x", post.Author{Handle: "anna_m", Name: "Bernd Kaufmann"}, ""},
		"OKHandleMarried":         {"x", post.Author{Handle: "anna_m", Name: "Anna Kaufmann"}, "anna confirmed account+surname+given name"},
		"NoHandleElsewhere":       {"instagram", post.Author{Handle: "anna_m"}, ""},
		"OKMastodonFull":          {"mastodon", post.Author{ID: "https://example.social/users/anna", Handle: "anna@example.social"}, "anna confirmed account"},
		"OKMastodonLocal":         {"mastodon", post.Author{ID: "109", Handle: "Anna", URL: "https://example.social/@anna"}, "anna confirmed account+link"},
		"OKMastodonByID":          {"mastodon", post.Author{ID: "https://example.social/users/anna", Handle: "anna"}, "anna confirmed account"},
		"OKMastodonUsersID":       {"mastodon", post.Author{ID: "https://example.social/users/Uta", Handle: "uta"}, "users confirmed account"},
		"OKMastodonUsersPage":     {"mastodon", post.Author{ID: "https://example.social/@uta", Handle: "uta@example.social"}, "users confirmed account"},
		"OKMastodonServersNumber": {"mastodon", post.Author{ID: "4711", Handle: "uta@example.social"}, "users confirmed account"},
		"NoMastodonOtherServer":   {"mastodon", post.Author{ID: "https://evil.example/users/anna", Handle: "anna@evil.example"}, ""},
		"NoMastodonNoServer":      {"mastodon", post.Author{ID: "109", Handle: "anna"}, ""},
		"OKOwnPage":               {"mastodon", post.Author{Handle: "a@b.example", VerifiedLinks: []string{"http://www.anna.example"}}, "anna confirmed account+link"},
		"OKOwnPageUpper":          {"mastodon", post.Author{Handle: "a@b.example", VerifiedLinks: []string{"https://junk", "HTTPS://ANNA.example/#me"}}, "anna confirmed account+link"},
		"OKOwnPageOtherName":      {"x", post.Author{Handle: "ab", Name: "Bernd Kaufmann", VerifiedLinks: []string{"http://www.anna.example"}}, "anna suggested account+link+surname+given name"},
		"OKProfilePage":           {"mastodon", post.Author{Handle: "a@b.example", VerifiedLinks: []string{"https://twitter.com/Anna_M?s=20"}}, "anna confirmed account+link"},
		"OKOwnPageUnderCompany":   {"mastodon", post.Author{Handle: "a@b.example", VerifiedLinks: []string{"https://acme.example/team/carla/"}}, "carla confirmed link"},
		"OKOwnPageNamedForBoth":   {"mastodon", post.Author{Handle: "a@b.example", VerifiedLinks: []string{"https://doraweiss.example"}}, "dora confirmed link"},
		"NoPageNotVerified":       {"mastodon", post.Author{Handle: "a@b.example", Bio: "https://anna.example", URL: "https://anna.example"}, ""},
		"NoCompanyPage":           {"mastodon", post.Author{Handle: "a@b.example", Name: "Acme News", VerifiedLinks: []string{"https://acme.example"}}, ""},
		"OKDomainHandle":          {"bluesky", post.Author{ID: "did:plc:x", Handle: "anna.example"}, "anna confirmed account+handle"},
		"NoDomainHandleOfCompany": {"bluesky", post.Author{ID: "did:plc:x", Handle: "acme.example"}, ""},
		"NoDomainOnOtherNetwork":  {"x", post.Author{Handle: "anna.example"}, ""},
		"OKNameAndCompany":        {"x", post.Author{Handle: "z", Name: "Bernd Kaufmann", Bio: "Einkauf bei ACME, gern draußen"}, "bernd suggested surname+given name+company"},
		"OKNameCompanyCity":       {"x", post.Author{Handle: "z", Name: "KAUFMANN, Bernd | Acme", Location: "near Ulm, Germany"}, "bernd confirmed surname+given name+city+company"},
		"OKNickname":              {"x", post.Author{Handle: "z", Name: "Berni Kaufmann", Location: "Ulm"}, "bernd suggested surname+given name+city"},
		"OKNameTurned":            {"x", post.Author{Handle: "z", Name: "Weiss, Dora", Bio: "bei Weiss und Partner"}, "dora suggested surname+given name+company"},
		"OKInitial":               {"x", post.Author{Handle: "z", Name: "D. Weiss", Location: "Bonn"}, "dora suggested surname+given name+city"},
		"OKNameInHandle":          {"x", post.Author{Handle: "Dora_Weiss", Location: "Bonn"}, "dora suggested name in the handle+city"},
		"OKDisplayName":           {"x", post.Author{Handle: "z", Name: "Lee Naesslund", Bio: "works at Lone."}, "lee suggested surname+given name+company"},
		"OKUmlautAndTitle":        {"x", post.Author{Handle: "z", Name: "Dr. Lee NÄSSLUND 🎻", Bio: "works at Lone."}, "lee suggested surname+given name+company"},
		"OKMisspelt":              {"x", post.Author{Handle: "z", Name: "Bernd Kaufman", Location: "Ulm"}, "bernd suggested surname+given name+city"},
		"OKCyrillic":              {"x", post.Author{Handle: "z", Name: "Иван Петров", Location: "Sofia"}, "ivan suggested surname+given name+city"},
		"OKNamesakesShare":        {"x", post.Author{Handle: "z", Name: "Hans Schmidt", Location: "Berlin"}, "hans1 suggested surname+given name+city"},
		"NoOtherCompany":          {"x", post.Author{Handle: "z", Name: "Hans Schmidt", Bio: "bei Acme", Location: "Köln"}, ""},
		"NoFirstNameOnly":         {"x", post.Author{Handle: "z", Name: "Anna"}, ""},
		"NoOneLetter":             {"x", post.Author{Handle: "z", Name: "A"}, ""},
		"NoCompanyAsPerson":       {"x", post.Author{Handle: "z", Name: "Kaufmann Bernd GmbH"}, ""},
		"OKTwoClaimants":          {"x", post.Author{Handle: "team"}, "twin1 suggested account | twin2 suggested account"},
		"OKTwoProofs":             {"x", post.Author{Handle: "carla", ID: "1001", VerifiedLinks: []string{"https://anna.example"}}, "carla suggested account | anna suggested account+link"},
		"OKProofOverName":         {"bluesky", post.Author{ID: "did:plc:anna", Name: "Dora", Bio: "Weiss & Partner", Location: "Bonn"}, "anna confirmed account+shown name+city+company"},
		"OKHandleTakenOver":       {"x", post.Author{Handle: "anna_m", Name: "Dora", Bio: "Weiss & Partner", Location: "Bonn"}, "dora suggested shown name+name in the handle+city+company"},
		"OKMailNamed":             {"x", post.Author{Handle: "z", Name: "Bernd", Bio: "Fragen: (B.Kaufmann@mail.example)!"}, "bernd confirmed e-mail+shown name+company"},
		"NoEmpty":                 {"", post.Author{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, short(x.Resolve(c.network, &c.author))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// What a link rests on holds whatever is thrown at it: automatic ones are proven, or have the bits
// beyond the name, the probability and the lead; bits add up to what is said; every link has a basis.
func TestLinksAreExplained(t *testing.T) {
	x := matcher.NewIndex(contacts())
	set := matcher.DefaultSettings()
	for _, handle := range []string{"", "z", "anna_m", "carla", "team", "anna.example", "acme.example", "anna.bsky.social", "dora_weiss", "anna@example.social"} {
		for _, id := range []string{"", "7", "1001", "did:plc:anna", "did:plc:z"} {
			for _, name := range []string{"", "Anna Müller-Lüdenscheidt", "Carla Weiss", "Hans Schmidt", "D. Weiss", "Dora"} {
				for _, page := range []string{"", "https://acme.example", "https://anna.example"} {
					for _, network := range []string{"x", "bluesky", "mastodon"} {
						a := post.Author{ID: id, Handle: handle, Name: name, Bio: "bei Acme", Location: "Köln", VerifiedLinks: []string{page}}
						m, ok := x.Resolve(network, &a)
						if !ok {
							continue
						}
						for _, m := range m.All() {
							sum := m.Prior
							for _, e := range m.Evidence {
								sum += e.Bits
							}
							switch {
							case m.Decision == matcher.Confirmed && !m.Proven && (m.Probability < set.Automatic || m.BeyondName < set.BeyondName || m.RunnerUp.ContactID != "" && m.RunnerUp.Behind < set.Lead):
								t.Errorf("%s %+v: confirmed by %+v", network, a, m)
							case m.Decision == matcher.Suggested && (m.Probability >= set.Automatic || m.Probability <= 0):
								t.Errorf("%s %+v: suggested at %v", network, a, m.Probability)
							case m.Basis == "" || !strings.HasPrefix(m.Basis, "legitimate interest: "):
								t.Errorf("%s %+v: no legal basis", network, a)
							case sum-m.Bits > 0.1 || m.Bits-sum > 0.1:
								t.Errorf("%s %+v: evidence comes to %v bits, not %v", network, a, sum, m.Bits)
							case m.Model == "" || m.Explanation().Sentence != matcher.Explain(m):
								t.Errorf("%s %+v: explained by %+v", network, a, m.Explanation())
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
	resolve("1 confirmed account")
	x.Put(matcher.Contact{ID: "2", LastName: "B", Profiles: profile("Anna")})
	resolve("1 suggested account | 2 suggested account")
	x.Put(matcher.Contact{ID: "3", LastName: "C", Profiles: profile("anna")})
	resolve("1 suggested account | 2 suggested account | 3 suggested account")
	x.Put(matcher.Contact{ID: "1", LastName: "A", Profiles: profile("else")})
	x.Delete("3")
	resolve("2 confirmed account")
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
	resolve("4 confirmed account")
}

// What more than eight contacts have on file, the company's handle or page, is no proof for any,
// not even for the one whom something else speaks for.
func TestManyClaimants(t *testing.T) {
	shared := []matcher.Profile{{Network: "x", Handle: "acme", NativeID: "5", URL: "https://x.com/acme"}}
	for n, want := range map[int]string{
		1:  "a confirmed",
		2:  "a suggested",
		8:  "a suggested",
		9:  "a suggested",
		20: "a suggested",
	} {
		x := matcher.NewIndex(nil)
		for i := range n {
			x.Put(matcher.Contact{ID: string(rune('a' + i)), FirstName: "Nr" + strings.Repeat("i", i), LastName: "Eins", URL: "https://acme.example/team", Profiles: shared})
		}
		a := post.Author{ID: "5", Handle: "acme", Name: "Nr Eins", VerifiedLinks: []string{"https://acme.example/team", "https://x.com/acme"}}
		m, _ := x.Resolve("x", &a)
		if got := m.ContactID + " " + m.Decision; got != want {
			t.Errorf("%d contacts: got %q, want %q", n, got, want)
		}
		if n > 8 && (m.Proven || m.Evidence[0].Field == "account") {
			t.Errorf("%d contacts: %+v", n, m)
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
		"Иван Ё":                    "ivan e",
		"Αθήνα":                     "athena",
		"東京 太郎":                     "dongjing tailang",
		"שלום":                      "shlvm",
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
		strings.Repeat("東", 100):    strings.Repeat("dong", 13)[:50],
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
