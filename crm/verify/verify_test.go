package verify_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm/verify"
)

// names is a resolver that knows a few.
type names struct {
	addresses map[string][]string
	texts     map[string][]string
}

func (n names) LookupNetIP(_ context.Context, _, host string) (found []netip.Addr, err error) {
	for _, a := range n.addresses[host] {
		found = append(found, netip.MustParseAddr(a))
	}
	if len(found) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return found, nil
}

func (n names) LookupTXT(_ context.Context, name string) ([]string, error) {
	if name == "_atproto.broken.example." {
		return nil, &net.DNSError{Err: "server failure", Name: name}
	}
	if t := n.texts[name]; t != nil {
		return t, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

// outside is a server on loopback that the checker takes for the public internet.
func outside(t *testing.T, n names) (c *verify.Checker, dialled *[]string) {
	t.Helper()
	mux := http.NewServeMux()
	page := func(path, body string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(body))
		})
	}
	page("/me", `<!doctype html><p><a href="https://social.example/@Anna/" rel="nofollow me">Mastodon</a>`)
	page("/head", `<link rel=me href=https://social.example/users/anna>`)
	page("/plain", `<a href="https://social.example/@anna">a friend</a>`)
	page("/none", `<a rel=me href="https://social.example/@bert">me</a>`)
	page("/comment", `<!-- <a rel=me href="https://social.example/@anna"> -->`)
	page("/endless", "<a "+strings.Repeat("x=y ", 1<<19))
	mux.HandleFunc("/header", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Link", `<https://other.example/>; rel="next", <https://social.example/@anna>; rel="me"`)
	})
	mux.HandleFunc("/teapot", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for path, to := range map[string]string{"/within": "https://www.anna.example/me", "/away": "https://evil.example/me", "/down": "http://anna.example/me",
		"/loop": "/loop", "/port": "https://anna.example:8443/me", "/inside": "https://127.0.0.1/me"} {
		mux.Handle(path, http.RedirectHandler(to, http.StatusFound))
	}
	mux.HandleFunc("/.well-known/atproto-did", func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "anna.example" {
			fmt.Fprintln(w, " did:plc:anna ")
			return
		}
		http.NotFound(w, r)
	})
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	var to []string
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		to = append(to, address)
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
	return &verify.Checker{Resolver: n, Dial: dial, TLS: &tls.Config{InsecureSkipVerify: true}, Agent: "test"}, &to
}

var public = names{addresses: map[string][]string{"anna.example": {"8.8.4.4"}, "www.anna.example": {"8.8.4.4", "2a00:1450::1"}, "evil.example": {"8.8.4.4"}}}

func TestRelMe(t *testing.T) {
	c, _ := outside(t, public)
	for name, want := range map[string]verify.Result{
		"me":      {Proven: true, Linked: true, Detail: "the page links to the profile with rel=me"},
		"head":    {Proven: true, Linked: true, Detail: "the page links to the profile with rel=me"},
		"header":  {Proven: true, Linked: true, Detail: "a Link header of the page names the profile with rel=me"},
		"within":  {Proven: true, Linked: true, Detail: "the page links to the profile with rel=me"},
		"plain":   {Linked: true, Detail: "the page links to the profile, without rel=me"},
		"none":    {Detail: "the page does not link to the profile"},
		"comment": {Detail: "the page does not link to the profile"},
		"endless": {Detail: "the page does not link to the profile"},
		"gone":    {Detail: "the page is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.RelMe(t.Context(), "https://anna.example/"+name, "https://social.example/@anna")
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
	if _, err := c.RelMe(t.Context(), "https://anna.example/teapot", "https://social.example/@anna"); err == nil || refused(err) {
		t.Errorf("got %v: want an error that may pass", err)
	}
}

func refused(err error) bool {
	var r *verify.Refusal
	return errors.As(err, &r)
}

// Nothing but a public server is ever connected to, whatever name or redirect leads there.
func TestRefusals(t *testing.T) {
	inside := []string{"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
		"198.18.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
		"2002:7f00:1::", "2001:db8::1", "2001::1", "::127.0.0.1"}
	n := names{addresses: map[string][]string{"mixed.example": {"8.8.8.8", "127.0.0.1"}, "anna.example": {"8.8.4.4"}, "evil.example": {"8.8.4.4"}}}
	for i, a := range inside {
		n.addresses[fmt.Sprintf("host%d.example", i)] = []string{a}
	}
	addresses := []string{"http://anna.example/me", "https://anna.example:8443/me", "https://user:secret@anna.example/", "https://127.0.0.1/", "https://[::1]/",
		"https://localhost/", "https://intranet/", "ftp://anna.example/", "https://anna.example./", "https://mixed.example/", "https://anna.example/away",
		"https://anna.example/down", "https://anna.example/loop", "https://anna.example/port", "https://anna.example/inside", "::", "https://0x7f.1/"}
	for i := range inside {
		addresses = append(addresses, fmt.Sprintf("https://host%d.example/", i))
	}
	c, dialled := outside(t, n)
	for _, address := range addresses {
		if _, err := c.RelMe(t.Context(), address, "https://social.example/@anna"); err == nil {
			t.Errorf("%s was asked", address)
		} else if !refused(err) && !strings.Contains(address, "0x7f") {
			t.Errorf("%s: got %v, want a refusal", address, err)
		}
	}
	for _, to := range *dialled {
		if to != "8.8.4.4:443" {
			t.Errorf("%s was connected to", to)
		}
	}
}

// A name that is public when it is first asked and private afterwards is refused then: what is
// judged is what is connected to.
func TestRebinding(t *testing.T) {
	flips := &flipping{names: public}
	c, dialled := outside(t, public)
	c.Resolver = flips
	for range 4 {
		_, _ = c.RelMe(t.Context(), "https://anna.example/loop", "https://social.example/@anna")
	}
	for _, to := range *dialled {
		if !strings.HasPrefix(to, "8.8.4.4:") {
			t.Errorf("%s was connected to", to)
		}
	}
}

type flipping struct {
	names
	asked int
}

func (f *flipping) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	f.asked++
	if f.asked%2 == 0 {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	return []netip.Addr{netip.MustParseAddr("8.8.4.4")}, nil
}

func TestBlueskyHandle(t *testing.T) {
	n := public
	n.texts = map[string][]string{"_atproto.dns.example.": {"v=spf1", "did=did:plc:anna"}, "_atproto.two.example.": {"did=did:plc:anna", "did=did:plc:bert"},
		"_atproto.other.example.": {"did=did:plc:bert"}}
	c, _ := outside(t, n)
	for handle, want := range map[string]verify.Result{
		"dns.example":      {Proven: true, Linked: true, Detail: "a TXT record of the domain names the account"},
		"anna.example":     {Proven: true, Linked: true, Detail: "the domain's well-known address names the account"},
		"two.example":      {Detail: "the domain's TXT records name several accounts"},
		"other.example":    {Detail: "a TXT record of the domain names another account"},
		"www.anna.example": {Detail: "the domain names no account"},
	} {
		got, err := c.BlueskyHandle(t.Context(), handle, "did:plc:anna")
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", handle, err, diff)
		}
	}
	for _, handle := range []string{"localhost", "127.0.0.1", "a b", "x.example/evil"} {
		if _, err := c.BlueskyHandle(t.Context(), handle, "did:plc:anna"); err == nil {
			t.Errorf("%s was asked", handle)
		}
	}
	if _, err := c.BlueskyHandle(t.Context(), "broken.example", "did:plc:anna"); err == nil || refused(err) {
		t.Errorf("got %v: want an error that may pass", err)
	}
	if _, err := c.BlueskyHandle(t.Context(), "dns.example", "anna"); !refused(err) {
		t.Errorf("got %v: want a refusal", err)
	}
}
