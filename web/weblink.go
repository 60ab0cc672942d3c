package web

import (
	"net/url"
	"strings"
)

// webLink passes an address from a network on only when it is one of the web: a page makes links
// of these, and javascript: must never be one.
func webLink(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || !strings.EqualFold(u.Scheme, "https") && !strings.EqualFold(u.Scheme, "http") {
		return ""
	}
	return s
}
