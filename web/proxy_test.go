package web_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/groundswell/groundswell/web"
)

func TestClientBehindProxies(t *testing.T) {
	proxies := web.Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, test := range map[string]struct {
		proxies   web.Proxies
		remote    string
		forwarded []string // lines of the header
		want      string
	}{
		"OKNoProxy":          {nil, "203.0.113.9:1", nil, "203.0.113.9"},
		"OKProxy":            {proxies, "10.0.0.1:1", []string{"203.0.113.9"}, "203.0.113.9"},
		"OKTwoProxies":       {proxies, "10.0.0.1:1", []string{"203.0.113.9, 10.0.0.2"}, "203.0.113.9"},
		"OKTwoLines":         {proxies, "10.0.0.1:1", []string{"203.0.113.9", "10.0.0.2"}, "203.0.113.9"},
		"OKSixth":            {proxies, "[fd00::1]:1", []string{"2001:db8::5"}, "2001:db8::5"},
		"OKPort":             {proxies, "10.0.0.1:1", []string{"203.0.113.9:4711"}, "203.0.113.9"},
		"OKSixthPort":        {proxies, "10.0.0.1:1", []string{"[2001:db8::5]:4711"}, "2001:db8::5"},
		"OKMapped":           {proxies, "[::ffff:10.0.0.1]:1", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		"OKAllProxies":       {proxies, "10.0.0.1:1", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		"OKProxySaysNothing": {proxies, "10.0.0.1:1", nil, "10.0.0.1"},
		"ErrNotTrusted":      {proxies, "198.51.100.7:1", []string{"203.0.113.9"}, "198.51.100.7"},
		"ErrNoneTrusted":     {nil, "10.0.0.1:1", []string{"203.0.113.9"}, "10.0.0.1"},
		"ErrForged":          {proxies, "10.0.0.1:1", []string{"127.0.0.1, 192.0.2.1, 203.0.113.9"}, "203.0.113.9"},
		"ErrForgedLine":      {proxies, "10.0.0.1:1", []string{"127.0.0.1", "203.0.113.9"}, "203.0.113.9"},
		"ErrForgedAsProxy":   {proxies, "10.0.0.1:1", []string{"10.0.0.9, 203.0.113.9"}, "203.0.113.9"},
		"ErrNoAddress":       {proxies, "10.0.0.1:1", []string{"203.0.113.9, unknown"}, "10.0.0.1"},
		"ErrEmpty":           {proxies, "10.0.0.1:1", []string{"203.0.113.9,"}, "10.0.0.1"},
		"ErrEndless":         {proxies, "10.0.0.1:1", []string{"203.0.113.9" + strings.Repeat(",10.0.0.2", 10_000)}, "10.0.0.2"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: test.remote, Header: http.Header{"X-Forwarded-For": test.forwarded}}
			if got := web.ClientOf(test.proxies, r); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// Behind a proxy that is trusted each client has its own allowance, and stands in the list of sign-ins.
func TestClientsBehindAProxyAreThrottledApart(t *testing.T) {
	s := newSite(t, newDB(t), func(o *web.Options) { o.Proxies = web.Proxies{netip.MustParsePrefix("127.0.0.0/8")} })
	s.addAdmin()
	wrong := func(name, from string) answer {
		return s.do(http.MethodPost, api+"/session", map[string]any{"name": name, "password": "wrong password"}, "X-Forwarded-For", from)
	}
	for i := range 20 {
		wrong(strings.Repeat("x", i+1), "203.0.113.9").problem(http.StatusUnauthorized, "signed-out")
	}
	wrong("again", "203.0.113.9").problem(http.StatusTooManyRequests, "throttled")
	wrong("again", "127.0.0.1, 203.0.113.9").problem(http.StatusTooManyRequests, "throttled") // what the client wrote itself
	wrong("again", "203.0.113.10").problem(http.StatusUnauthorized, "signed-out")
	s.do(http.MethodPost, api+"/session", map[string]any{"name": web.AdminName, "password": adminPassword}, "X-Forwarded-For", "203.0.113.10").want(http.StatusNoContent)
	items, _ := s.get(api + "/sign-ins").items()
	if len(items) == 0 || items[0]["address"] != "203.0.113.10" {
		t.Errorf("sign-ins: %v", items)
	}
}
