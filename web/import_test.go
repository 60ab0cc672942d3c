package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
)

func TestImportAFile(t *testing.T) {
	s := newAdminSite(t, nil)
	const file = "name,email,Topic\nAnna,anna@example.com,Grill\nBert,nonsense,\n"
	send := func(query, body string) answer {
		return s.do(http.MethodPost, api+"/imports?"+query, body, "Content-Type", "text/csv")
	}
	var made struct {
		ID, State string
		Size      int64
	}
	send("type=lead&file=fair.csv&map=need%3DTopic", file).want(http.StatusAccepted).into(&made)
	if made.State != "requested" || made.Size != int64(len(file)) {
		t.Errorf("got %+v", made)
	}
	clock := func() time.Time { return noon }
	if more, err := crm.WorkImports(t.Context(), s.db, clock, clock); err != nil || !more {
		t.Fatal(err)
	}
	var got struct {
		State, Problem string
		Report         crm.ImportReport
	}
	s.get(api + "/imports/" + made.ID).want(http.StatusOK).into(&got)
	if got.State != "done" || got.Report.Created != 1 || got.Report.Refused != 1 || got.Report.Columns["Topic"] != "need" {
		t.Errorf("got %+v", got)
	}
	if items, _ := s.get(api + "/imports").items(); len(items) != 1 {
		t.Errorf("got %v", items)
	}
	refused := s.get(api + "/imports/" + made.ID + "/refusals.csv").want(http.StatusOK)
	if text := string(refused.body); !strings.HasPrefix(text, "name,email,Topic,line,column,reason,row\nBert,nonsense,,3,email,") || refused.header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("got %q", text)
	}
	s.get(api+"/imports/none").problem(http.StatusNotFound, "not-found")
	for name, c := range map[string]struct{ query, body string }{
		"ErrEmpty": {"type=lead", ""}, "ErrMap": {"type=lead&map=x", file}, "ErrField": {"type=lead&map=x%3Dname", file}, "ErrType": {"type=post", file},
	} {
		t.Run(name, func(t *testing.T) { send(c.query, c.body).problem(http.StatusUnprocessableEntity, "invalid") })
	}
	s.do(http.MethodDelete, api+"/imports/"+made.ID, nil).want(http.StatusNoContent)
	s.get(api+"/imports/"+made.ID).problem(http.StatusNotFound, "not-found")
}
