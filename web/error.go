package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/privacy"
)

// A fault is an error of this package: a kind, and what to tell about it.
type fault struct {
	kind
	detail string
	retry  time.Duration       // when to come back; 0: not told
	field  string              // where, as body.name
	errors []*huma.ErrorDetail // where there are several
}

func (f *fault) Error() string { return f.detail }

func faultf(k kind, format string, args ...any) *fault {
	return &fault{kind: k, detail: fmt.Sprintf(format, args...)}
}

// problem turns any error into the problem to send, for the framework.
func (s *Server) problem(ctx context.Context, err error) error {
	p, retryAfter := s.describeProblem(ctx, err)
	if retryAfter != "" {
		return &throttledProblem{ErrorModel: p, retryAfter: retryAfter}
	}
	return p
}

// describeProblem turns any error into the problem to send, and logs it when it is ours.
// retryAfter is when to come back, in seconds; empty when that is not told.
func (s *Server) describeProblem(ctx context.Context, err error) (p *huma.ErrorModel, retryAfter string) {
	f, q := classify(err), requestFrom(ctx)
	if f.status >= http.StatusInternalServerError && ctx.Err() == nil {
		s.Logger.Error("request failed", "request_id", q.id, "route", q.route, "err", err)
	}
	p = &huma.ErrorModel{Type: problemType + f.name, Title: f.title, Status: f.status, Detail: f.detail, Instance: q.instance()}
	if f.field != "" {
		p.Errors = []*huma.ErrorDetail{{Message: f.detail, Location: f.field}}
	}
	p.Errors = append(p.Errors, f.errors...)
	if f.retry > 0 {
		retryAfter = strconv.Itoa(int(math.Ceil(f.retry.Seconds())))
	}
	return p, retryAfter
}

// throttledProblem is a problem that says when to come back.
type throttledProblem struct {
	*huma.ErrorModel
	retryAfter string
}

// GetHeaders returns the header that says when.
func (p *throttledProblem) GetHeaders() http.Header {
	return http.Header{"Retry-After": {p.retryAfter}}
}

// classify is the one place that knows which error is whose fault.
func classify(err error) *fault {
	var f *fault
	var ci *crm.Invalid
	var gate *crm.GateClosed
	var double *crm.MaybeDuplicate
	var no *crm.Forbidden
	var barred *crm.Blocked
	var refused *crm.NoConsent
	var li *listening.Invalid
	var qe *listening.QueryError
	var bad alerts.BadCursor
	var ai *alerts.Invalid
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &no):
		return forbidden(no)
	case errors.As(err, &gate):
		return gateClosed(gate)
	case errors.As(err, &refused):
		return faultf(kindNoConsent, "%s", refused)
	case errors.As(err, &barred):
		return &fault{kind: kindBlocked, detail: barred.Error(), field: "body." + barred.Field}
	case errors.As(err, &double):
		return maybeDuplicate(double)
	case errors.As(err, &ci):
		return invalidField(ci.Field, ci.Reason)
	case errors.As(err, &bad):
		return invalidField("cursor", "is not one this list gave out: start again without it")
	case errors.As(err, &qe):
		return invalidField("query", fmt.Sprintf("at character %d: %s", qe.Offset, qe.Reason))
	case errors.As(err, &li):
		return invalidField(li.Field, li.Reason)
	case errors.As(err, &ai):
		return invalidField(ai.Field, ai.Reason)
	case errors.Is(err, crm.ErrNotFound), errors.Is(err, listening.ErrNotFound), errors.Is(err, alerts.ErrNotFound):
		return faultf(kindNotFound, "%s", err)
	case errors.Is(err, privacy.ErrNobody), errors.Is(err, privacy.ErrMissing):
		return faultf(kindNotFound, "%s", err)
	case errors.Is(err, privacy.ErrRule):
		return invalidField("days", err.Error())
	case errors.Is(err, privacy.ErrQuestion):
		return faultf(kindInvalid, "%s", err)
	case errors.Is(err, privacy.ErrSameEyes), errors.Is(err, privacy.ErrApproved):
		return faultf(kindConflict, "%s", err)
	case errors.Is(err, crm.ErrConflict), errors.Is(err, alerts.ErrConflict), errors.Is(err, alerts.ErrChanged), errors.Is(err, listening.ErrChanged):
		return faultf(kindConflict, "%s", err)
	case errors.Is(err, sqldb.ErrConflict):
		return faultf(kindConflict, "a record with this name or key exists already")
	case errors.Is(err, sqldb.ErrFull):
		return faultf(kindFull, "%s: free some space and try again", sqldb.ErrFull)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return faultf(kindBusy, "the request was not finished in time: try again")
	}
	return faultf(kindInternal, "the log of the daemon says more under this request's instance")
}

// gateClosed tells all that a gate misses, each at a place of its own.
func gateClosed(gate *crm.GateClosed) *fault {
	f := faultf(kindGate, "%s", gate)
	for _, m := range gate.Missing {
		f.errors = append(f.errors, &huma.ErrorDetail{Location: "gate." + m.Kind + "." + m.Name, Message: m.Reason})
	}
	return f
}

// maybeDuplicate names all that a lead may be already, each with its record.
func maybeDuplicate(double *crm.MaybeDuplicate) *fault {
	f := faultf(kindDuplicate, "%s", double)
	for _, c := range double.Candidates {
		if c.Hidden {
			f.errors = append(f.errors, &huma.ErrorDetail{Location: "duplicate." + c.RecordType, Value: c, Message: "one that you may not see: " + strings.Join(c.Reasons, ", ")})
			continue
		}
		f.errors = append(f.errors, &huma.ErrorDetail{Location: "duplicate." + c.RecordType + "." + c.RecordID, Value: c,
			Message: c.Name + ": " + strings.Join(c.Reasons, ", ")})
	}
	return f
}

// invalidField names a field that cannot be taken.
func invalidField(field, reason string) *fault {
	f := faultf(kindInvalid, "%s: %s", field, reason)
	f.field = "body." + field
	if field == "cursor" {
		f.field = "query.cursor"
	}
	return f
}

// finishProblem completes the problems that the framework makes: type, title, instance. It takes
// out the values they quote from the body, which may be a password.
func finishProblem(ctx huma.Context, status string, v any) (any, error) {
	p, ok := v.(*huma.ErrorModel)
	if !ok || p.Type != "" {
		return v, nil
	}
	for _, k := range kinds {
		if strconv.Itoa(k.status) == status {
			p.Type, p.Title = problemType+k.name, k.title
		}
	}
	p.Instance = requestFrom(ctx.Context()).instance()
	for _, e := range p.Errors {
		if strings.HasPrefix(e.Location, "body") || e.Location == "" {
			e.Value = nil
		}
	}
	return p, nil
}

// fail writes a problem outside the framework.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	p, retryAfter := s.describeProblem(r.Context(), err)
	if retryAfter != "" {
		w.Header().Set("Retry-After", retryAfter)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client may be gone
}

// notFound answers what no route takes; a known path with another method is told apart.
func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if strings.Contains(s.pattern(probe), " ") {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		s.fail(w, r, faultf(kindMethod, "%s is not possible here: want %s", methodName(r.Method), strings.Join(allowed, " or ")))
		return
	}
	s.fail(w, r, faultf(kindNotFound, "nothing stands at this address"))
}
