package matcher

import "strings"

// A page is a web address in the form in which two of them are compared.
type page struct {
	text string // host and path, without scheme, www., trailing slash and fragment
	host string
	root bool // the site's front page
	// More contacts than maxClaims have it on file: it is the company's. Known of an author's pages.
	crowded bool
}

// sameHosts are hosts that show the same pages.
var sameHosts = map[string]string{
	"twitter.com": "x.com", "mobile.twitter.com": "x.com", "mobile.x.com": "x.com",
	"m.facebook.com": "facebook.com", "fb.com": "facebook.com", "m.youtube.com": "youtube.com",
	"threads.net": "threads.com", "de.linkedin.com": "linkedin.com", "uk.linkedin.com": "linkedin.com",
}

// caseless are hosts on whose pages the case of a path does not matter.
var caseless = map[string]bool{"x.com": true, "instagram.com": true, "facebook.com": true, "linkedin.com": true,
	"bsky.app": true, "threads.com": true, "tiktok.com": true, "github.com": true}

// frontPages are paths under which sites keep their front page, beside two-letter languages.
var frontPages = set("home index index.html index.htm index.php start welcome about about-us ueber-uns kontakt contact team impressum en-us en-gb de-de")

// readPage brings a web address into comparable form; ok is false for what is none.
func readPage(address string) (p page, ok bool) {
	if address == "" || len(address) > 2000 {
		return page{}, false
	}
	rest := address
	if i := strings.Index(rest, "://"); i >= 0 {
		if !strings.EqualFold(rest[:i], "https") && !strings.EqualFold(rest[:i], "http") {
			return page{}, false
		}
		rest = rest[i+3:]
	}
	rest, _, _ = strings.Cut(rest, "#")
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	host := strings.ToLower(rest[:end])
	host = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(host, ":443"), ":80"), ".")
	host = strings.TrimPrefix(host, "www.")
	if same, ok := sameHosts[host]; ok {
		host = same
	}
	if !strings.Contains(host, ".") || strings.ContainsAny(host, " @:") {
		return page{}, false
	}
	path, query, _ := strings.Cut(rest[end:], "?")
	path = strings.TrimRight(path, "/")
	if strings.HasPrefix(query, "utm_") || caseless[host] && !strings.HasSuffix(path, ".php") {
		query = ""
	}
	switch user, isUser := strings.CutPrefix(path, "/users/"); {
	case isUser && !strings.Contains(user, "/"): // ActivityPub's id of https://host/@user
		path = "/@" + strings.ToLower(user)
	case caseless[host], strings.HasPrefix(path, "/@"):
		path = strings.ToLower(path)
	}
	if query != "" {
		path += "?" + query
	}
	return page{text: host + path, host: host, root: isFrontPage(path)}, true
}

func isFrontPage(path string) bool {
	name := strings.ToLower(strings.TrimPrefix(path, "/"))
	return len(name) <= 2 || frontPages[name]
}

// foldHandle is the form in which handles of a network are compared; empty when there is nothing
// to compare. On Mastodon a handle is one only together with its host, which one of the addresses,
// the author's own page or id, gives when the handle does not; without any it equals only another
// without.
func foldHandle(network, handle string, addresses ...string) string {
	if len(handle) > maxField {
		return ""
	}
	h := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(handle), "@"))
	if network != "mastodon" || h == "" || strings.Contains(h, "@") {
		return h
	}
	for _, address := range addresses {
		if p, ok := readPage(address); ok && strings.HasPrefix(p.text[len(p.host):], "/@") {
			return h + "@" + p.host
		}
	}
	return h + "@"
}

// foldNative is the form in which stable account ids are compared. Mastodon servers show one
// account under several addresses; all of them become user@host.
func foldNative(network, id string) string {
	if network != "mastodon" || !strings.HasPrefix(id, "http") {
		return id
	}
	p, ok := readPage(id)
	if !ok {
		return id
	}
	if user, ok := strings.CutPrefix(p.text, p.host+"/@"); ok && !strings.ContainsAny(user, "/?@") {
		return user + "@" + p.host
	}
	return p.text
}

// differ says that two known account ids are of one kind and of two accounts. A number that one
// server gave and an address are not comparable.
func differ(a, b string) bool {
	return a != "" && b != "" && a != b && isNumber(a) == isNumber(b)
}
