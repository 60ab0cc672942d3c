package main

import (
	"fmt"
	"strings"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/matcher"
	"github.com/groundswell/groundswell/post"
)

// contactTable reads contacts from a file whose header says what the columns are.
type contactTable struct {
	*table
	id, first, last, middle, nickname, display, email, company, domain, city, url, profiles int
}

func openContacts(name string) (*contactTable, error) {
	t, err := openTable(name)
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	c := &contactTable{table: t,
		first: t.column("first", "first_name", "given_name", "forename", "vorname"), middle: t.column("middle", "middle_name"),
		last: t.column("last", "last_name", "surname", "family_name", "nachname", "name_last"), nickname: t.column("nickname", "nick", "rufname"),
		display: t.column("display_name", "full_name", "official_full", "fullname", "name"), email: t.column("email", "e_mail", "mail", "email_address"),
		company: t.column("company", "company_name", "organisation", "organization", "employer", "firma", "account"),
		domain:  t.column("domain", "company_domain"), city: t.column("city", "town", "ort", "stadt", "wohnort"),
		url: t.column("url", "website", "homepage", "web", "webseite"), profiles: t.column("profiles", "social_profiles", "socials", "accounts")}
	if c.id, err = t.need("id", "contact_id", "contactid", "external_id"); err != nil {
		t.close()
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	if c.first < 0 && c.last < 0 && c.display < 0 {
		t.close()
		return nil, fmt.Errorf("read contacts: %s: no column first, last or display_name; the header is %q", name, t.header)
	}
	return c, nil
}

// contact is the present row.
func (c *contactTable) contact() matcher.Contact {
	first := c.get(c.first)
	for _, more := range []string{c.get(c.middle), c.get(c.nickname)} {
		if more != "" && !strings.EqualFold(more, first) {
			first += " " + more
		}
	}
	return matcher.Contact{ID: c.get(c.id), FirstName: first, LastName: c.get(c.last), DisplayName: c.get(c.display), Email: c.get(c.email),
		Company: c.get(c.company), Domain: c.get(c.domain), City: c.get(c.city), URL: c.get(c.url), Profiles: readProfiles(c.get(c.profiles))}
}

// networkAliases are the names that files use for networks.
var networkAliases = map[string]string{"twitter": "x", "bsky": "bluesky", "fediverse": "mastodon", "insta": "instagram", "ig": "instagram", "fb": "facebook", "yt": "youtube"}

func networkName(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if known, ok := networkAliases[s]; ok {
		return known
	}
	return s
}

// readProfiles reads a cell of accounts, separated by semicolons, bars, commas or blanks: an
// address, a DID, @user@host, NETWORK:HANDLE, NETWORK:ID, or NETWORK:HANDLE:ID.
func readProfiles(cell string) (profiles []matcher.Profile) {
	for entry := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(";|, \t\n", r) }) {
		if p, ok := readProfile(strings.Trim(entry, `"'[]{}`)); ok {
			profiles = append(profiles, p)
		}
	}
	return profiles
}

func readProfile(entry string) (p matcher.Profile, ok bool) {
	if network, handle, native, url, err := crm.ParseProfile(entry); err == nil {
		p = matcher.Profile{Network: network, NativeID: native, Handle: handle, URL: url}
		if native == "" && isAccountNumber(network, handle) {
			p.NativeID, p.Handle = handle, ""
		}
		return p, true
	}
	if strings.Contains(entry, "://") && !strings.Contains(strings.SplitN(entry, "://", 2)[0], ":") {
		return matcher.Profile{URL: entry}, true
	}
	network, rest, found := strings.Cut(entry, ":")
	if !found || rest == "" {
		return p, false
	}
	p.Network = networkName(network)
	if strings.HasPrefix(rest, "did:") || strings.Contains(rest, "://") {
		p.NativeID = rest
		return p, true
	}
	a, b, _ := strings.Cut(strings.ReplaceAll(rest, "#", ":"), ":")
	for i, part := range []string{a, b} {
		switch {
		case part == "":
		case i == 1 && p.NativeID == "" && p.Handle != "", isAccountNumber(p.Network, part):
			p.NativeID = part
		default:
			p.Handle = strings.TrimPrefix(part, "@")
		}
	}
	if b, did, found := strings.Cut(rest, ":did:"); found {
		p.Handle, p.NativeID = b, "did:"+did
	}
	return p, true
}

// isAccountNumber says that an entry is an account's number and no handle.
func isAccountNumber(network, s string) bool {
	return len(s) >= 5 && strings.Trim(s, "0123456789") == "" && network != "mastodon" || network == "youtube" && len(s) == 24 && strings.HasPrefix(s, "UC")
}

// authorTable reads authors.
type authorTable struct {
	*table
	id, network, native, handle, display, url, bio, location, verified int
	// The column id holds the networks' own account ids, not numbers of rows.
	idIsNative bool
}

func openAuthors(name string) (*authorTable, error) {
	t, err := openTable(name)
	if err != nil {
		return nil, fmt.Errorf("read authors: %w", err)
	}
	a := &authorTable{table: t, id: t.column("id", "author_id", "authorid"), handle: t.column("handle", "username", "screen_name", "user"),
		native: t.column("native_id", "account_id", "native", "did", "user_id"), display: t.column("display_name", "name", "full_name", "displayname"),
		url: t.column("url", "website", "homepage", "link"), bio: t.column("bio", "description", "about", "summary"), location: t.column("location", "place", "city", "ort"),
		verified: t.column("verified_url", "verified_urls", "verified_link", "verified_links")}
	if a.network, err = t.need("network", "platform", "source"); err != nil {
		t.close()
		return nil, fmt.Errorf("read authors: %w", err)
	}
	if a.handle < 0 && a.display < 0 {
		t.close()
		return nil, fmt.Errorf("read authors: %s: no column handle or display_name; the header is %q", name, t.header)
	}
	return a, nil
}

// An authorRow is an author of a file.
type authorRow struct {
	id, network string
	author      post.Author
}

// author is the present row.
func (a *authorTable) author() authorRow {
	r := authorRow{id: a.get(a.id), network: networkName(a.get(a.network))}
	r.author = post.Author{ID: a.get(a.native), Handle: strings.TrimPrefix(a.get(a.handle), "@"), Name: a.get(a.display), URL: a.get(a.url), Bio: a.get(a.bio), Location: a.get(a.location)}
	for link := range strings.FieldsFuncSeq(a.get(a.verified), func(r rune) bool { return strings.ContainsRune(";| ,", r) }) {
		if !strings.Contains(link, "://") {
			link = "https://" + link
		}
		r.author.VerifiedLinks = append(r.author.VerifiedLinks, link)
	}
	if r.author.ID == "" && a.idIsNative {
		r.author.ID = r.id
	}
	switch {
	case r.id != "":
	case r.author.ID != "":
		r.id = r.network + ":" + r.author.ID
	case r.author.Handle != "":
		r.id = r.network + ":" + r.author.Handle
	default:
		r.id = fmt.Sprintf("line %d", a.line())
	}
	return r
}
