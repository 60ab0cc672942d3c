package notify

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/groundswell/groundswell/internal/config"
	"github.com/wneessen/go-mail"
	"gopkg.in/yaml.v3"
)

// emailConfig is a channel's section.
type emailConfig struct {
	Host     string        `yaml:"host"`
	Port     int           `yaml:"port"`     // default 587
	TLS      string        `yaml:"tls"`      // starttls (default), implicit, none (loopback only)
	CA       string        `yaml:"ca"`       // file of PEM certificates to trust instead of the system's
	Username string        `yaml:"username"` // empty: no authentication
	Password config.Secret `yaml:"password"`
	From     string        `yaml:"from"`
	To       []string      `yaml:"to"`
	Timeout  time.Duration `yaml:"timeout"` // default 10s
}

// email sends each notification by SMTP, as text and as HTML.
type email struct {
	cfg  emailConfig
	opts []mail.Option
}

func newEmail(section *yaml.Node) (Notifier, error) {
	cfg := emailConfig{Port: 587, TLS: "starttls", Timeout: 10 * time.Second}
	if err := decode(section, &cfg); err != nil {
		return nil, err
	}
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	opts, err := cfg.options()
	if err != nil {
		return nil, err
	}
	e := &email{cfg: cfg, opts: opts}
	if _, err := e.message(&Notification{Key: "check"}, cfg.To); err != nil {
		return nil, err
	}
	return e, nil
}

func (cfg *emailConfig) validate() error {
	switch {
	case cfg.Host == "":
		return errors.New("host: want the SMTP server's name")
	case cfg.Port < 1 || cfg.Port > 65535:
		return fmt.Errorf("port: %d: want from 1 to 65535", cfg.Port)
	case cfg.From == "":
		return errors.New("from: want an address")
	case len(cfg.To) == 0:
		return errors.New("to: want a list of addresses")
	case (cfg.Username == "") != (cfg.Password == ""):
		return errors.New("username and password: want both or neither")
	case cfg.Timeout < time.Second || cfg.Timeout > 30*time.Second:
		return fmt.Errorf("timeout: %v: want from 1s to 30s", cfg.Timeout)
	case cfg.TLS == "none" && !loopback(cfg.Host):
		return errors.New("tls: none is for a server on this machine only: want starttls or implicit")
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// options are those of go-mail for this server.
func (cfg *emailConfig) options() ([]mail.Option, error) {
	opts := []mail.Option{mail.WithPort(cfg.Port), mail.WithTimeout(cfg.Timeout), mail.WithoutNoop()}
	trust := &tls.Config{ServerName: cfg.Host, MinVersion: tls.VersionTLS12}
	if cfg.CA != "" {
		pool, err := readCA(cfg.CA)
		if err != nil {
			return nil, err
		}
		trust.RootCAs = pool
	}
	switch cfg.TLS {
	case "starttls":
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory), mail.WithTLSConfig(trust))
	case "implicit":
		opts = append(opts, mail.WithSSL(), mail.WithTLSConfig(trust))
	case "none":
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	default:
		return nil, fmt.Errorf("tls: %q: want starttls, implicit or none", cfg.TLS)
	}
	if cfg.Username != "" {
		method := mail.SMTPAuthAutoDiscover
		if cfg.TLS == "none" {
			method = mail.SMTPAuthPlainNoEnc
		}
		opts = append(opts, mail.WithSMTPAuth(method), mail.WithUsername(cfg.Username), mail.WithPassword(cfg.Password.Reveal()))
	}
	return opts, nil
}

// Pace is one mail a second.
func (*email) Pace() time.Duration { return time.Second }

// Illustrates says that mails have pictures.
func (*email) Illustrates() {}

// Notify sends one message to all addresses. The server takes it for all of them or for none.
func (e *email) Notify(ctx context.Context, n Notification) error { return e.send(ctx, &n, e.cfg.To) }

func (e *email) send(ctx context.Context, n *Notification, to []string) error {
	msg, err := e.message(n, to)
	if err != nil {
		return err
	}
	return e.session(ctx, func(c *mail.Client) error { return c.Send(msg) })
}

// personal sends notices to the people themselves, over the server of an e-mail channel.
type personal struct{ *email }

// Personal is the channel of notices to people over the server of an e-mail channel; false for any other.
func Personal(n Notifier) (Notifier, bool) {
	e, ok := n.(*email)
	return personal{e}, ok
}

// Notify sends one message to the address of whom the notice is for. An address that the server will
// never take is Refused: to try it for a day would make the server think ill of this one.
func (p personal) Notify(ctx context.Context, n Notification) error {
	if n.Notice == nil || n.Notice.Address == "" {
		return errors.New("the message is for nobody in particular")
	}
	msg, err := p.message(&n, []string{n.Notice.Address})
	if err != nil {
		return &Refused{hide(err, n.Notice.Address)}
	}
	never := false
	err = p.session(ctx, func(c *mail.Client) error {
		err := c.Send(msg)
		var refused *mail.SendError
		never = errors.As(err, &refused) && refused.Reason == mail.ErrSMTPRcptTo && !refused.IsTemp()
		return err
	})
	if err == nil {
		return nil
	}
	if err = hide(err, n.Notice.Address); never { // a delivery's error is told to more people than the address is
		return &Refused{err}
	}
	return err
}

// Check signs in to the server and out again.
func (e *email) Check(ctx context.Context) error {
	return e.session(ctx, func(*mail.Client) error { return nil })
}

// session runs do between signing in and out.
func (e *email) session(ctx context.Context, do func(*mail.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, e.cfg.Timeout)
	defer cancel()
	client, err := mail.NewClient(e.cfg.Host, slices.Concat(e.opts, e.cut(ctx))...)
	if err == nil {
		if err = client.DialWithContext(ctx); err == nil {
			err = do(client)
			_ = client.Close() // what was taken is taken, whatever the farewell
		}
	}
	if err == nil {
		return nil
	}
	server := net.JoinHostPort(e.cfg.Host, strconv.Itoa(e.cfg.Port))
	if ctx.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded) { // the connection's deadline may be first
		return fmt.Errorf("mail %s: no answer in time: check host and port, or raise timeout", server)
	}
	password := e.cfg.Password.Reveal()
	credentials := "\x00" + e.cfg.Username + "\x00" + password
	return fmt.Errorf("mail %s: %w", server, hide(err, password,
		base64.StdEncoding.EncodeToString([]byte(password)), base64.StdEncoding.EncodeToString([]byte(credentials))))
}

// cut makes the connection end with ctx, which go-mail regards only while it dials. With implicit
// TLS go-mail must dial itself to know that it is encrypted; its own deadlines end it then.
func (e *email) cut(ctx context.Context) []mail.Option {
	if e.cfg.TLS == "implicit" {
		return nil
	}
	return []mail.Option{mail.WithDialContextFunc(func(dialCtx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(dialCtx, network, address)
		if err == nil {
			context.AfterFunc(ctx, func() { _ = conn.Close() })
		}
		return conn, err
	})}
}
