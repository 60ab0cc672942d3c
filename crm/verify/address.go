package verify

import "net/netip"

// special are the networks that are no part of the public internet, or lead out of it into another
// one: IANA's registries of special-purpose addresses (RFC 6890 and its updates).
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23",     // protocol assignments: Teredo, ORCHID and others
	"2001:db8::/32", // documentation
	"2002::/16",     // 6to4: holds an IPv4 address
	"2620:4f:8000::/48",
	"3fff::/20", // documentation (RFC 9637)
)

// global is what IANA has given out as unicast so far; everything else of IPv6 is special: loopback,
// link-local, unique local, multicast, and those that hold an IPv4 address (64:ff9b::/96, ::/96).
var global = netip.MustParsePrefix("2000::/3")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// Public says that an address belongs to the public internet. An IPv4 address within an IPv6 one is
// judged as what it is.
func Public(a netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if a.Is6() && !global.Contains(a) {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
