package notify_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/alerts/notify/smtptest"
)

// emailSection configures the channel for a server.
func emailSection(s *smtptest.Server, more string) string {
	_, port, _ := net.SplitHostPort(s.Addr)
	return fmt.Sprintf("host: localhost\nport: %s\nca: %s\nfrom: Groundswell <alerts@acme.example>\nto: [a@acme.example, b@acme.example]\n%s", port, s.CA, more)
}

func TestEmail(t *testing.T) {
	s := &smtptest.Server{User: "alerts", Password: "hunter2"}
	s.Start(t)
	n := open(t, "email", emailSection(s, "username: alerts\npassword: hunter2\n"))
	for range 2 { // sent again after a failure: the same mail
		if err := n.Notify(t.Context(), storm()); err != nil {
			t.Fatal(err)
		}
	}
	got := s.Received()
	if len(got) != 2 || !got[0].Encrypted || got[0].User != "alerts" || len(got[0].To) != 2 {
		t.Fatalf("got %+v", got)
	}
	parts, header := parse(t, got[0].Data)
	_, again := parse(t, got[1].Data)
	if id := header.Get("Message-Id"); id == "" || id != again.Get("Message-Id") || !strings.HasSuffix(id, "@acme.example>") {
		t.Errorf("got Message-ID %q, then %q", id, again.Get("Message-Id"))
	}
	if got := header.Get("Subject"); got != "ACME: firestorm has begun (severity 3 of 6)" {
		t.Errorf("got subject %q", got)
	}
	if header.Get("Bcc") != "" {
		t.Error("a reason became a header")
	}
	if !strings.Contains(parts["text/plain"], "- 42 people wrote negatively in 30 min, usual 1.3\r\n") {
		t.Errorf("text:\n%s", parts["text/plain"])
	}
	if html := parts["text/html"]; strings.Contains(html, "<script>") || !strings.Contains(html, "Rückruf") {
		t.Errorf("html:\n%s", html)
	}
}

// parse reads a mail's header and its parts by media type.
func parse(t *testing.T, data string) (map[string]string, mail.Header) {
	t.Helper()
	msg, err := mail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	media, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || media != "multipart/alternative" {
		t.Fatalf("got %q, %v", media, err)
	}
	parts := map[string]string{}
	for r := multipart.NewReader(msg.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return parts, msg.Header
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		parts[kind] = string(body)
	}
}

func TestEmailErrors(t *testing.T) {
	const right = "username: alerts\npassword: hunter2\ntimeout: 1s\n"
	for name, tt := range map[string]struct {
		server *smtptest.Server
		config string
		want   string
	}{
		"ErrPassword":  {&smtptest.Server{Password: "x"}, right, "535"},
		"ErrNoTLS":     {&smtptest.Server{NoTLS: true}, right, "STARTTLS"},
		"ErrHangs":     {&smtptest.Server{Hang: true}, right, "no answer in time"},
		"ErrRecipient": {&smtptest.Server{Password: "hunter2", Refuse: "b@acme"}, right, "550"},
		"ErrUntrusted": {&smtptest.Server{Password: "hunter2"}, right + "ca: ''\n", "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tt.server
			s.User = "alerts"
			s.Start(t)
			text := emailSection(s, tt.config)
			if name == "ErrUntrusted" {
				text = strings.Replace(emailSection(s, right), "ca: "+s.CA+"\n", "", 1)
			}
			err := open(t, "email", text).Notify(t.Context(), storm())
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			for _, secret := range []string{"hunter2", base64.StdEncoding.EncodeToString([]byte("\x00alerts\x00hunter2"))} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error tells a secret: %v", err)
				}
			}
			if len(s.Received()) != 0 {
				t.Error("a mail went out all the same")
			}
		})
	}
}

func TestEmailCheck(t *testing.T) {
	s := &smtptest.Server{User: "alerts", Password: "hunter2"}
	s.Start(t)
	for password, ok := range map[string]bool{"hunter2": true, "hunter3": false} {
		n := open(t, "email", emailSection(s, "username: alerts\npassword: "+password+"\n"))
		if err := n.(notify.Checker).Check(t.Context()); (err == nil) != ok {
			t.Errorf("%s: got %v", password, err)
		}
	}
	if len(s.Received()) != 0 {
		t.Error("the check sent a mail")
	}
}

func TestEmailWithoutTLSOnLoopback(t *testing.T) {
	s := &smtptest.Server{NoTLS: true, User: "alerts", Password: "hunter2"}
	s.Start(t)
	n := open(t, "email", emailSection(s, "tls: none\nusername: alerts\npassword: hunter2\n"))
	if err := n.Notify(t.Context(), storm()); err != nil || len(s.Received()) != 1 {
		t.Errorf("got %v and %d mails", err, len(s.Received()))
	}
}

func TestEmailEndsWithItsContext(t *testing.T) {
	s := &smtptest.Server{Hang: true}
	s.Start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if err := open(t, "email", emailSection(s, "timeout: 30s\n")).Notify(ctx, storm()); err == nil {
		t.Error("want an error")
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it ended after %v", took)
	}
}

// A notice goes to the person alone, with a link to each case and one to the settings, and what
// strangers wrote in it stays text.
func TestPersonalMail(t *testing.T) {
	s := &smtptest.Server{User: "alerts", Password: "hunter2", Refuse: "gone@"}
	s.Start(t)
	channel, ok := notify.Personal(open(t, "email", emailSection(s, "username: alerts\npassword: hunter2\n")))
	if !ok {
		t.Fatal("an e-mail channel takes no notices to people")
	}
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	n := notify.Notification{Key: "notices/1", Type: notify.TypeNotice, At: at, URL: "https://gw.acme.example/notices", Notice: &notify.Notice{
		To: "u1", Name: "anna", Address: "anna@acme.example", Title: "Six grills\r\nBcc: x@evil.example: Joined", Settings: "https://gw.acme.example/me#notices", More: 3,
		Lines: []notify.NoticeLine{{About: "Six <b>grills", Text: "Joined", By: "bert", At: at, URL: "https://gw.acme.example/opportunities/1"}, {Text: "Webhook x is paused", At: at}}}}
	if err := channel.Notify(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	got := s.Received()
	if len(got) != 1 || len(got[0].To) != 1 || !strings.Contains(got[0].To[0], "anna@acme.example") {
		t.Fatalf("got %+v", got)
	}
	parts, header := parse(t, got[0].Data)
	if want := "Six grills Bcc: x@evil.example: Joined, and 4 more"; header.Get("Subject") != want || header.Get("Bcc") != "" {
		t.Errorf("got subject %q, want %q", header.Get("Subject"), want)
	}
	text := strings.ReplaceAll(parts["text/plain"], "\r\n", "\n")
	for _, want := range []string{"- Six <b>grills: Joined (bert, 2 March 2026 12:00 UTC)\n  https://gw.acme.example/opportunities/1\n- Webhook x is paused (2 March 2026 12:00 UTC)\n- and 3 more\n",
		"Choose what is sent to you: https://gw.acme.example/me#notices"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if html := parts["text/html"]; !strings.Contains(html, "<b>Six &lt;b&gt;grills</b>: <a href=\"https://gw.acme.example/opportunities/1\">Joined</a>") {
		t.Errorf("html:\n%s", html)
	}

	n.Notice.Address = "gone@acme.example"
	var refused *notify.Refused
	if err := channel.Notify(t.Context(), n); !errors.As(err, &refused) || !strings.Contains(err.Error(), "550") {
		t.Errorf("got %v, want it refused for good", err)
	} else if strings.Contains(err.Error(), "gone@acme.example") {
		t.Errorf("the error tells the address: %v", err)
	}
	n.Notice.Address = ""
	if err := channel.Notify(t.Context(), n); err == nil || len(s.Received()) != 1 {
		t.Errorf("got %v, and %d mails", err, len(s.Received()))
	}
}
