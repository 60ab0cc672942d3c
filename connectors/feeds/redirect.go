package feeds

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
)

// A trail follows the redirects of one request.
type trail struct {
	configured string // host of the configured address
	permanent  bool   // all of them were
	hops       int
}

type trailKey struct{}

// checkRedirect lets a public feed redirect to public addresses only: who owns a feed must not
// make us ask our own network.
func checkRedirect(r *http.Request, via []*http.Request) error {
	t := r.Context().Value(trailKey{}).(*trail)
	if t.hops = len(via); t.hops > 5 {
		return errors.New("more than five redirects")
	}
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return fmt.Errorf("a redirect to %.20s", r.URL.Scheme)
	}
	status := r.Response.StatusCode
	t.permanent = t.permanent && (status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect)
	if private(r.Context(), r.URL.Hostname()) && !private(r.Context(), t.configured) {
		return errors.New("a redirect to a private address")
	}
	return nil
}

// shared are addresses inside a provider's network (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

func private(ctx context.Context, host string) bool {
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	return err == nil && slices.ContainsFunc(addresses, func(a netip.Addr) bool {
		a = a.Unmap()
		return !a.IsGlobalUnicast() || a.IsPrivate() || shared.Contains(a)
	})
}
