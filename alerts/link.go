package alerts

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// Links sign addresses by which somebody who was told of an incident acknowledges it without
// signing in. An address is good for one wave of one incident, and for a week.
type Links struct {
	BaseURL string // of the web page
	key     []byte
}

// A Pass is what such an address grants.
type Pass struct {
	IncidentID string `json:"i"`
	Reopened   int    `json:"w"` // the wave
	Recipient  string `json:"r"` // the channel that the address was sent to
	Expires    int64  `json:"e"` // Unix seconds
}

const (
	linkFor     = 7 * 24 * time.Hour
	longestLink = 1000
)

// ErrBadLink says that an address was not signed here, or has expired.
var ErrBadLink = errors.New("the link is not valid any more")

// OpenLinks loads the key, which the first process makes.
func OpenLinks(ctx context.Context, db *sqldb.DB, baseURL string) (*Links, error) {
	const load = "SELECT secret FROM link_keys WHERE id = 1"
	var text string
	err := db.QueryRow(ctx, load).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		fresh := make([]byte, 32)
		_, _ = rand.Read(fresh) // never fails
		err = db.Update(ctx, func(tx *sqldb.Tx) error {
			if _, err := tx.InsertNew(ctx, sqldb.Insert{Table: "link_keys", Key: []string{"id"}, Columns: []string{"id", "secret", "created_at"}},
				[][]any{{1, base64.StdEncoding.EncodeToString(fresh), sqldb.Millis(time.Now())}}); err != nil {
				return err
			}
			return tx.QueryRow(ctx, load).Scan(&text) // that of another process, where it was faster
		})
	}
	if err != nil {
		return nil, fmt.Errorf("load the key of links: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) < 32 {
		return nil, errors.New("load the key of links: it is damaged: delete the row of link_keys, and links sent before end")
	}
	return &Links{BaseURL: strings.TrimRight(baseURL, "/"), key: key}, nil
}

// Sign makes an address; empty where nobody said where the web page is.
func (l *Links) Sign(p Pass, now time.Time) string {
	if l == nil || l.BaseURL == "" {
		return ""
	}
	p.Expires = now.Add(linkFor).Unix()
	payload, err := json.Marshal(p)
	if err != nil {
		panic(err) // texts and numbers only
	}
	return l.BaseURL + "/ack/" + base64.RawURLEncoding.EncodeToString(payload) + "." + base64.RawURLEncoding.EncodeToString(l.MAC("acknowledge", payload))
}

// MAC signs a payload for one purpose: it is good for no other.
func (l *Links) MAC(purpose string, payload []byte) []byte {
	h := hmac.New(sha256.New, l.key)
	h.Write([]byte(purpose + "\x00"))
	h.Write(payload)
	return h.Sum(nil)
}

// Open reads the token of an address, or returns ErrBadLink.
func (l *Links) Open(token string, now time.Time) (Pass, error) {
	body, signature, ok := strings.Cut(token, ".")
	if !ok || len(token) > longestLink {
		return Pass{}, ErrBadLink
	}
	payload, err := base64.RawURLEncoding.DecodeString(body)
	mac, err2 := base64.RawURLEncoding.DecodeString(signature)
	if err != nil || err2 != nil || !hmac.Equal(mac, l.MAC("acknowledge", payload)) {
		return Pass{}, ErrBadLink
	}
	var p Pass
	if err := json.Unmarshal(payload, &p); err != nil || now.Unix() > p.Expires {
		return Pass{}, ErrBadLink
	}
	return p, nil
}

// Acknowledge acknowledges by an address. The history says to whom it was sent.
func (p *Pass) Acknowledge(ctx context.Context, tx *sqldb.Tx, now time.Time) (Incident, error) {
	i, err := IncidentByID(ctx, tx, p.IncidentID)
	if err != nil {
		return Incident{}, err
	}
	if i.Detail.Reopened != p.Reopened {
		return i, fmt.Errorf("acknowledge incident %s: another wave has begun: %w", i.ID, ErrBadLink)
	}
	return Edit{IncidentID: p.IncidentID, By: "link sent to " + p.Recipient, At: now}.Acknowledge(ctx, tx)
}
