package web_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/seal"
	"github.com/groundswell/groundswell/web"
	"github.com/prometheus/client_golang/prometheus"
)

// An administrator sets a webhook up, tests it and reads its log; its secret is shown when it is
// made, and not again.
func TestWebhooks(t *testing.T) {
	var posted []crm.Posting
	answer := crm.Answer{Status: 204}
	courier := &crm.Courier{Now: func() time.Time { return noon }, Logger: slog.New(slog.DiscardHandler), Metrics: crm.NewCourierMetrics(prometheus.NewRegistry()),
		Send: func(_ context.Context, p crm.Posting) crm.Answer {
			posted = append(posted, p)
			return answer
		}}
	s := newAdminSite(t, func(o *web.Options) {
		o.Courier, courier.DB = courier, o.DB
		var err error
		if courier.Secrets, err = seal.New(o.Key, crm.SealsSecrets); err != nil {
			t.Fatal(err)
		}
	})
	made := s.do(http.MethodPost, api+"/webhooks", map[string]any{"name": "ERP", "url": "https://erp.example/hook", "types": []string{"account"}}).want(http.StatusCreated).object()
	secret, _ := made["secret"].(string)
	at := api + "/webhooks/" + made["id"].(string)
	if got := s.get(at).want(http.StatusOK); !strings.HasPrefix(secret, "whsec_") || strings.Contains(string(got.body), "whsec_") || got.object()["owner"] != web.AdminName {
		t.Errorf("made %v, then %s", made, got.body)
	}
	test := s.do(http.MethodPost, at+"/test", nil).want(http.StatusOK).object()
	if len(posted) != 1 || !slices.Equal(posted[0].Secrets, []string{secret}) || test["state"] != "delivered" || test["status"] != 204.0 {
		t.Errorf("posted %+v, told %v", posted, test)
	}
	answer = crm.Answer{Err: errors.New("no answer in time")}
	if test = s.do(http.MethodPost, at+"/test", nil).want(http.StatusOK).object(); test["state"] != "failed" || test["error"] != "no answer in time" {
		t.Errorf("a test that failed: %v", test)
	}
	s.do(http.MethodPost, api+"/accounts", map[string]any{"name": "Acme"}).want(http.StatusCreated)
	log, _ := s.get(at + "/deliveries").items()
	if len(log) != 3 || log[0]["action"] != "create" || log[0]["state"] != "waiting" {
		t.Errorf("log: %v", log)
	}
	failed, _ := s.get(at + "/deliveries?state=failed").items()
	if len(failed) != 1 || s.do(http.MethodPost, at+"/deliveries/"+failed[0]["id"].(string)+"/redeliver", nil).want(http.StatusOK).object()["state"] != "waiting" {
		t.Errorf("failed: %v", failed)
	}
	tried, _ := s.get(at + "/deliveries/" + failed[0]["id"].(string) + "/attempts").items()
	if len(tried) != 1 || tried[0]["error"] != "no answer in time" {
		t.Errorf("attempts: %v", tried)
	}
	s.get(at+"/deliveries/x/attempts").problem(http.StatusNotFound, "not-found")
	s.do(http.MethodPost, at+"/deliveries/x/redeliver", nil).problem(http.StatusNotFound, "not-found")
	rotated := s.do(http.MethodPost, at+"/secret", map[string]any{"overlap_hours": 2}).want(http.StatusOK).object()
	if rotated["secret"] == secret || rotated["old_ends_at"] != "2026-03-02T14:00:00Z" {
		t.Errorf("rotated: %v", rotated)
	}
	s.do(http.MethodPut, at, map[string]any{"name": "ERP", "url": "https://erp.example/hook", "state": "off"}, "If-Match", `"1"`).problem(http.StatusPreconditionFailed, "changed")
	if off := s.do(http.MethodPut, at, map[string]any{"name": "ERP", "url": "https://erp.example/hook", "state": "off"}).want(http.StatusOK).object(); off["state"] != "off" {
		t.Errorf("switched off: %v", off)
	}
	s.do(http.MethodPut, at, map[string]any{"name": "ERP", "url": "gopher://erp.example"}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodDelete, at, nil).want(http.StatusNoContent)
	s.get(at).problem(http.StatusNotFound, "not-found")
}
