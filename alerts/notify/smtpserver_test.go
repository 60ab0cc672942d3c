package notify_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// mailServer speaks enough of SMTP (RFC 5321) to take mail: EHLO, STARTTLS, AUTH PLAIN, MAIL, RCPT,
// DATA, RSET and QUIT.
type mailServer struct {
	user, password string
	noTLS          bool // does not offer STARTTLS
	hang           bool // greets nobody
	refuse         string

	addr string
	ca   string // file with the certificate
	cert tls.Certificate

	mu    sync.Mutex
	mails []received
}

type received struct {
	from      string
	to        []string
	data      string
	encrypted bool
	user      string
}

func (s *mailServer) start(t *testing.T) {
	t.Helper()
	s.certify(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	var running sync.WaitGroup
	var conns sync.Map
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conns.Store(conn, true)
			running.Go(func() {
				defer conn.Close()
				s.serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		conns.Range(func(conn, _ any) bool { conn.(net.Conn).Close(); return true })
		running.Wait()
	})
}

func (s *mailServer) certify(t *testing.T) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	s.cert = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	s.ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(s.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s *mailServer) received() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails
}

func (s *mailServer) serve(conn net.Conn) {
	r := bufio.NewReader(conn)
	say := func(format string, args ...any) { fmt.Fprintf(conn, format+"\r\n", args...) }
	if s.hang {
		_, _ = r.ReadByte()
		return
	}
	say("220 test ESMTP")
	var mail received
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-test")
			if !s.noTLS && !mail.encrypted {
				say("250-STARTTLS")
			}
			say("250-8BITMIME")
			say("250 AUTH PLAIN")
		case "STARTTLS":
			say("220 go ahead")
			secured := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{s.cert}})
			conn, r = secured, bufio.NewReader(secured)
			mail.encrypted = true
		case "AUTH":
			_, initial, _ := strings.Cut(rest, " ")
			plain, _ := base64.StdEncoding.DecodeString(initial)
			if string(plain) != "\x00"+s.user+"\x00"+s.password {
				say("535 5.7.8 wrong credentials %s %s", initial, plain)
				continue
			}
			mail.user = s.user
			say("235 welcome")
		case "MAIL":
			if s.user != "" && mail.user == "" {
				say("530 authenticate first")
				continue
			}
			mail.from = rest
			say("250 ok")
		case "RCPT":
			if s.refuse != "" && strings.Contains(rest, s.refuse) {
				say("550 5.1.1 no such user")
				continue
			}
			mail.to = append(mail.to, rest)
			say("250 ok")
		case "DATA":
			say("354 go on")
			var data strings.Builder
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				data.WriteString(line)
			}
			mail.data = data.String()
			s.mu.Lock()
			s.mails = append(s.mails, mail)
			s.mu.Unlock()
			say("250 taken")
		case "RSET":
			say("250 ok")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("502 what?")
		}
	}
}
