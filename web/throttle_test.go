package web_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/internal/memory"
	"github.com/groundswell/groundswell/web"
)

// Two processes that share their memory count together; one whose memory is gone counts by itself.
func TestProcessesCountTogether(t *testing.T) {
	shared, err := memory.Open(t.Context(), memory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = shared.Close() })
	db, at := newDB(t), time.Now()
	with := func(tries web.Tries) *site {
		return newSite(t, db, func(o *web.Options) { o.Tries, o.Clock = tries, func() time.Time { return at } })
	}
	wrong := func(s *site) answer {
		return s.do(http.MethodPost, api+"/session", map[string]any{"name": web.AdminName, "password": "wrong password"})
	}
	one, two, alone := with(shared), with(shared), with(brokenTries{})
	one.addAdmin()
	for _, s := range []*site{one, two, one, two, one} {
		wrong(s).problem(http.StatusUnauthorized, "signed-out")
	}
	for _, s := range []*site{one, two} {
		wrong(s).problem(http.StatusTooManyRequests, "throttled")
	}
	for range 5 {
		wrong(alone).problem(http.StatusUnauthorized, "signed-out")
	}
	wrong(alone).problem(http.StatusTooManyRequests, "throttled")
	if !strings.Contains(alone.log.String(), "attempts are counted by this process alone") {
		t.Errorf("log: %s", alone.log)
	}
}

type brokenTries struct{}

func (brokenTries) Try(context.Context, time.Time, ...memory.Try) (time.Duration, error) {
	return 0, errors.New("out of reach")
}

func (brokenTries) Forgive(context.Context, string, bool) error { return errors.New("out of reach") }
