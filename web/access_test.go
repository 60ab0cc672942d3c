package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/web"
)

// A document is the OpenAPI document as these tests read it.
type document struct {
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]schema }
}

type operation struct {
	OperationID string
	Access      string `json:"x-access"`
	Parameters  []struct {
		Name, In string
		Required bool
	}
	RequestBody struct {
		Content map[string]struct{ Schema schema }
	}
}

type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Enum       []any
	Required   []string
	Properties map[string]schema
	Items      *schema
}

func (s *site) document() (d document) {
	s.t.Helper()
	if err := json.Unmarshal(s.server.OpenAPI(), &d); err != nil {
		s.t.Fatal(err)
	}
	return d
}

// Every operation says what grant it takes.
func TestEveryOperationDeclaresItsGrant(t *testing.T) {
	public := []string{"sign-in", "sign-in-code", "sign-in-options", "use-password-link", "sign-in-with", "signed-in-with", "sign-out", "deliver", "submit-lead-form", "submit-form", "deliver-campaign-responses",
		"openapi", "healthz", "readyz", "metrics", "show-problem"}
	own := []string{"get-session", "explain-access", "search", "get-follow", "set-follow", "list-notices", "see-notices", "get-my-notices", "set-my-notices", "set-my-address", "join-record",
		// What one signs in with; of others' the handlers demand user:update or audit:read.
		"get-me", "set-my-password", "enrol-second-factor", "confirm-second-factor", "renew-recovery-codes", "remove-second-factor", "link-identity", "remove-identity",
		"list-tokens", "make-token", "revoke-token", "list-sessions", "revoke-session", "revoke-sessions", "list-sign-ins",
		// The grant depends on the type in the file.
		"create-import", "list-imports", "list-import-types", "get-import", "get-import-refusals", "delete-import",
		// Of whom one knows; of others' the rule demands contact:delete.
		"list-network", "take-out"}
	for path, item := range newSite(t, newDB(t), nil).document().Paths {
		for method, op := range item {
			kind, action, granted := strings.Cut(op.Access, ":")
			switch {
			case granted && crm.Governs(crm.Action(action), kind):
			case op.Access == "public" && slices.Contains(public, op.OperationID):
			case op.Access == "signed-in" && slices.Contains(own, op.OperationID):
			default:
				t.Errorf("%s %s (%s) declares %q: want TYPE:ACTION, or to be in the lists of this test with a reason", method, path, op.OperationID, op.Access)
			}
		}
	}
}

// marker stands in every record that the stranger may not see.
const marker = "Geheimrat"

// A stranger may do everything with what is their own, and owns nothing. Whatever the document
// offers, nothing of the others' records comes out of it and none is changed.
func TestStrangerReachesNothing(t *testing.T) {
	s := newAdminSite(t, nil)
	ids := s.guarded()
	stranger := s.stranger()
	doc := s.document()
	before := s.auditCount()
	for path, item := range doc.Paths {
		for method, op := range item {
			if op.Access == "public" || op.OperationID == "join-record" || op.OperationID == "live" {
				continue
			}
			named, foreign := ids.fill(path)
			body := any(nil)
			if content, ok := op.RequestBody.Content["application/json"]; ok {
				body = ids.body(&doc, content.Schema, 0)
			}
			for _, query := range ids.queries(op) {
				got := stranger.do(strings.ToUpper(method), api+named+query, body)
				switch {
				case got.code >= http.StatusInternalServerError:
					t.Errorf("%s %s: got %d: %s", method, named+query, got.code, got.body)
				case strings.Contains(string(got.body), marker) && !strings.Contains(string(got.body), "q="+marker):
					t.Errorf("%s %s leaks: %d %s", method, named+query, got.code, got.body)
				case foreign && got.code < 300:
					t.Errorf("%s %s: got %d for somebody else's record: %s", method, named+query, got.code, got.body)
				case foreign && method == "get" && got.code != http.StatusNotFound && got.code != http.StatusForbidden && got.code != http.StatusUnprocessableEntity:
					t.Errorf("%s %s: got %d, want 404 or 403: %s", method, named+query, got.code, got.body)
				}
			}
		}
	}
	if after := s.auditCount(); after != before {
		t.Errorf("others' records were changed: %d entries in the log before, %d after", before, after)
	}
}

// known are the ids of records by the noun of their path, and by the name of a field.
type known map[string]string

var typeOfPath = map[string]string{"contacts": "contact", "accounts": "account", "leads": "lead", "opportunities": "opportunity", "quotes": "quote", "activities": "activity", "campaigns": "campaign"}

// fill puts ids into a path; foreign says that it names a record of the others.
func (k known) fill(path string) (named string, foreign bool) {
	noun, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	id, ok := k[typeOfPath[noun]]
	if noun == "records" {
		id, ok = k["contact"], true
	}
	foreign = ok && strings.Contains(path, "{id}")
	if !ok {
		id = "x"
	}
	named = strings.NewReplacer("{id}", id, "{type}", "contact", "{process_id}", "x", "{profile_id}", "x", "{share_id}", "x", "{name}", "x", "{outcome}", "won", "{code}", "x").Replace(path)
	return named, foreign
}

// queries are ways to ask a list: as it is, and by every filter that names a record or words of one.
func (k known) queries(op operation) []string {
	all := []string{""}
	required := url.Values{}
	for _, p := range op.Parameters {
		value := map[string]string{"q": marker, "query": marker, "contact": k["contact"], "account": k["account"], "opportunity": k["opportunity"], "record": k["contact"],
			"record_type": "contact", "record_id": k["contact"], "loser": k["contact"], "user": web.AdminName}[p.Name]
		if p.In != "query" || value == "" {
			continue
		}
		if p.Required {
			required.Set(p.Name, value)
		}
		q := url.Values{p.Name: {value}}
		if p.Name == "record" {
			q.Set("type", "contact")
		}
		all = append(all, "?"+q.Encode())
	}
	if len(required) > 0 {
		all = append(all, "?"+required.Encode())
	}
	return all
}

// body makes the least body that a schema takes, with the others' records in it.
func (k known) body(doc *document, s schema, depth int) any {
	if s.Ref != "" {
		return k.body(doc, doc.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")], depth)
	}
	kind, _ := s.Type.(string)
	switch {
	case len(s.Enum) > 0:
		return s.Enum[len(s.Enum)-1]
	case depth > 5:
		return nil
	case kind == "object" || len(s.Properties) > 0:
		fields := map[string]any{}
		for _, name := range s.Required {
			if id := k[strings.TrimSuffix(name, "_id")]; id != "" && strings.HasSuffix(name, "_id") {
				fields[name] = id
				continue
			}
			fields[name] = k.body(doc, s.Properties[name], depth+1)
		}
		return fields
	case kind == "integer" || kind == "number":
		return 50
	case kind == "boolean":
		return false
	case kind == "string":
		return "stranger"
	case s.Items != nil:
		return []any{k.body(doc, *s.Items, depth+1)}
	}
	return []any{}
}

// guarded makes one record of each type with an owner, with the marker in it.
func (s *site) guarded() known {
	s.t.Helper()
	post := func(path string, body any) string {
		s.t.Helper()
		return s.do(http.MethodPost, api+path, body).want(http.StatusCreated).object()["id"].(string)
	}
	k := known{}
	k["account"] = post("/accounts", map[string]any{"name": marker + " AG"})
	k["contact"] = post("/contacts", map[string]any{"last_name": marker, "account_id": k["account"]})
	k["lead"] = post("/leads", map[string]any{"name": "Lead " + marker, "topic": marker, "company": "Other " + marker})
	k["opportunity"] = post("/opportunities", map[string]any{"name": marker, "contact_id": k["contact"], "account_id": k["account"], "amount": map[string]any{"amount": 4711, "currency": "EUR"}})
	k["quote"] = post("/quotes", map[string]any{"opportunity_id": k["opportunity"], "lines": []map[string]any{{"text": marker, "quantity": 1000, "price": 100}}})
	k["campaign"] = post("/campaigns", map[string]any{"name": "Campaign of " + marker, "kind": "classic"})
	k["activity"] = post("/activities", map[string]any{"kind": "note", "record_type": "contact", "record_id": k["contact"], "subject": marker})
	return k
}

func (s *site) stranger() *site {
	s.t.Helper()
	grants := []map[string]string{{"type": "*", "action": "*", "level": "own"}}
	s.do(http.MethodPut, api+"/roles/stranger", map[string]any{"label": "Stranger", "grants": grants}).want(http.StatusOK)
	if err := web.AddUser(s.t.Context(), s.db, "stranger", adminPassword, time.Now(), "stranger"); err != nil {
		s.t.Fatal(err)
	}
	token, err := web.AddToken(s.t.Context(), s.db, "stranger", "tests", time.Time{}, time.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	other := *s
	other.token = token
	return &other
}

// auditCount is how often the guarded records were changed.
func (s *site) auditCount() (n int) {
	s.t.Helper()
	q := "SELECT count(*) FROM audit a WHERE before LIKE $1 OR after LIKE $1 OR EXISTS (SELECT 1 FROM audit b WHERE b.record_id = a.record_id AND b.after LIKE $1)"
	if err := s.db.QueryRow(s.t.Context(), q, "%"+marker+"%").Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func TestExplainAccess(t *testing.T) {
	s := newAdminSite(t, nil)
	ids := s.guarded()
	stranger := s.stranger()
	path := api + "/access/explain?record_type=contact&record_id=" + ids["contact"]
	got := s.get(path + "&user=stranger&action=update").want(http.StatusOK).object()
	if got["allowed"] != false || got["needed"] != "contact:update:all" || !strings.Contains(got["sentence"].(string), "may not update") {
		t.Errorf("got %v", got)
	}
	stranger.get(path).problem(http.StatusNotFound, "not-found")
	s.do(http.MethodPost, api+"/contacts/"+ids["contact"]+"/shares", map[string]any{"subject_type": "user", "subject_id": s.userID("stranger"), "reason": "stands in"}).want(http.StatusCreated)
	got = stranger.get(path).want(http.StatusOK).object()
	if got["allowed"] != true || !strings.Contains(got["sentence"].(string), "shared with them") {
		t.Errorf("got %v", got)
	}
	no := stranger.do(http.MethodPut, api+"/contacts/"+ids["contact"], map[string]any{"last_name": "Other"}).problem(http.StatusForbidden, "forbidden")
	if !strings.Contains(no["detail"].(string), "contact:update at level all") {
		t.Errorf("got %v, want the grant that is missing", no)
	}
	shares, _ := s.get(api + "/contacts/" + ids["contact"] + "/shares").items()
	s.do(http.MethodDelete, api+"/contacts/"+ids["contact"]+"/shares/"+shares[0]["id"].(string), nil).want(http.StatusNoContent)
	stranger.get(api+"/contacts/"+ids["contact"]).problem(http.StatusNotFound, "not-found")
}

func TestMaskedFieldsAreLeftOut(t *testing.T) {
	s := newAdminSite(t, nil)
	ids := s.guarded()
	if err := web.AddUser(t.Context(), s.db, "maria", adminPassword, time.Now(), "marketing"); err != nil {
		t.Fatal(err)
	}
	token, err := web.AddToken(t.Context(), s.db, "maria", "tests", time.Time{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	maria := *s
	maria.token = token
	for _, path := range []string{"/opportunities", "/opportunities/" + ids["opportunity"], "/contacts/" + ids["contact"] + "/360", "/search?q=" + marker, "/audit?type=opportunity&record=" + ids["opportunity"]} {
		got := maria.get(api + path).want(http.StatusOK)
		if strings.Contains(string(got.body), "4711") || !strings.Contains(string(got.body), marker) && !strings.Contains(path, "audit") {
			t.Errorf("%s: amounts are hidden from marketing, names are not: %s", path, got.body)
		}
	}
	if body := string(s.get(api + "/opportunities").body); !strings.Contains(body, "4711") {
		t.Errorf("the administrator sees no amounts: %s", body)
	}
	maria.get(api+"/forecast").problem(http.StatusForbidden, "forbidden")
	maria.get(api+"/quotes").problem(http.StatusForbidden, "forbidden")
}

func TestTeamsAndUnits(t *testing.T) {
	s := newAdminSite(t, nil)
	admin := s.userID(web.AdminName)
	team := s.do(http.MethodPost, api+"/teams", map[string]any{"name": "North", "members": []string{admin}}).want(http.StatusCreated).object()
	s.do(http.MethodPut, api+"/teams/"+team["id"].(string), map[string]any{"name": "North", "members": []string{"nobody"}}).problem(http.StatusUnprocessableEntity, "invalid")
	unit := s.do(http.MethodPost, api+"/units", map[string]any{"name": "Germany", "parent_id": "company"}).want(http.StatusCreated).object()
	s.do(http.MethodPut, api+"/units/company", map[string]any{"name": "Acme", "parent_id": unit["id"]}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPut, api+"/users/"+admin+"/unit", map[string]any{"unit_id": unit["id"]}).want(http.StatusNoContent)
	s.do(http.MethodDelete, api+"/units/"+unit["id"].(string), nil).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(http.MethodPut, api+"/users/"+admin+"/unit", map[string]any{"unit_id": ""}).want(http.StatusNoContent)
	s.do(http.MethodDelete, api+"/units/"+unit["id"].(string), nil).want(http.StatusNoContent)
	s.do(http.MethodDelete, api+"/teams/"+team["id"].(string), nil).want(http.StatusNoContent)
	if teams, _ := s.get(api + "/teams").items(); len(teams) != 0 {
		t.Errorf("got %v", teams)
	}
	s.do(http.MethodPut, api+"/roles/dull", map[string]any{"label": "Dull"}).want(http.StatusOK)
	s.do(http.MethodDelete, api+"/roles/dull", nil).want(http.StatusNoContent)
	s.do(http.MethodDelete, api+"/roles/administrator", nil).problem(http.StatusUnprocessableEntity, "invalid")
}
