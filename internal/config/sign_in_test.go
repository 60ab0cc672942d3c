package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/config"
)

func TestSignIn(t *testing.T) {
	good := config.Provider{Name: "Social", Network: "mastodon", AuthorizeURL: "https://social.example/a", TokenURL: "https://social.example/t",
		UserinfoURL: "http://127.0.0.1:9/me", ClientID: "us", ID: "id", Handle: "name"}
	for name, c := range map[string]struct {
		change func(*config.Config)
		err    string
	}{
		"OK":       {func(*config.Config) {}, ""},
		"ErrURL":   {func(c *config.Config) { c.Web.URL = "" }, "web.url"},
		"ErrHTTP":  {func(c *config.Config) { c.SignIn.Providers[0].TokenURL = "http://social.example/t" }, "token_url"},
		"ErrUser":  {func(c *config.Config) { c.SignIn.Providers[0].TokenURL = "https://a:b@social.example/t" }, "token_url"},
		"ErrEmpty": {func(c *config.Config) { c.SignIn.Providers[0].ID = " " }, "id is empty"},
		"ErrTwice": {func(c *config.Config) { c.SignIn.Providers = append(c.SignIn.Providers, good) }, "taken"},
		"ErrValid": {func(c *config.Config) { c.SignIn.Valid = time.Minute }, "sign_in.valid"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config.Default()
			cfg.Web.URL, cfg.SignIn.Providers = "https://gw.example", []config.Provider{good}
			c.change(&cfg)
			err := cfg.Validate()
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %v, want %q", err, c.err)
			}
		})
	}
}
