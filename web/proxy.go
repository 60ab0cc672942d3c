package web

import (
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the networks of the reverse proxies in front of Groundswell, whose word is taken on where
// a request comes from.
type Proxies []netip.Prefix

// maxHops bounds what is read of a chain of proxies.
const maxHops = 32

// client is the address that a request comes from: the connection's or, where that is a proxy's, the
// last one in X-Forwarded-For that is no proxy's. It is read from the right, where the proxies write:
// whatever the client wrote stands left of that, and is not reached.
func (p Proxies) client(r *http.Request) string {
	at := hostOf(r.RemoteAddr)
	if len(p) == 0 {
		return at
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for n := 1; n <= min(len(hops), maxHops) && p.hold(at); n++ {
		hop, err := hopAddress(hops[len(hops)-n])
		if err != nil {
			break // a proxy that does not say: it stands for its clients
		}
		at = hop.String()
	}
	return at
}

// hold says whether an address is a proxy's.
func (p Proxies) hold(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	ip = ip.Unmap().WithZone("")
	for _, network := range p {
		if network.Contains(ip) {
			return true
		}
	}
	return false
}

// hopAddress reads an address as proxies write it, some with a port.
func hopAddress(hop string) (netip.Addr, error) {
	hop = strings.TrimSpace(hop)
	if withPort, err := netip.ParseAddrPort(hop); err == nil {
		return withPort.Addr().Unmap(), nil
	}
	ip, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(hop, "["), "]"))
	return ip.Unmap().WithZone(""), err
}
