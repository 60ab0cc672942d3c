package web

import (
	"context"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
)

// A need is the grant that an operation takes. Every operation declares one: operate has no way
// around it, and the OpenAPI document tells it as x-access.
type need struct {
	action crm.Action
	kind   string
}

// needs is the need of an operation that does something with records of a type. With which of them
// somebody may do it, the store decides, by the Access that it is given.
func needs(action crm.Action, kind string) need { return need{action, kind} }

// noGrant is the need of operations on what is one's own, such as the session: being signed in is
// enough, and for those that are public not even that is needed.
var noGrant = need{}

const needKey = "need"

// declare writes the need into an operation and its document.
func (n need) declare(op *huma.Operation) {
	text := "signed-in"
	switch {
	case n != noGrant:
		text = n.kind + ":" + string(n.action)
		if !crm.Governs(n.action, n.kind) {
			panic("operation " + op.OperationID + " needs " + text + ", which no role can grant: crm/realm.go lists what there is")
		}
	case len(op.Security) == 0:
		text = "public"
	}
	if op.Metadata == nil {
		op.Metadata = make(map[string]any)
	}
	op.Metadata[needKey] = n
	op.Extensions = map[string]any{"x-access": text}
}

type accessKey struct{}

// accessFrom is what whoever sent the request may do; without one, nothing.
func accessFrom(ctx context.Context) *crm.Access {
	a, _ := ctx.Value(accessKey{}).(*crm.Access)
	return a
}

// forbidden says which grant is missing.
func forbidden(e *crm.Forbidden) *fault {
	f := faultf(kindForbidden, "%s", e)
	f.errors = []*huma.ErrorDetail{{Location: "grant", Message: "missing", Value: e.Grant()}}
	if e.Field != "" && e.Role == "" {
		f.errors = []*huma.ErrorDetail{{Location: "body." + e.Field, Message: "a mask of your roles keeps this field", Value: e.Type + "." + e.Field}}
	}
	return f
}

func (s *Server) explainAccess(ctx context.Context, in *explainInput) (*one[AccessExplanation], error) {
	asker, who := accessFrom(ctx), userFrom(ctx)
	if in.User != "" && in.User != who.id && in.User != who.name {
		if err := asker.Demand(crm.ToRead, crm.RecordUser); err != nil {
			return nil, err
		}
		u, err := s.namedUser(ctx, in.User)
		if err != nil {
			return nil, err
		}
		who = u
	}
	if !crm.Governs(crm.ToRead, in.RecordType) {
		return nil, &fault{kind: kindInvalid, detail: "record_type: access to " + in.RecordType + " is not granted by roles: GET /access/types lists what is", field: "query.record_type"}
	}
	if in.RecordID != "" {
		if err := asker.Check(ctx, s.DB, crm.ToRead, in.RecordType, in.RecordID); err != nil {
			return nil, err
		}
	}
	access, err := crm.AccessOf(ctx, s.DB, who.id)
	if err != nil {
		return nil, err
	}
	ruling, err := crm.Explain(ctx, s.DB, access, crm.Action(in.Action), in.RecordType, in.RecordID)
	if err != nil {
		return nil, err
	}
	if err := s.nameReasons(ctx, ruling.Reasons); err != nil {
		return nil, err
	}
	out := AccessExplanation{UserID: who.id, User: who.name, RecordType: in.RecordType, RecordID: in.RecordID, Action: crm.Action(in.Action),
		Allowed: ruling.Allowed, Reasons: orEmpty(ruling.Reasons)}
	if !out.Allowed {
		out.Needed = in.RecordType + ":" + in.Action + ":" + string(ruling.Needed)
	}
	out.Sentence = out.sentence()
	return &one[AccessExplanation]{out}, nil
}

// nameReasons fills in what to show for the teams, units and territories that matched.
func (s *Server) nameReasons(ctx context.Context, reasons []crm.AccessWay) error {
	names, err := crm.PlaceNames(ctx, s.DB)
	for i := range reasons {
		reasons[i].Name = nameOr(names, reasons[i].With)
	}
	return err
}

// sentence says it in words.
func (e *AccessExplanation) sentence() string {
	what := string(e.Action) + " this " + strings.ReplaceAll(e.RecordType, "_", " ")
	if !e.Allowed {
		return e.User + " may not " + what + ": no role of theirs grants " + e.Needed + " or wider."
	}
	ways := make([]string, len(e.Reasons))
	for i, r := range e.Reasons {
		ways[i] = "the role " + r.Role + " grants it at level " + string(r.Level) + ", and " + matchWords(&r)
	}
	return e.User + " may " + what + ": " + strings.Join(ways, "; ") + "."
}

func matchWords(r *crm.AccessWay) string {
	switch r.Match {
	case "own":
		return "they own it"
	case "team":
		return "its owner is in their team " + r.Name
	case "territory":
		return "it is in their territory " + r.Name
	case "unit":
		return "its owner is in the unit " + r.Name
	case "share":
		return "it is shared with them"
	case "participation":
		return "they took part in it (" + r.With + ")"
	case "about":
		return "they may read the " + r.With + " it is about"
	}
	return "that is all of them"
}
