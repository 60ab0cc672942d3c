package notify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// newSigner makes what signs by the Standard Webhooks specification (standardwebhooks.com).
func newSigner(secret string) (*standardwebhooks.Webhook, error) {
	const want = "secret: want whsec_ and the base64 of 24 to 64 random bytes, as `openssl rand -base64 32` makes them"
	signer, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		return nil, errors.New(want)
	}
	// 24 bytes are 32 characters of base64, 64 bytes are 88.
	if n := len(strings.TrimPrefix(secret, "whsec_")); n < 32 || n > 88 {
		return nil, errors.New(want)
	}
	return signer, nil
}

// signed are the headers of a signed message. Of several signatures one has to be right: that is how
// a secret is changed without losing a message. now is what the receiver compares with its own
// clock, so it is the real time.
func signed(signers []*standardwebhooks.Webhook, id string, now time.Time, body []byte) (http.Header, error) {
	var signatures []string
	for _, signer := range signers {
		signature, err := signer.Sign(id, now, body)
		if err != nil {
			return nil, fmt.Errorf("sign notification: %w", err)
		}
		signatures = append(signatures, signature)
	}
	header := http.Header{}
	header.Set(standardwebhooks.HeaderWebhookID, id)
	header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	header.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	return header, nil
}

// A Poster posts signed messages to addresses that people enter while it runs. It is safe for
// concurrent use.
type Poster struct{ tls, plain *http.Client }

// A Dialer opens connections, and decides where to.
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

// NewPoster makes a Poster that connects by dial, and by plain where the address has no TLS.
func NewPoster(dial, plain Dialer) *Poster {
	client := func(dial Dialer) *http.Client {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.Proxy, transport.DialContext = nil, dial // a proxy would look up the name again, and connect where dial would not
		transport.MaxResponseHeaderBytes, transport.MaxIdleConnsPerHost = 64<<10, 1
		return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return &Poster{client(dial), client(plain)}
}

// A SignedPost is one message.
type SignedPost struct {
	URL     string
	Secrets []string // all of them sign
	ID      string
	Body    []byte
}

// Post posts once and returns the status of the answer; 0: there was none. Any 2xx is success. The
// error holds nothing of the address but its host.
func (p *Poster) Post(ctx context.Context, post SignedPost) (status int, err error) {
	u, err := url.Parse(post.URL)
	if err != nil {
		return 0, errors.New("the url cannot be called")
	}
	client := p.tls
	if u.Scheme == "http" {
		client = p.plain
	}
	t := &target{url: u, client: client}
	t.hideURL(u)
	var signers []*standardwebhooks.Webhook
	for _, secret := range post.Secrets {
		signer, err := newSigner(secret)
		if err != nil {
			return 0, err
		}
		t.hide(secret)
		signers = append(signers, signer)
	}
	header, err := signed(signers, post.ID, time.Now(), post.Body)
	if err != nil {
		return 0, err
	}
	_, status, err = t.send(ctx, call{header: header, body: post.Body})
	return status, err
}
