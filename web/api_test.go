package web_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/crm/signin"
	"github.com/groundswell/groundswell/web"
)

var update = flag.Bool("update", false, "write golden files")

// methods are those an OpenAPI path can have.
var methods = []string{"get", "post", "put", "patch", "delete"}

// golden compares with a file in testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got), -update writes it anew:\n%s", path, diff)
	}
}

func TestOpenAPI(t *testing.T) {
	s := newSite(t, newDB(t), nil)
	a := s.get(api + "/openapi.json").want(http.StatusOK) // public: programs read it before they have a token
	if got := a.header.Get("Content-Type"); got != "application/openapi+json" {
		t.Errorf("got content type %s", got)
	}
	if !bytes.Equal(a.body, s.server.OpenAPI()) {
		t.Error("Server.OpenAPI differs from what is served")
	}
	golden(t, "openapi.json", a.body)
	var doc struct {
		OpenAPI    string
		Paths      map[string]map[string]json.RawMessage
		Components struct {
			Schemas         map[string]any
			SecuritySchemes map[string]any
		}
	}
	a.into(&doc)
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || len(doc.Components.SecuritySchemes) != 2 {
		t.Errorf("got version %s with %d security schemes", doc.OpenAPI, len(doc.Components.SecuritySchemes))
	}
	var list []string
	ids := make(map[string]bool)
	for path, item := range doc.Paths {
		for _, method := range methods {
			raw, ok := item[method]
			if !ok {
				continue
			}
			list = append(list, strings.ToUpper(method)+" "+path)
			checkOperation(t, method+" "+path, raw, ids)
		}
	}
	slices.Sort(list)
	golden(t, "paths.txt", []byte(strings.Join(list, "\n")+"\n"))
	for _, ref := range strings.Split(string(a.body), `"$ref": "`)[1:] {
		ref, _, _ = strings.Cut(ref, `"`)
		if _, ok := doc.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]; !ok {
			t.Errorf("%s leads nowhere", ref)
		}
	}
}

func checkOperation(t *testing.T, name string, raw json.RawMessage, ids map[string]bool) {
	t.Helper()
	var op struct {
		OperationID string
		Summary     string
		Tags        []string
		Security    *[]map[string][]string
		Parameters  []struct {
			Name, In string
			Required bool
			Schema   map[string]any
		}
		Responses map[string]struct{ Description string }
	}
	if err := json.Unmarshal(raw, &op); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if op.OperationID == "" || op.Summary == "" || len(op.Tags) != 1 || op.Security == nil || len(op.Responses) < 2 {
		t.Errorf("%s: want an id, a summary, a tag, its security and its responses; got %+v", name, op)
	}
	if ids[op.OperationID] {
		t.Errorf("%s: the id %s is taken", name, op.OperationID)
	}
	ids[op.OperationID] = true
	for code, r := range op.Responses {
		if r.Description == "" {
			t.Errorf("%s: response %s has no description", name, code)
		}
	}
	named := 0
	for _, p := range op.Parameters {
		if p.Schema == nil {
			t.Errorf("%s: parameter %s has no schema", name, p.Name)
		}
		if p.In == "path" {
			named++
			if !p.Required || !strings.Contains(name, "{"+p.Name+"}") {
				t.Errorf("%s: parameter %s is not in the path", name, p.Name)
			}
		}
	}
	if named != strings.Count(name, "{") {
		t.Errorf("%s: %d parameters of the path are described", name, named)
	}
}

// Everything but signing in and out needs somebody who is signed in.
func TestEveryOperationNeedsASession(t *testing.T) {
	s := newSite(t, newDB(t), nil)
	data, err := os.ReadFile("testdata/paths.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		method, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch method + " " + path {
		case "POST /session", "POST /session/code", "POST /session/password", "GET /session/options", "GET /session/providers/{provider}", "GET /session/providers/{provider}/callback", "DELETE /session", "GET /openapi.json", "GET /healthz", "GET /readyz", "GET /metrics", "GET /problems/{name}", "POST /hooks/{source}", "POST /forms/{key}", "POST /campaign-responses/{key}":
			continue
		}
		path = strings.NewReplacer("{id}", "x", "{profile_id}", "x").Replace(path)
		s.do(method, api+path, nil).problem(http.StatusUnauthorized, "signed-out")
	}
}

// Each kind of problem has its row in docs/problems.md, and its type leads to its page, in every process.
func TestProblemsAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../docs/problems.md")
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, newDB(t), func(o *web.Options) { o.API = false })
	for _, k := range web.ProblemKinds() {
		if row := fmt.Sprintf("| `%s` | %d | %s | %s |\n", k.Name, k.Status, k.Title, k.Remedy); !strings.Contains(string(doc), row) {
			t.Errorf("docs/problems.md has no row\n%s", row)
		}
		page := s.get("/problems/" + k.Name).want(http.StatusOK)
		if got := string(page.body); !strings.Contains(got, "<h1>"+html.EscapeString(k.Title)+"</h1>") || strings.Contains(got, "](") || page.header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("the page of %s says\n%s", k.Name, got)
		}
	}
	if made := sourceMatches(t, regexp.MustCompile(`= kind\{"`)); made != len(web.ProblemKinds()) {
		t.Errorf("%d kinds are made, %d are listed", made, len(web.ProblemKinds()))
	}
	s.get("/problems/nothing").problem(http.StatusNotFound, "not-found")
}

// sourceMatches counts what a pattern finds in the package's source.
func sourceMatches(t *testing.T, pattern *regexp.Regexp) (n int) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		n += len(pattern.FindAll(source, -1))
	}
	return n
}

// What stands outside the framework is in the OpenAPI document, too; the framework's own operations
// are by themselves, for none is hidden.
func TestEveryRouteIsDocumented(t *testing.T) {
	s := newSite(t, newDB(t), func(o *web.Options) {
		o.Links, o.Routing, o.SignIn = &alerts.Links{}, &alerts.Routing{}, web.SignIn{Providers: []*signin.Provider{{}}}
	})
	var doc struct {
		Paths map[string]map[string]struct {
			Servers []struct{ URL string }
		}
	}
	s.get(api + "/openapi.json").into(&doc)
	patterns := s.server.Patterns()
	for _, pattern := range patterns {
		method, path, _ := strings.Cut(pattern, " ")
		if strings.HasPrefix(path, "/ack/") || strings.HasPrefix(path, "/connect/") {
			continue // pages for people who follow a link
		}
		inAPI, below := strings.CutPrefix(path, api)
		op, documented := doc.Paths[inAPI][strings.ToLower(method)]
		if !documented || below == (len(op.Servers) == 1) {
			t.Errorf("%s is not in the OpenAPI document, or at another address: %+v", pattern, op)
		}
	}
	if len(patterns) < 10 {
		t.Errorf("only %d routes: %q", len(patterns), patterns)
	}
	// The mux itself gets: what serve adds, the framework, the pages, and three times what answers the rest.
	if n := sourceMatches(t, regexp.MustCompile(`[mM]ux\.Handle(Func)?\(`)); n != 6 {
		t.Errorf("routes are added in %d places: want s.serve to add them", n)
	}
	if n := sourceMatches(t, regexp.MustCompile(`Hidden:\s+true`)); n != 0 {
		t.Errorf("%d operations are hidden", n)
	}
}

func TestUnknownAddresses(t *testing.T) {
	s := newAdminSite(t, nil)
	s.get(api+"/nothing").problem(http.StatusNotFound, "not-found")
	s.get("/api/v2/mentions").problem(http.StatusNotFound, "not-found")
	a := s.do(http.MethodDelete, api+"/mentions", nil)
	a.problem(http.StatusMethodNotAllowed, "method")
	if got := a.header.Get("Allow"); got != "GET" {
		t.Errorf("got Allow %q, want GET", got)
	}
	a = s.do("BREW", api+"/contacts", nil)
	a.problem(http.StatusMethodNotAllowed, "method")
	if got := a.header.Get("Allow"); got != "GET, POST" {
		t.Errorf("got Allow %q, want GET, POST", got)
	}
	s.get("/anything").problem(http.StatusNotFound, "not-found") // no UI is built in
	s.get(api+"/monitors/x%00y").problem(http.StatusBadRequest, "malformed")
	for _, id := range []string{"", "."} { // not another operation's address
		s.do(http.MethodPost, api+"/leads/"+id+"/shares", map[string]any{"subject_type": "team", "subject_id": "t"}).problem(http.StatusNotFound, "not-found")
	}
}

// endless is a body of zeros that counts what is read of it.
type endless struct{ left, read int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), e.left)
	e.left -= n
	e.read += n
	return int(n), nil
}

func TestLargeBodyIsRefused(t *testing.T) {
	const size = 50 << 20
	s := newAdminSite(t, func(o *web.Options) {
		o.Hooks = map[string]http.Handler{"in": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.ReadAll(r.Body); err != nil {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
			}
		})}
	})
	for name, path := range map[string]string{"OKMonitors": api + "/monitors", "OKHook": api + "/hooks/in"} {
		t.Run(name, func(t *testing.T) {
			body := &endless{left: size}
			r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, body) // chunked: no length is told
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+s.token)
			r.Header.Set("Expect", "100-continue")
			res, err := s.client.Do(r)
			if err != nil { // the server may cut the connection while we still write
				if body.read == size {
					t.Fatal(err)
				}
				return
			}
			defer res.Body.Close()
			if res.StatusCode != http.StatusRequestEntityTooLarge || body.read >= size {
				t.Errorf("got %d after %d bytes, want 413 well before the end", res.StatusCode, body.read)
			}
		})
	}
	large := bytes.Repeat([]byte("a"), size)
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+api+"/hooks/in", bytes.NewReader(large))
	r.Header.Set("Expect", "100-continue") // with the length told, not a byte has to travel
	res, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d, want 413", res.StatusCode)
	}
}
