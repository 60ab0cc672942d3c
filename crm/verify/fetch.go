package verify

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Limits of one question.
const (
	maxTime      = 15 * time.Second
	maxBody      = 1 << 20
	maxRedirects = 3
	maxAddresses = 16
)

// A Resolver is asked for names; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// A Checker asks. The zero value uses the system's resolver and network.
type Checker struct {
	Resolver Resolver
	// Dial opens a connection to an address that was judged public.
	Dial  func(ctx context.Context, network, address string) (net.Conn, error)
	TLS   *tls.Config // nil: the system's certificates
	Agent string      // names us to the servers
}

// A Refusal says that a question is not asked, because of where it would lead. It will not be asked
// later either.
type Refusal struct{ Reason string }

func (r *Refusal) Error() string { return r.Reason }

func refuse(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }

func (c *Checker) resolver() Resolver {
	if c.Resolver != nil {
		return c.Resolver
	}
	return net.DefaultResolver
}

// dial connects to a public address of the host, and to nothing else.
func (c *Checker) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if _, port, err := net.SplitHostPort(address); err != nil || port != "443" {
		return nil, refuse("%s: only port 443 is asked", address)
	}
	guard := Guard{Resolver: c.resolver(), Dial: c.Dial}
	return guard.DialContext(ctx, network, address)
}

// checkURL refuses what is not asked.
func checkURL(u *url.URL) error {
	host := u.Hostname()
	switch {
	case u.Scheme != "https":
		return refuse("%s is not https", u.Redacted())
	case u.User != nil:
		return refuse("the address holds a user name")
	case u.Port() != "" && u.Port() != "443":
		return refuse("%s: only port 443 is asked", u.Host)
	case host != u.Host && host+":443" != u.Host || strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789-.") != "":
		return refuse("%q is no host name", u.Host)
	case !strings.Contains(host, ".") || strings.HasSuffix(host, "."):
		return refuse("%s is no public host name", host)
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return refuse("%s is an address, not a name", host)
	}
	return nil
}

// A page is what a server answered.
type page struct {
	status int
	kind   string // media type
	link   []string
	body   []byte
	url    *url.URL // after redirects
}

// get asks for a page. Redirects are followed within the site: the host, with or without www.
func (c *Checker) get(ctx context.Context, address, accept string) (page, error) {
	u, err := url.Parse(address)
	if err != nil {
		return page{}, refuse("%q is no address", address)
	}
	if err := checkURL(u); err != nil {
		return page{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return page{}, refuse("%q cannot be asked", address)
	}
	request.Header.Set("Accept", accept)
	request.Header.Set("User-Agent", c.Agent)
	transport := &http.Transport{DialContext: c.dial, TLSClientConfig: c.TLS, TLSHandshakeTimeout: 5 * time.Second, DisableKeepAlives: true,
		DisableCompression: true, ResponseHeaderTimeout: 10 * time.Second, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return refuse("more than %d redirects", maxRedirects)
		}
		if site(next.URL) != site(u) {
			return refuse("it redirects to another site, %s", next.URL.Hostname())
		}
		return checkURL(next.URL)
	}}
	response, err := client.Do(request)
	if err != nil {
		return page{}, fmt.Errorf("ask %s: %w", u.Hostname(), err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return page{}, fmt.Errorf("ask %s: %w", u.Hostname(), err)
	}
	kind, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	return page{response.StatusCode, strings.ToLower(strings.TrimSpace(kind)), response.Header.Values("Link"), body, response.Request.URL}, nil
}

// site is a host without www.
func site(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") }
