// Package config reads the one YAML file that describes a Groundswell, and the environment
// variables that override it. groundswell.example.yaml documents every key.
package config

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Config is the whole configuration. Its keys are documented in groundswell.example.yaml.
type Config struct {
	Data      string    `yaml:"data"`
	Listen    string    `yaml:"listen"`
	Roles     []string  `yaml:"roles"`
	LogLevel  string    `yaml:"log_level"`
	Database  Database  `yaml:"database"`
	Log       Log       `yaml:"log"`
	Memory    Memory    `yaml:"memory"`
	Pipeline  Pipeline  `yaml:"pipeline"`
	Sentiment Sentiment `yaml:"sentiment"`
	Verify    Verify    `yaml:"verify"`
	SignIn    SignIn    `yaml:"sign_in"`
	Web       Web       `yaml:"web"`
	Users     Users     `yaml:"users"`
	Monitors  []Monitor `yaml:"monitors"`
	Sources   []Section `yaml:"sources"`
	Channels  []Section `yaml:"channels"`
	Alerts    Alerts    `yaml:"alerts"`
	Privacy   Privacy   `yaml:"privacy"`
	Webhooks  Webhooks  `yaml:"webhooks"`
}

// Privacy says how people are erased.
type Privacy struct {
	FourEyes bool `yaml:"four_eyes"` // a second person approves each erasure
}

// Database says where the database is; empty: SQLite in the data folder.
type Database struct {
	URL Secret `yaml:"url"`
}

// Log describes the log.
type Log struct {
	Brokers    []string      `yaml:"brokers"`
	Listen     string        `yaml:"listen"`
	SyncWrites bool          `yaml:"sync_writes"`
	Partitions int           `yaml:"partitions"`
	Retention  time.Duration `yaml:"retention"`
	Forget     time.Duration `yaml:"forget"` // how soon what was deleted on its network is taken out
	Group      string        `yaml:"group"`
	Topics     struct {
		Posts    string `yaml:"posts"`
		Mentions string `yaml:"mentions"`
		CRM      string `yaml:"crm"`
		Dead     string `yaml:"dead"`
	} `yaml:"topics"`
	TLS  TLS `yaml:"tls"`
	SASL struct {
		Mechanism string `yaml:"mechanism"`
		User      string `yaml:"user"`
		Password  Secret `yaml:"password"`
	} `yaml:"sasl"`
}

// Memory describes the shared memory.
type Memory struct {
	Address  string `yaml:"address"`
	User     string `yaml:"user"`
	Password Secret `yaml:"password"`
	DB       int    `yaml:"db"`
	TLS      TLS    `yaml:"tls"`
}

// TLS describes the encryption of a connection.
type TLS struct {
	Enabled  bool   `yaml:"enabled"`
	CAFile   string `yaml:"ca_file"`
	CertFile string `yaml:"cert_file"`
	KeyFile  string `yaml:"key_file"`
}

// Pipeline sets how posts are handled.
type Pipeline struct {
	Workers   int           `yaml:"workers"`
	Batch     int           `yaml:"batch"`
	Retention time.Duration `yaml:"retention"`
}

// Sentiment sets how texts are read.
type Sentiment struct {
	Model   string `yaml:"model"`
	Rescore int    `yaml:"rescore"`
	Deep    Deep   `yaml:"deep"`
}

// Deep sets the classifier that looks again where the fast model is not sure; none without a folder.
type Deep struct {
	Folder    string            `yaml:"folder"`
	Labels    map[string]string `yaml:"labels"`
	Languages []string          `yaml:"languages"`
	Below     float64           `yaml:"below"`
	Share     float64           `yaml:"share"`
	Batch     int               `yaml:"batch"`
	Timeout   time.Duration     `yaml:"timeout"`
	Queue     int               `yaml:"queue"`
}

// Verify says whether pages on contacts' files may be asked who they belong to.
type Verify struct {
	Enabled bool `yaml:"enabled"`
}

// Web sets the web server.
type Web struct {
	URL           string `yaml:"url"`
	SecureCookies bool   `yaml:"secure_cookies"`
	Key           Secret `yaml:"key"` // what secrets in the database are sealed with
	// TrustedProxies are the networks of the reverse proxies whose X-Forwarded-For is believed.
	TrustedProxies []string `yaml:"trusted_proxies"`
}

// Proxies are the networks of trusted proxies.
func (w *Web) Proxies() ([]netip.Prefix, error) {
	networks := make([]netip.Prefix, len(w.TrustedProxies))
	for i, text := range w.TrustedProxies {
		p, err := netip.ParsePrefix(text)
		if ip, bad := netip.ParseAddr(text); err != nil && bad == nil {
			p, err = netip.PrefixFrom(ip, ip.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("web.trusted_proxies: %q: want an address or a network, such as 10.20.0.5 or 10.20.0.0/24", text)
		}
		if p.Bits() == 0 {
			return nil, fmt.Errorf("web.trusted_proxies: %q is everybody, who could claim any address: name the proxies alone", text)
		}
		networks[i] = p.Masked()
	}
	return networks, nil
}

// A Monitor is made at the start when none of its name exists; afterwards people own it.
type Monitor struct {
	Name  string `yaml:"name"`
	Kind  string `yaml:"kind"`
	Query string `yaml:"query"`
}

// A Section is one source or channel: what every one has, and settings that its kind decodes.
type Section struct {
	Name     string        `yaml:"name"`
	Kind     string        `yaml:"kind"`
	Silence  time.Duration `yaml:"silence"` // sources: restart a connection that is silent for so long
	Settings yaml.Node     `yaml:"settings"`
}

// Roles are what a process can do.
var Roles = []string{"connectors", "pipeline", "alerts", "web"}

// Default is the configuration that an empty file means.
func Default() Config {
	c := Config{Data: "groundswell-data", Listen: "127.0.0.1:8080", Roles: slices.Clone(Roles), LogLevel: "info"}
	c.Log = Log{Listen: "127.0.0.1:0", Partitions: 4, Retention: 72 * time.Hour, Forget: 5 * time.Minute, Group: "groundswell"}
	c.Log.Topics.Posts, c.Log.Topics.Mentions, c.Log.Topics.CRM, c.Log.Topics.Dead = "groundswell.posts", "groundswell.mentions", "groundswell.crm", "groundswell.dead"
	c.Alerts = Alerts{Language: "en", TimeZone: "UTC", Retention: 90 * 24 * time.Hour}
	c.Pipeline = Pipeline{Workers: 2, Batch: 1000, Retention: 365 * 24 * time.Hour}
	c.Webhooks = Webhooks{GiveUp: 72 * time.Hour, PauseAfter: 24 * time.Hour}
	c.SignIn = SignIn{Valid: 7 * 24 * time.Hour}
	c.Users = Users{SignIns: 365 * 24 * time.Hour}
	c.Sentiment = Sentiment{Rescore: 500, Deep: Deep{Below: 0.6, Share: 0.5, Batch: 16, Timeout: 10 * time.Second, Queue: 2000}}
	return c
}

// Load reads the file (none when path is empty) and the environment, and checks the result.
func Load(path string, environ []string) (Config, error) {
	c := Default()
	var doc yaml.Node
	if path != "" {
		data, err := os.ReadFile(path)
		if err != nil {
			return c, fmt.Errorf("read configuration: %w", err)
		}
		if err := yaml.Unmarshal(data, &doc); err != nil {
			return c, fmt.Errorf("read configuration %s: %w", path, err)
		}
	} else {
		path = "environment"
	}
	if err := override(&doc, environ); err != nil {
		return c, err
	}
	if err := Decode(&doc, &c); err != nil {
		return c, fmt.Errorf("read configuration %s:\n%w", path, err)
	}
	if err := c.Validate(); err != nil {
		return c, fmt.Errorf("read configuration %s:\n%w", path, err)
	}
	return c, nil
}

// leastRetention of deliveries is longer than any of them is retried, and than a weekly digest is late.
const leastRetention = 7 * 24 * time.Hour

// Validate checks what can be checked without reaching out, and reports everything at once.
func (c *Config) Validate() error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		fail("listen %q: want HOST:PORT, such as 127.0.0.1:8080", c.Listen)
	}
	if len(c.Roles) == 0 {
		fail("roles: want at least one of %s", strings.Join(Roles, ", "))
	}
	for _, r := range c.Roles {
		if !slices.Contains(Roles, r) {
			fail("roles: %q: want some of %s", r, strings.Join(Roles, ", "))
		}
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.LogLevel) {
		fail("log_level %q: want debug, info, warn or error", c.LogLevel)
	}
	if c.Log.Partitions < 1 || c.Log.Partitions > 1000 {
		fail("log.partitions %d: want 1 to 1000", c.Log.Partitions)
	}
	if c.Log.Forget != 0 && c.Log.Forget < time.Minute {
		fail("log.forget %s: want 1m or more, or 0 for what is deleted to stay until log.retention is over", c.Log.Forget)
	}
	if c.Pipeline.Workers < 1 || c.Pipeline.Workers > c.Log.Partitions {
		fail("pipeline.workers %d: want 1 to log.partitions (%d): a partition is read by one worker", c.Pipeline.Workers, c.Log.Partitions)
	}
	if c.Pipeline.Batch < 1 || c.Pipeline.Batch > 10000 {
		fail("pipeline.batch %d: want 1 to 10000", c.Pipeline.Batch)
	}
	c.Sentiment.validate(fail)
	c.SignIn.validate(fail, c.Web.URL)
	c.Users.validate(fail, c.Web.URL)
	if c.Users.Mail != "" && c.MailChannel() == "" {
		fail("users.mail %q: want the name of a channel of the kind email", c.Users.Mail)
	}
	if n := len(c.Web.Key.Reveal()); n > 0 && n < leastKey {
		fail("web.key has %d characters: want %d or more, such as openssl rand -hex 32 makes", n, leastKey)
	}
	if _, err := c.Web.Proxies(); err != nil {
		fail("%s", err)
	}
	c.Webhooks.validate(fail)
	for monitor, surprise := range c.Alerts.Surprise {
		if !(surprise >= 1 && surprise <= 300) {
			fail("alerts.surprise: %s: %g: want a number from 1 to 300; 5.5 is usual", monitor, surprise)
		}
	}
	if c.Alerts.Retention < leastRetention {
		fail("alerts.retention %s: want 168h or more: what is forgotten earlier could be told twice", c.Alerts.Retention)
	}
	if !c.Has("pipeline") || !c.Has("web") || !c.Has("connectors") || !c.Has("alerts") {
		if len(c.Log.Brokers) == 0 || c.Memory.Address == "" || !strings.HasPrefix(c.Database.URL.Reveal(), "postgres") {
			fail("roles %s: a process with some of the roles needs log.brokers, memory.address and a postgres database.url, which the others share",
				strings.Join(c.Roles, ", "))
		}
	}
	if len(c.Roles) < len(Roles) && (c.Has("web") || c.Has("alerts")) && c.Web.Key.Reveal() == "" {
		fail("web.key is empty: processes with the roles web and alerts open the same secrets and need the same key, such as openssl rand -hex 32 makes, " +
			"or the content of secret.key in the data folder of the one that had the role web so far")
	}
	errs = append(errs, names("sources", c.Sources), names("channels", c.Channels))
	return errors.Join(errs...)
}

func (s *Sentiment) validate(fail func(format string, args ...any)) {
	d := &s.Deep
	if s.Rescore < 0 {
		fail("sentiment.rescore %d: want mentions a second, or 0 for never", s.Rescore)
	}
	if d.Below <= 0 || d.Below > 1 {
		fail("sentiment.deep.below %v: want a confidence above 0, up to 1", d.Below)
	}
	if d.Share <= 0 || d.Share > 1 {
		fail("sentiment.deep.share %v: want a share of a core above 0, up to 1", d.Share)
	}
	if d.Batch < 1 || d.Batch > 256 {
		fail("sentiment.deep.batch %d: want 1 to 256", d.Batch)
	}
	if d.Timeout < 100*time.Millisecond || d.Timeout > 10*time.Minute {
		fail("sentiment.deep.timeout %s: want 100ms to 10m", d.Timeout)
	}
	if d.Queue < 1 || d.Queue > 1_000_000 {
		fail("sentiment.deep.queue %d: want 1 to 1000000", d.Queue)
	}
	for _, l := range d.Languages {
		if len(l) != 2 || strings.ToLower(l) != l {
			fail("sentiment.deep.languages: %q: want codes of two letters, such as en", l)
		}
	}
}

// names checks that each section has a name of its own and a kind.
func names(list string, sections []Section) error {
	var errs []error
	seen := make(map[string]bool)
	for i, s := range sections {
		switch {
		case s.Name == "" || s.Kind == "":
			errs = append(errs, fmt.Errorf("%s[%d]: want name and kind", list, i))
		case seen[s.Name]:
			errs = append(errs, fmt.Errorf("%s[%d]: the name %s is taken", list, i, s.Name))
		}
		seen[s.Name] = true
	}
	return errors.Join(errs...)
}

// MailChannel is the name of the e-mail channel whose server notices to users go over; empty: there is none.
func (c *Config) MailChannel() string {
	i := slices.IndexFunc(c.Channels, func(s Section) bool {
		return s.Kind == "email" && (c.Users.Mail == "" || c.Users.Mail == s.Name)
	})
	if i < 0 {
		return ""
	}
	return c.Channels[i].Name
}

// Has says whether this process has a role.
func (c *Config) Has(role string) bool { return slices.Contains(c.Roles, role) }

// DatabaseURL is where the database is, SQLite in the data folder by default.
func (c *Config) DatabaseURL() string {
	if c.Database.URL != "" {
		return c.Database.URL.Reveal()
	}
	return "sqlite:" + filepath.Join(c.Data, "groundswell.db")
}

// Config makes the client configuration, or nil where TLS is off.
func (t TLS) Config() (*tls.Config, error) {
	if !t.Enabled {
		return nil, nil
	}
	out := &tls.Config{MinVersion: tls.VersionTLS12}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read tls.ca_file: %w", err)
		}
		out.RootCAs = x509.NewCertPool()
		if !out.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("read tls.ca_file %s: it holds no PEM certificate", t.CAFile)
		}
	}
	if t.CertFile != "" || t.KeyFile != "" {
		pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("read tls.cert_file and tls.key_file: %w", err)
		}
		out.Certificates = []tls.Certificate{pair}
	}
	return out, nil
}
