package web_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
		Name, In, Description string
		Required              bool
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

func (s *site) stranger() *site {
	s.t.Helper()
	grants := []map[string]string{{"type": "*", "action": "*", "level": "own"}}
	s.do(http.MethodPut, api+"/roles/stranger", map[string]any{"label": "Stranger", "grants": grants}).want(http.StatusOK)
	return s.person("stranger", "stranger")
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
	path := api + "/access/explain?record_type=contact&record_id=" + ids["contacts"]
	got := s.get(path + "&user=stranger&action=update").want(http.StatusOK).object()
	if got["allowed"] != false || got["needed"] != "contact:update:all" || !strings.Contains(got["sentence"].(string), "may not update") {
		t.Errorf("got %v", got)
	}
	stranger.get(path).problem(http.StatusNotFound, "not-found")
	share := s.do(http.MethodPost, api+"/contacts/"+ids["contacts"]+"/shares", map[string]any{"subject_type": "user", "subject_id": s.userID("stranger"), "reason": "stands in"}).want(http.StatusCreated).object()
	got = stranger.get(path).want(http.StatusOK).object()
	if got["allowed"] != true || !strings.Contains(got["sentence"].(string), "shared with them") {
		t.Errorf("got %v", got)
	}
	no := stranger.do(http.MethodPut, api+"/contacts/"+ids["contacts"], map[string]any{"last_name": "Other"}).problem(http.StatusForbidden, "forbidden")
	if !strings.Contains(no["detail"].(string), "contact:update at level all") {
		t.Errorf("got %v, want the grant that is missing", no)
	}
	s.do(http.MethodDelete, api+"/contacts/"+ids["contacts"]+"/shares/"+share["id"].(string), nil).want(http.StatusNoContent)
	stranger.get(api+"/contacts/"+ids["contacts"]).problem(http.StatusNotFound, "not-found")
}

func TestMaskedFieldsAreLeftOut(t *testing.T) {
	s := newAdminSite(t, nil)
	ids := s.guarded()
	maria := s.person("maria", "marketing")
	for _, path := range []string{"/opportunities", "/opportunities/" + ids["opportunities"], "/contacts/" + ids["contacts"] + "/360", "/search?q=" + marker, "/audit?type=opportunity&record=" + ids["opportunities"]} {
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

// A name is hidden with the id that it belongs to.
func TestMaskedNames(t *testing.T) {
	s := newAdminSite(t, nil)
	ids := s.guarded()
	grants := []object{{"type": "opportunity", "action": "read", "level": "all"}, {"type": "contact", "action": "read", "level": "all"}}
	save := func(masks ...object) {
		s.do(http.MethodPut, api+"/roles/onlooker", object{"label": "Onlooker", "grants": grants, "masks": append([]object{}, masks...)}).want(http.StatusOK)
	}
	save()
	olga := s.person("olga", "onlooker")
	names := func() (got []any) {
		o := olga.get(api + "/opportunities/" + ids["opportunities"]).want(http.StatusOK).object()
		return []any{o["owner_name"], o["contact_name"] != "", o["account_name"]}
	}
	if diff := cmp.Diff([]any{web.AdminName, true, ""}, names()); diff != "" { // she reads no accounts
		t.Error(diff)
	}
	save(object{"type": "opportunity", "field": "owner_id", "hidden": true})
	if diff := cmp.Diff([]any{nil, true, ""}, names()); diff != "" {
		t.Error(diff)
	}
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
