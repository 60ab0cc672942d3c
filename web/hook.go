package web

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// hook hands a signed delivery to the source it names. It needs no session: the source verifies
// the signature.
func (s *Server) hook(w http.ResponseWriter, r *http.Request) {
	handler := s.Hooks[r.PathValue("source")]
	if handler == nil {
		s.fail(w, r, faultf(kindNotFound, "no source of this name takes deliveries"))
		return
	}
	if r.ContentLength > maxHookBody {
		s.fail(w, r, faultf(kindTooLarge, "the delivery has %d bytes: want at most %d", r.ContentLength, maxHookBody))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxHookBody)
	handler.ServeHTTP(w, r)
}

// describeHooks documents the hooks, which stand outside the framework.
func (s *Server) describeHooks() {
	s.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "deliver", Method: http.MethodPost, Path: "/hooks/{source}", Tags: []string{"hooks"}, Security: []map[string][]string{}, Extensions: map[string]any{"x-access": "public"},
		Summary:     "Deliver posts to a webhook source",
		Description: "Signed by the Standard Webhooks specification. It is acknowledged only after the log has the posts; docs/networks/webhook.md documents the body.",
		Parameters: []*huma.Param{{Name: "source", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString},
			Description: "The source's name."}},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {}}},
		Responses: map[string]*huma.Response{
			"204": {Description: "The log has the posts."}, "400": {Description: "The body cannot be read."},
			"401": {Description: "The signature is wrong or too old."}, "404": {Description: "There is no such source."},
			"413": {Description: "The body is too large."}, "503": {Description: "The log does not take posts at this moment: deliver again."},
		},
	})
}
