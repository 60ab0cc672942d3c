package web_test

import (
	"net/http"
	"testing"
)

func TestReversePayment(t *testing.T) {
	s := newAdminSite(t, nil)
	ids := s.guarded()
	path := api + "/payments/" + ids["payments"] + "/reverse"
	s.do(http.MethodPost, path, object{"reason": ""}).problem(http.StatusUnprocessableEntity, "invalid")
	s.stranger().do(http.MethodPost, path, object{"reason": "x"}).problem(http.StatusNotFound, "not-found")
	anna := s.person("anna", "sales-rep")
	anna.do(http.MethodPost, path, object{"reason": "x"}).problem(http.StatusForbidden, "forbidden")
	back := s.do(http.MethodPost, path, object{"reason": "of another customer"}).want(http.StatusOK).object()
	if back["reverses"] != ids["payments"] || back["amount"].(object)["amount"] != -50.0 || back["reason"] != "of another customer" {
		t.Errorf("got %v", back)
	}
	s.do(http.MethodPost, path, object{"reason": "again"}).problem(http.StatusConflict, "conflict")
	invoice := s.get(api + "/invoices/" + ids["invoices"]).want(http.StatusOK).object()
	if invoice["state"] != "issued" || invoice["paid"] != 0.0 || len(invoice["payments"].([]any)) != 2 {
		t.Errorf("got %v: want it open, with both payments", invoice)
	}
	entries, _ := s.get(api + "/audit?type=payment&record=" + back["id"].(string)).want(http.StatusOK).items()
	if len(entries) != 1 || entries[0]["action"] != "reverse" || entries[0]["reason"] != "of another customer" {
		t.Errorf("audit %v: want who took it back, and why", entries)
	}
}
