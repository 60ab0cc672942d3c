package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/groundswell/groundswell/crm"
)

// base is where the API stands.
const base = "/api/v1"

// describe registers every operation and renders the OpenAPI document.
func (s *Server) describe() error {
	config := huma.DefaultConfig("Groundswell", s.version())
	config.OpenAPIPath, config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", "", nil
	config.Info.Description = "What people say about a company in social networks, and what follows from it."
	config.Formats = map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat}
	config.Transformers = []huma.Transformer{finishProblem, mask}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: CookieName, Description: "Set by POST /session."},
		"token":   {Type: "http", Scheme: "bearer", Description: "An API token, made under Your account or with groundswell tokens add. Its scopes narrow what its owner may do."},
	}
	s.api = humago.NewWithPrefix(s.apiMux, base, config)
	s.api.UseMiddleware(s.admit)
	for _, noun := range []func(){s.sessionRoutes, s.monitorRoutes, s.mentionRoutes, s.correctionRoutes, s.rescoringRoutes, s.seriesRoutes, s.termRoutes, s.measureRoutes, s.incidentRoutes, s.mentionRuleRoutes, s.mentionAlertRoutes, s.userRoutes, s.meRoutes, s.noticeSettingRoutes, s.passwordLinkRoutes, s.secondFactorRoutes, s.tokenRoutes, s.sessionListRoutes, s.providerRoutes, s.signInRoutes, s.roleRoutes, s.teamRoutes, s.explainRoutes, s.shareRoutes, s.contactRoutes,
		s.profileRoutes, s.linkRoutes, s.verificationRoutes, s.invitationRoutes, s.consentRoutes, s.reviewRoutes, s.mergeRoutes, s.matchingRoutes, s.authorRoutes, s.auditRoutes,
		s.accountRoutes, s.peopleRoutes, s.importRoutes, s.acquaintanceRoutes, s.leadRoutes, s.opportunityRoutes, s.processRoutes, s.activityRoutes, s.productRoutes, s.quoteRoutes, s.orderRoutes, s.invoiceRoutes,
		s.milestoneRoutes, s.leadFormRoutes, s.idealProfileRoutes, s.feedbackRoutes, s.dimensionRoutes, s.territoryRoutes, s.creditRoutes, s.goalRoutes, s.caseRoutes, s.quoteTemplateRoutes, s.campaignRoutes, s.view360Routes, s.searchRoutes, s.fieldRoutes,
		s.privacyRoutes, s.retentionRoutes, s.sourceRoutes, s.channelRoutes, s.routeRoutes, s.webhookRoutes, s.handoverRoutes, s.liveRoutes} {
		noun()
	}
	s.describeHooks()
	s.describePlain()
	problem := s.api.OpenAPI().Components.Schemas.Map()["ErrorModel"]
	problem.Properties["type"].Format = "uri-reference" // RFC 9457, 3.1.1: relative, as the type stands on this server
	doc, err := json.MarshalIndent(s.api.OpenAPI(), "", "  ")
	if err != nil {
		return fmt.Errorf("render the OpenAPI document: %w", err)
	}
	s.openAPI = doc
	return nil
}

func (s *Server) showOpenAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/openapi+json")
	_, _ = w.Write(s.openAPI) // the client may be gone
}

// describePlain documents what everybody may read outside the framework.
func (s *Server) describePlain() {
	atTop := []*huma.Server{{URL: "/"}}
	for _, p := range []struct {
		id, path, tag, summary, media string
		servers                       []*huma.Server // none: below the API's own address
		other, otherwise              string         // status and description of the other answer
	}{
		{"openapi", "/openapi.json", "api", "The OpenAPI document", "application/openapi+json", nil, "429", "Too many requests."},
		{"healthz", "/healthz", "health", "Whether the process lives", "application/json", atTop, "503", "It does not."},
		{"readyz", "/readyz", "health", "Whether the process can work", "application/json", atTop, "503", "Something that it needs does not answer; the body says what."},
		{"metrics", "/metrics", "health", "What the process measures, for Prometheus", "text/plain", atTop, "500", "A metric cannot be collected."},
		{"show-problem", problemType + "{name}", "api", "What a kind of problem is, and what to do: where the type of each problem leads", "text/html", atTop, "404", "There is no such kind."},
	} {
		op := &huma.Operation{OperationID: p.id, Method: http.MethodGet, Path: p.path, Tags: []string{p.tag}, Summary: p.summary, Security: []map[string][]string{},
			Extensions: map[string]any{"x-access": "public"}, Servers: p.servers,
			Responses: map[string]*huma.Response{"200": {Description: "It is as asked for.", Content: map[string]*huma.MediaType{p.media: {}}}, p.other: {Description: p.otherwise}}}
		if strings.Contains(p.path, "{name}") {
			op.Parameters = []*huma.Param{{Name: "name", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}, Description: "Of the kind."}}
		}
		s.api.OpenAPI().AddOperation(op)
	}
}

func (s *Server) version() string {
	if s.Version == "" {
		return "development"
	}
	return s.Version
}

// OpenAPI is the OpenAPI 3.1 document of the API; empty when the server has none.
func (s *Server) OpenAPI() []byte { return bytes.Clone(s.openAPI) }

// jsonFormat takes and gives JSON. What the databases cannot hold is refused at the door.
var jsonFormat = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		switch {
		case !utf8.Valid(data):
			return errors.New("the body is not UTF-8")
		case bytes.Contains(data, []byte(`\u0000`)):
			return errors.New(`the body holds the character zero (\u0000)`)
		}
		return json.Unmarshal(data, v)
	},
}

// operate registers an operation with the grant that it needs. Those that do not say otherwise need
// somebody to be signed in.
func operate[I, O any](s *Server, n need, op huma.Operation, do func(context.Context, *I) (*O, error)) {
	if op.Security == nil {
		op.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	}
	if len(op.Security) > 0 {
		op.Errors = append(op.Errors, http.StatusUnauthorized)
	}
	if n != noGrant || op.Method != http.MethodGet {
		op.Errors = append(op.Errors, http.StatusForbidden)
	}
	if _, ok := any(new(I)).(interface{ viewOf() crm.ViewOf }); ok {
		op.Errors = append(op.Errors, http.StatusNotFound) // the view's own record
	}
	op.Errors = append(op.Errors, http.StatusBadRequest)
	if op.Method != http.MethodGet {
		op.Errors = append(op.Errors, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity)
	}
	n.declare(&op)
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = maxBody
	}
	op.BodyReadTimeout = readTimeout
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
}

// one is the output of an operation on one thing.
type one[T any] struct{ Body T }

// versioned is one with the version of the record.
type versioned[T any] struct {
	ETag string `header:"ETag" doc:"The version of the record, for If-Match."`
	Body T
}

// moved is the output of a change that answers with nothing but the record's next version.
type moved struct {
	ETag string `header:"ETag" doc:"The version of the record, for If-Match."`
}

// Page is a part of a list.
type Page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next" doc:"The cursor of the next page; empty on the last one."`
}

// page makes the output of a list; a list without items is [], never null.
func page[T any](items []T, next string) *one[Page[T]] {
	if items == nil {
		items = []T{}
	}
	return &one[Page[T]]{Body: Page[T]{Items: items, Next: next}}
}

// PageInput asks for a part of a list. It is exported, as what follows, for the framework sees
// no other embedded fields.
type PageInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many to give."`
	Cursor string `query:"cursor" maxLength:"4096" doc:"Where the page before ended: its next."`
}

// Resolve refuses a cursor that no list gave out and no database takes.
func (p *PageInput) Resolve(huma.Context) []error {
	if raw, err := base64.RawURLEncoding.DecodeString(p.Cursor); err != nil || !utf8.Valid(raw) {
		return []error{&huma.ErrorDetail{Location: "query.cursor", Message: "is not one this list gave out: start again without it"}}
	}
	return nil
}

// IDInput names one thing.
type IDInput struct {
	ID string `path:"id" maxLength:"100"`
}

// An Expectation is the version a client believes a record to have.
type Expectation struct {
	IfMatch string `header:"If-Match" maxLength:"100" doc:"The ETag that was loaded. The change is refused when the record is newer; without it, it is made in any case."`
}

// version reads the Expectation; 0 stands for any.
func (e Expectation) version() (int64, error) {
	tag := strings.TrimSpace(e.IfMatch)
	if tag == "" || tag == "*" {
		return 0, nil
	}
	v, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
	if err != nil || v < 1 {
		return 0, faultf(kindChanged, "If-Match %q is no ETag of this record: load it again", tag)
	}
	return v, nil
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// changed makes a conflict of versions the precondition that failed.
func changed(err, conflict error, expected int64) error {
	if expected != 0 && errors.Is(err, conflict) {
		return faultf(kindChanged, "the record is newer than If-Match: load it again and repeat the change")
	}
	return err
}

// instant is a time as the API tells it: UTC, in milliseconds.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// maybe is a time that may not have come yet.
func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = instant(t)
	return &t
}
