package verify_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"

	"github.com/groundswell/groundswell/crm/verify"
)

type addresses map[string][]netip.Addr

func (n addresses) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	return n[host], nil
}

func TestGuard(t *testing.T) {
	public, inside, local := netip.MustParseAddr("93.184.216.34"), netip.MustParseAddr("10.20.3.4"), netip.MustParseAddr("127.0.0.1")
	resolver := addresses{"out.example": {public}, "in.example": {inside}, "both.example": {public, local}, "mapped.example": {netip.MustParseAddr("::ffff:127.0.0.1")}, "none.example": {}}
	ours := []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}
	for name, test := range map[string]struct {
		guard   verify.Guard
		address string
		want    string // empty: refused
	}{
		"OK":              {verify.Guard{}, "out.example:8443", "93.184.216.34:8443"},
		"OK allowed":      {verify.Guard{Allowed: ours}, "in.example:80", "10.20.3.4:80"},
		"ErrPrivate":      {verify.Guard{}, "in.example:443", ""},
		"ErrOneOfTwo":     {verify.Guard{Allowed: ours}, "both.example:443", ""},
		"ErrMapped":       {verify.Guard{}, "mapped.example:443", ""},
		"ErrMetadata":     {verify.Guard{Allowed: ours}, "169.254.169.254:80", ""},
		"ErrNoAddress":    {verify.Guard{}, "none.example:443", ""},
		"ErrPublicPlain":  {verify.Guard{Allowed: ours, AllowedOnly: true}, "out.example:80", ""},
		"ErrNoPort":       {verify.Guard{}, "out.example", ""},
		"OK allowed only": {verify.Guard{Allowed: ours, AllowedOnly: true}, "in.example:80", "10.20.3.4:80"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			test.guard.Resolver = resolver
			test.guard.Dial = func(_ context.Context, _, address string) (net.Conn, error) {
				got = address
				return nil, nil
			}
			_, err := test.guard.DialContext(t.Context(), "tcp", test.address)
			var refusal *verify.Refusal
			if got != test.want || (test.want == "") != errors.As(err, &refusal) {
				t.Errorf("dialled %q, %v, want %q", got, err, test.want)
			}
		})
	}
}
