package alerts_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/internal/sqldb/sqldbtest"
)

func TestLinks(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		links, err := alerts.OpenLinks(t.Context(), db, "https://gw.example.org/")
		if err != nil {
			t.Fatal(err)
		}
		address := links.Sign(alerts.Pass{IncidentID: "i1", Reopened: 1, Recipient: "mail"}, start)
		token, ok := strings.CutPrefix(address, "https://gw.example.org/ack/")
		if !ok {
			t.Fatalf("got %s", address)
		}
		other, err := alerts.OpenLinks(t.Context(), db, "") // another process has the same key
		if err != nil {
			t.Fatal(err)
		}
		if got, err := other.Open(token, start.Add(6*24*time.Hour)); err != nil || got.IncidentID != "i1" || got.Recipient != "mail" || got.Reopened != 1 {
			t.Errorf("got %+v, %v", got, err)
		}
		if other.Sign(alerts.Pass{}, start) != "" {
			t.Error("signed an address that leads nowhere")
		}
		body, signature, _ := strings.Cut(token, ".")
		for name, bad := range map[string]string{"ErrBody": "x" + body + "." + signature, "ErrSignature": body + "." + strings.ToUpper(signature), "ErrNone": body,
			"ErrEmpty": "", "ErrLong": strings.Repeat("a", 2000) + "." + signature, "ErrDot": "."} {
			if _, err := links.Open(bad, start); !errors.Is(err, alerts.ErrBadLink) {
				t.Errorf("%s: got %v", name, err)
			}
		}
		if _, err := links.Open(token, start.Add(8*24*time.Hour)); !errors.Is(err, alerts.ErrBadLink) {
			t.Errorf("after eight days: got %v", err)
		}
	})
}

func FuzzOpenLink(f *testing.F) {
	var links alerts.Links
	f.Add("e30.AAAA")
	f.Add("..")
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := links.Open(token, start); err == nil && !strings.Contains(token, ".") {
			t.Errorf("opened %q", token)
		}
	})
}
