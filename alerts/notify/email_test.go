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
)

// emailSection configures the channel for a server.
func emailSection(s *mailServer, more string) string {
	_, port, _ := net.SplitHostPort(s.addr)
	return fmt.Sprintf("host: localhost\nport: %s\nca: %s\nfrom: Groundswell <alerts@acme.example>\nto: [a@acme.example, b@acme.example]\n%s", port, s.ca, more)
}

func TestEmail(t *testing.T) {
	s := &mailServer{user: "alerts", password: "hunter2"}
	s.start(t)
	n := open(t, "email", emailSection(s, "username: alerts\npassword: hunter2\n"))
	for range 2 { // sent again after a failure: the same mail
		if err := n.Notify(t.Context(), storm()); err != nil {
			t.Fatal(err)
		}
	}
	got := s.received()
	if len(got) != 2 || !got[0].encrypted || got[0].user != "alerts" || len(got[0].to) != 2 {
		t.Fatalf("got %+v", got)
	}
	parts, header := parse(t, got[0].data)
	_, again := parse(t, got[1].data)
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
		server *mailServer
		config string
		want   string
	}{
		"ErrPassword":  {&mailServer{password: "x"}, right, "535"},
		"ErrNoTLS":     {&mailServer{noTLS: true}, right, "STARTTLS"},
		"ErrHangs":     {&mailServer{hang: true}, right, "no answer in time"},
		"ErrRecipient": {&mailServer{password: "hunter2", refuse: "b@acme"}, right, "550"},
		"ErrUntrusted": {&mailServer{password: "hunter2"}, right + "ca: ''\n", "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tt.server
			s.user = "alerts"
			s.start(t)
			text := emailSection(s, tt.config)
			if name == "ErrUntrusted" {
				text = strings.Replace(emailSection(s, right), "ca: "+s.ca+"\n", "", 1)
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
			if len(s.received()) != 0 {
				t.Error("a mail went out all the same")
			}
		})
	}
}

func TestEmailCheck(t *testing.T) {
	s := &mailServer{user: "alerts", password: "hunter2"}
	s.start(t)
	for password, ok := range map[string]bool{"hunter2": true, "hunter3": false} {
		n := open(t, "email", emailSection(s, "username: alerts\npassword: "+password+"\n"))
		if err := n.(notify.Checker).Check(t.Context()); (err == nil) != ok {
			t.Errorf("%s: got %v", password, err)
		}
	}
	if len(s.received()) != 0 {
		t.Error("the check sent a mail")
	}
}

func TestEmailWithoutTLSOnLoopback(t *testing.T) {
	s := &mailServer{noTLS: true, user: "alerts", password: "hunter2"}
	s.start(t)
	n := open(t, "email", emailSection(s, "tls: none\nusername: alerts\npassword: hunter2\n"))
	if err := n.Notify(t.Context(), storm()); err != nil || len(s.received()) != 1 {
		t.Errorf("got %v and %d mails", err, len(s.received()))
	}
}

func TestEmailEndsWithItsContext(t *testing.T) {
	s := &mailServer{hang: true}
	s.start(t)
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
