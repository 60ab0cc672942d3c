package web_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestMonitors(t *testing.T) {
	s := newAdminSite(t, nil)
	if items, _ := s.get(api + "/monitors").items(); len(items) != 0 {
		t.Errorf("got %v, want none", items)
	}
	a := s.do(http.MethodPost, api+"/monitors", map[string]any{"name": "Acme", "kind": "own", "query": `acme OR "acme corp"`}).want(http.StatusCreated)
	m := a.object()
	id := m["id"].(string)
	if m["enabled"] != true || m["created_at"] != "2026-03-02T12:00:00Z" || m["name"] != "Acme" || len(id) != 26 {
		t.Errorf("got %s", a.body)
	}
	changed := s.do(http.MethodPut, api+"/monitors/"+id, map[string]any{"name": "Acme 2", "kind": "market", "query": "acme", "enabled": false}).
		want(http.StatusOK).object()
	if changed["name"] != "Acme 2" || changed["enabled"] != false || changed["kind"] != "market" {
		t.Errorf("got %v", changed)
	}
	if got := s.get(api + "/monitors/" + id).want(http.StatusOK).object(); got["name"] != "Acme 2" {
		t.Errorf("got %v", got)
	}
	if items, next := s.get(api + "/monitors").items(); len(items) != 1 || next != "" {
		t.Errorf("got %v, next %q", items, next)
	}
	s.monitor("Taken")
	s.do(http.MethodPut, api+"/monitors/"+id, map[string]any{"name": "Taken", "kind": "own", "query": "acme"}).problem(http.StatusConflict, "conflict")
	s.do(http.MethodDelete, api+"/monitors/"+id, nil).want(http.StatusNoContent)
	s.do(http.MethodDelete, api+"/monitors/"+id, nil).problem(http.StatusNotFound, "not-found")
	s.get(api+"/monitors/"+id).problem(http.StatusNotFound, "not-found")
	s.do(http.MethodPut, api+"/monitors/"+id, map[string]any{"name": "X", "kind": "own", "query": "acme"}).problem(http.StatusNotFound, "not-found")
}

func TestCreateMonitorErrors(t *testing.T) {
	s := newAdminSite(t, nil)
	s.monitor("Acme")
	good := func(change func(m map[string]any)) map[string]any {
		m := map[string]any{"name": "Other", "kind": "own", "query": "acme"}
		change(m)
		return m
	}
	for name, c := range map[string]struct {
		body  any
		code  int
		kind  string
		where string
	}{
		"ErrTaken":   {good(func(m map[string]any) { m["name"] = "Acme" }), 409, "conflict", "Acme"},
		"ErrKind":    {good(func(m map[string]any) { m["kind"] = "friend" }), 422, "invalid", "body.kind"},
		"ErrQuery":   {good(func(m map[string]any) { m["query"] = "acme AND" }), 422, "invalid", "body.query"},
		"ErrNoQuery": {good(func(m map[string]any) { delete(m, "query") }), 422, "invalid", "query"},
		"ErrUnknown": {good(func(m map[string]any) { m["colour"] = "red" }), 422, "invalid", "colour"},
		"ErrType":    {good(func(m map[string]any) { m["enabled"] = "yes" }), 422, "invalid", "body.enabled"},
		"ErrName":    {good(func(m map[string]any) { m["name"] = "a\nb" }), 422, "invalid", "body.name"},
		"ErrSyntax":  {`{"name":`, 400, "malformed", ""},
		"ErrEmpty":   {``, 400, "malformed", ""},
		"ErrUTF8":    {"{\"name\":\"a\xff\",\"kind\":\"own\",\"query\":\"acme\"}", 400, "malformed", "UTF-8"},
		"ErrZero":    {`{"name":"a\u0000b","kind":"own","query":"acme"}`, 400, "malformed", "zero"},
		"ErrArray":   {`[]`, 422, "invalid", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.do(http.MethodPost, api+"/monitors", c.body)
			a.t = t
			a.problem(c.code, c.kind)
			if !strings.Contains(string(a.body), c.where) {
				t.Errorf("got %s, want it to name %s", a.body, c.where)
			}
		})
	}
	s.do(http.MethodPost, api+"/monitors", "name=Acme", "Content-Type", "application/x-www-form-urlencoded").problem(415, "media-type")
}

func TestCheckQuery(t *testing.T) {
	s := newAdminSite(t, nil)
	for name, c := range map[string]struct {
		query string
		valid bool
	}{"OK": {`acme AND NOT "acme cola"`, true}, "ErrOpen": {`(acme`, false}, "ErrEmpty": {``, false}} {
		t.Run(name, func(t *testing.T) {
			got := s.do(http.MethodPost, api+"/monitors/check", map[string]string{"query": c.query}).want(http.StatusOK).object()
			if got["valid"] != c.valid || (got["error"] == nil) != c.valid {
				t.Errorf("got %v, want valid %t", got, c.valid)
			}
		})
	}
}
