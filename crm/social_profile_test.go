package crm_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

const did = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"

func TestParseProfile(t *testing.T) {
	type parsed struct{ Network, Handle, NativeID, URL string }
	for in, want := range map[string]parsed{
		"https://bsky.app/profile/Anna.Bsky.Social":                {"bluesky", "anna.bsky.social", "", "https://bsky.app/profile/anna.bsky.social"},
		"https://bsky.app/profile/" + did:                          {"bluesky", "", did, "https://bsky.app/profile/" + did},
		did:                                                        {"bluesky", "", did, "https://bsky.app/profile/" + did},
		"did:web:anna.example":                                     {"bluesky", "", "did:web:anna.example", "https://bsky.app/profile/did:web:anna.example"},
		"@anna.example":                                            {"bluesky", "anna.example", "", "https://bsky.app/profile/anna.example"},
		"anna.bsky.social":                                         {"bluesky", "anna.bsky.social", "", "https://bsky.app/profile/anna.bsky.social"},
		"https://Example.Social/@Anna":                             {"mastodon", "anna@example.social", "", "https://example.social/@anna"},
		"example.social/@anna/":                                    {"mastodon", "anna@example.social", "", "https://example.social/@anna"},
		"https://mastodon.social/@anna@example.social":             {"mastodon", "anna@example.social", "", "https://example.social/@anna"},
		"https://mastodon.social/web/@anna":                        {"mastodon", "anna@mastodon.social", "", "https://mastodon.social/@anna"},
		"https://example.social/users/Anna":                        {"mastodon", "anna@example.social", "https://example.social/users/Anna", "https://example.social/@anna"},
		"@Anna@example.social":                                     {"mastodon", "anna@example.social", "", "https://example.social/@anna"},
		"mastodon:anna@example.social":                             {"mastodon", "anna@example.social", "", "https://example.social/@anna"},
		"https://twitter.com/Anna_M?s=20":                          {"x", "anna_m", "", "https://x.com/anna_m"},
		"https://mobile.twitter.com/anna/status/1":                 {"x", "anna", "", "https://x.com/anna"},
		"x.com/anna":                                               {"x", "anna", "", "https://x.com/anna"},
		"https://x.com/i/user/12345":                               {"x", "", "12345", "https://x.com/i/user/12345"},
		"twitter:@anna":                                            {"x", "anna", "", "https://x.com/anna"},
		"https://de.linkedin.com/in/anna-m%C3%BCller-123/":         {"linkedin", "anna-müller-123", "", "https://www.linkedin.com/in/anna-m%C3%BCller-123"},
		"https://www.linkedin.com/company/acme":                    {"linkedin", "company/acme", "", "https://www.linkedin.com/company/acme"},
		"https://instagram.com/anna.m/":                            {"instagram", "anna.m", "", "https://www.instagram.com/anna.m"},
		"https://m.facebook.com/anna.mueller":                      {"facebook", "anna.mueller", "", "https://www.facebook.com/anna.mueller"},
		"https://www.facebook.com/profile.php?id=1000123":          {"facebook", "", "1000123", "https://www.facebook.com/profile.php?id=1000123"},
		"https://www.facebook.com/people/Anna-M/1000123/":          {"facebook", "", "1000123", "https://www.facebook.com/profile.php?id=1000123"},
		"https://www.youtube.com/@AnnaTalks":                       {"youtube", "annatalks", "", "https://www.youtube.com/@annatalks"},
		"https://www.youtube.com/channel/UCGdrLQbt1PYDTPsampx4t1A": {"youtube", "", "UCGdrLQbt1PYDTPsampx4t1A", "https://www.youtube.com/channel/UCGdrLQbt1PYDTPsampx4t1A"},
		"https://www.tiktok.com/@anna":                             {"tiktok", "anna", "", "https://www.tiktok.com/@anna"},
		"https://www.threads.net/@anna":                            {"threads", "anna", "", "https://www.threads.com/@anna"},
		"https://old.reddit.com/u/anna":                            {"reddit", "anna", "", "https://www.reddit.com/user/anna"},
	} {
		t.Run(in, func(t *testing.T) {
			var got parsed
			var err error
			got.Network, got.Handle, got.NativeID, got.URL, err = crm.ParseProfile(in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			// A profile's own address leads back to it.
			network, handle, native, _, err := crm.ParseProfile(got.URL)
			if err != nil || network != got.Network || handle != got.Handle || got.Handle == "" && native != got.NativeID {
				t.Errorf("its URL reads as %s %s %s (%v)", network, handle, native, err)
			}
		})
	}
	for name, in := range map[string]string{
		"ErrEmpty": " ", "ErrNoNetwork": "@anna", "ErrWord": "anna", "ErrEmail": "anna@example.social",
		"ErrMedium": "https://medium.com/@anna", "ErrNetwork": "myspace:anna", "ErrHome": "https://x.com/home",
		"ErrNoPath": "https://bsky.app/", "ErrJob": "https://www.linkedin.com/jobs/view/1", "ErrReel": "https://instagram.com/p/abc",
		"ErrScheme": "ftp://x.com/anna", "ErrPassword": "https://u:p@x.com/anna", "ErrLong": "x:" + strings.Repeat("a", 16),
		"ErrDID": "did:plc:short", "ErrHuge": strings.Repeat("a", 5000), "ErrNotUTF8": "x:\xff", "ErrPage": "https://example.com/about",
	} {
		t.Run(name, func(t *testing.T) {
			_, _, _, _, err := crm.ParseProfile(in)
			wantInvalid(t, err, "profile")
		})
	}
}

func TestParseProfileOn(t *testing.T) {
	for name, c := range map[string]struct{ network, in, want string }{
		"OKBare":         {"twitter", "@Anna", "x anna"},
		"OKMastodon":     {"mastodon", "anna@example.social", "mastodon anna@example.social"},
		"OKURL":          {"x", "https://twitter.com/anna", "x anna"},
		"OKSlug":         {"LinkedIn", "anna-mueller", "linkedin anna-mueller"},
		"OKDID":          {"bluesky", did, "bluesky "},
		"ErrMastodon":    {"mastodon", "@anna", ""},
		"ErrOtherHost":   {"bluesky", "https://x.com/anna", ""},
		"ErrOtherPrefix": {"bluesky", "x:anna", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := crm.ParseProfileOn(c.network, c.in)
			if c.want == "" {
				wantInvalid(t, err, "profile")
				return
			}
			if got := p.Network + " " + p.Handle; err != nil || got != c.want {
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			}
		})
	}
	_, err := crm.ParseProfileOn("myspace", "anna")
	wantInvalid(t, err, "network")
}

func TestProfilesOfAContact(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		c := createContact(t, db, crm.Contact{LastName: "Müller"})
		var p crm.SocialProfile
		update(t, db, func(tx *sqldb.Tx) (err error) {
			p, err = crm.AddProfile(ctx, tx, c.ID, "https://example.social/@anna", by(noon))
			return err
		})
		got, err := crm.ContactDetailByID(ctx, db, crm.System(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]crm.SocialProfile{p}, got.Profiles); diff != "" || got.Version != 2 {
			t.Errorf("version %d, profiles (-want +got):\n%s", got.Version, diff)
		}
		wantErr(t, db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := crm.AddProfile(ctx, tx, c.ID, "@Anna@example.social", by(noon))
			return err
		}), crm.ErrConflict)
		wantErr(t, db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := crm.AddProfile(ctx, tx, "nobody", "x:anna", by(noon))
			return err
		}), crm.ErrNotFound)
		update(t, db, func(tx *sqldb.Tx) error { return crm.RemoveProfile(ctx, tx, c.ID, p.ID, by(noon)) })
		wantErr(t, db.Update(ctx, func(tx *sqldb.Tx) error { return crm.RemoveProfile(ctx, tx, c.ID, p.ID, by(noon)) }), crm.ErrNotFound)
	})
}

func FuzzParseProfile(f *testing.F) {
	for _, s := range []string{did, "@a@b.cd", "https://bsky.app/profile/x.y", "x:anna", "https://youtube.com/channel/UC", "https://de.linkedin.com/in/%C3%BC"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		network, handle, native, url, err := crm.ParseProfile(s)
		if err != nil {
			return
		}
		if network == "" || handle == "" && native == "" || !strings.HasPrefix(url, "https://") || !utf8.ValidString(url) {
			t.Errorf("%q reads as %q %q %q %q", s, network, handle, native, url)
		}
	})
}
