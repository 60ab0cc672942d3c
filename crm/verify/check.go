package verify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// A Result is what was found.
type Result struct {
	Proven bool   // the other side says itself that both belong together
	Linked bool   // the page links to the profile, but does not say whose it is
	Detail string // in words
}

// RelMe asks a page whether it links to a profile with rel=me, as Mastodon does for the fields of a
// profile (https://docs.joinmastodon.org/user/profile/#verification): an <a> or <link> element, or a
// Link header. A link without it is told apart: a page may link to friends.
func (c *Checker) RelMe(ctx context.Context, address, profile string) (Result, error) {
	want, ok := profileKey(profile)
	if !ok {
		return Result{}, refuse("the account has no public profile to look for")
	}
	p, err := c.get(ctx, address, "text/html, application/xhtml+xml;q=0.9")
	if err != nil {
		return Result{}, err
	}
	switch {
	case p.status == http.StatusNotFound || p.status == http.StatusGone:
		return Result{Detail: "the page is gone"}, nil
	case p.status != http.StatusOK:
		return Result{}, fmt.Errorf("ask %s: it answered %d", p.url.Hostname(), p.status)
	}
	for _, l := range p.link {
		if headerHolds(l, want, p.url) {
			return Result{Proven: true, Linked: true, Detail: "a Link header of the page names the profile with rel=me"}, nil
		}
	}
	if p.kind != "text/html" && p.kind != "application/xhtml+xml" {
		return Result{Detail: "the page is not HTML"}, nil
	}
	return htmlHolds(p, want), nil
}

// htmlHolds looks for links to the profile. It reads tokens, which is linear in the page's size.
func htmlHolds(p page, want string) Result {
	r := Result{Detail: "the page does not link to the profile"}
	tokens := html.NewTokenizer(bytes.NewReader(p.body))
	tokens.SetMaxBuf(maxBody)
	base := p.url
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return r
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := tokens.TagName()
			tag := string(name)
			if !more || tag != "a" && tag != "link" && tag != "base" {
				continue
			}
			href, rel := attributes(tokens)
			if tag == "base" {
				if b, err := base.Parse(href); err == nil {
					base = b
				}
				continue
			}
			if !leadsTo(href, want, base) {
				continue
			}
			r.Linked, r.Detail = true, "the page links to the profile, without rel=me"
			if holdsWord(rel, "me") {
				return Result{Proven: true, Linked: true, Detail: "the page links to the profile with rel=me"}
			}
		}
	}
}

func attributes(tokens *html.Tokenizer) (href, rel string) {
	for {
		key, value, more := tokens.TagAttr()
		switch string(key) {
		case "href":
			href = string(value)
		case "rel":
			rel = string(value)
		}
		if !more {
			return href, rel
		}
	}
}

func holdsWord(list, word string) bool {
	for _, w := range strings.Fields(list) {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

// headerHolds reads one Link header (RFC 8288): <address>; rel="me", …
func headerHolds(header, want string, base *url.URL) bool {
	for _, part := range strings.Split(header, ",") {
		address, parameters, _ := strings.Cut(part, ">")
		address = strings.TrimPrefix(strings.TrimSpace(address), "<")
		for _, p := range strings.Split(parameters, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
			if strings.EqualFold(name, "rel") && holdsWord(strings.Trim(value, `"`), "me") && leadsTo(address, want, base) {
				return true
			}
		}
	}
	return false
}

func leadsTo(href, want string, base *url.URL) bool {
	u, err := base.Parse(strings.TrimSpace(href))
	if err != nil {
		return false
	}
	key, ok := profileKey(u.String())
	return ok && key == want
}

// profileKey is the form in which the addresses of profiles are compared: without scheme, www. and a
// slash at the end; Mastodon's two addresses of one account are one.
func profileKey(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", false
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	if user, ok := strings.CutPrefix(path, "/users/"); ok && !strings.Contains(user, "/") {
		path = "/@" + user
	}
	host := site(u)
	if host == "twitter.com" {
		host = "x.com"
	}
	return host + strings.ToLower(path), path != ""
}

// BlueskyHandle asks a domain whether it names the account (https://atproto.com/specs/handle): a TXT
// record of _atproto.DOMAIN, "did=…", or else the text at /.well-known/atproto-did. Records that name
// several accounts name none.
func (c *Checker) BlueskyHandle(ctx context.Context, handle, did string) (Result, error) {
	if err := checkURL(&url.URL{Scheme: "https", Host: handle}); err != nil {
		return Result{}, err
	}
	if !strings.HasPrefix(did, "did:") {
		return Result{}, refuse("%q is no DID", did)
	}
	lookup, cancel := context.WithTimeout(ctx, maxTime)
	records, err := c.resolver().LookupTXT(lookup, "_atproto."+handle+".")
	cancel()
	var missing *net.DNSError
	if err != nil && (!errors.As(err, &missing) || !missing.IsNotFound) {
		return Result{}, fmt.Errorf("look up _atproto.%s: %w", handle, err)
	}
	named := ""
	for _, r := range records {
		found, ok := strings.CutPrefix(strings.TrimSpace(r), "did=")
		switch {
		case !ok:
		case named != "" && named != found:
			return Result{Detail: "the domain's TXT records name several accounts"}, nil
		default:
			named = found
		}
	}
	if named != "" {
		return handleResult(named, did, "a TXT record of the domain"), nil
	}
	p, err := c.get(ctx, "https://"+handle+"/.well-known/atproto-did", "text/plain")
	if err != nil {
		return Result{}, err
	}
	switch {
	case p.status == http.StatusNotFound || p.status == http.StatusGone:
		return Result{Detail: "the domain names no account"}, nil
	case p.status != http.StatusOK:
		return Result{}, fmt.Errorf("ask %s: it answered %d", handle, p.status)
	}
	return handleResult(strings.TrimSpace(string(p.body[:min(len(p.body), 2048)])), did, "the domain's well-known address"), nil
}

func handleResult(named, did, where string) Result {
	if named == did {
		return Result{Proven: true, Linked: true, Detail: where + " names the account"}
	}
	return Result{Detail: where + " names another account"}
}
