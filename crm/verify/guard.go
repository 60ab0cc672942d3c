package verify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"
)

// A Guard opens connections to the public internet, and to nothing else but what it is told to
// allow: an address that somebody else chose must not lead into our own network. The zero value uses
// the system's resolver and network.
type Guard struct {
	Resolver interface {
		LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	}
	// Dial opens a connection to an address that was judged.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Allowed are networks that may be reached though they are not public.
	Allowed []netip.Prefix
	// AllowedOnly leaves the public internet out.
	AllowedOnly bool
}

// May says whether an address may be reached.
func (g *Guard) May(a netip.Addr) bool {
	return !g.AllowedOnly && Public(a) || a.IsValid() && slices.ContainsFunc(g.Allowed, func(p netip.Prefix) bool { return p.Contains(a.Unmap().WithZone("")) })
}

// DialContext connects to a host whose addresses may all be reached: one that may not means that the
// name is meant for another network, or for us. The address that was judged is the one that is
// dialled, so that a name cannot change in between.
func (g *Guard) DialContext(ctx context.Context, _, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	number, wrong := strconv.ParseUint(port, 10, 16)
	if err != nil || wrong != nil {
		return nil, refuse("%q is no host and port", address)
	}
	var resolver = g.Resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	found, err := resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", host, err)
	}
	if len(found) == 0 || len(found) > maxAddresses {
		return nil, refuse("%s has %d addresses: want 1 to %d", host, len(found), maxAddresses)
	}
	for _, a := range found {
		if !g.May(a) {
			if g.AllowedOnly {
				return nil, refuse("%s has an address outside of the networks that are allowed", host)
			}
			return nil, refuse("%s has an address that is not public", host)
		}
	}
	dial := g.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: 5 * time.Second}).DialContext
	}
	var errs []error
	for _, a := range found[:min(3, len(found))] {
		conn, err := dial(ctx, "tcp", netip.AddrPortFrom(a.Unmap(), uint16(number)).String())
		if err == nil {
			return conn, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}
