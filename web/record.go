package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

type (
	listInput     struct{ PageInput }
	ofOpportunity struct {
		PageInput
		ViewInput
		Opportunity string `query:"opportunity" maxLength:"100" doc:"Id of an opportunity."`
	}
	// ViewInput restricts a list to what a 360-degree view shows the beginning of.
	ViewInput struct {
		View string `query:"view" pattern:"^(contact|account):.{1,100}$" doc:"contact:ID or account:ID: all of what the 360-degree view of it gathers."`
	}
	stepInput struct {
		IDInput
		Expectation
	}
)

func (in *ViewInput) viewOf() crm.ViewOf {
	kind, id, _ := strings.Cut(in.View, ":")
	return crm.ViewOf{Kind: kind, ID: id}
}

func (in *ofOpportunity) filter() crm.DealFilter {
	return crm.DealFilter{OpportunityID: in.Opportunity, View: in.viewOf(), Cursor: in.Cursor, Limit: in.Limit}
}

// getting and doing describe operations that read and that change a record.
func getting(tag, id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Tags: []string{tag}, Summary: summary, Errors: []int{404}}
}

func doing(tag, id, method, path, summary string) huma.Operation {
	op := huma.Operation{OperationID: id, Method: method, Path: path, Tags: []string{tag}, Summary: summary, Errors: []int{404, 409, 412}}
	if method == http.MethodPost && path[len(path)-1] == 's' {
		op.DefaultStatus = http.StatusCreated // something was added to a list
	}
	return op
}

// saved runs a change of a record and gives it back with its version.
func saved[T interface{ CurrentVersion() int64 }, V any](ctx context.Context, s *Server, expect Expectation, view func(T) V, do func(*sqldb.Tx, crm.Change, int64) (T, error)) (*versioned[V], error) {
	expected, err := expect.version()
	if err != nil {
		return nil, err
	}
	var out *versioned[V]
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		r, err := do(tx, s.change(ctx, ""), expected)
		out = &versioned[V]{etag(r.CurrentVersion()), view(r)}
		return err
	})
	return out, changed(err, crm.ErrConflict, expected)
}

// recordAt is a record in the version that is expected.
type recordAt struct {
	kind, id string
	Expectation
}

// changeAround runs a change of what is shown with a record, and returns the ETag of the record afterwards.
func (s *Server) changeAround(ctx context.Context, r recordAt, do func(*sqldb.Tx) error) (tag string, err error) {
	expected, err := r.version()
	if err != nil {
		return "", err
	}
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		if err := crm.CheckVersion(ctx, tx, s.change(ctx, ""), r.kind, r.id, expected); err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		version, err := crm.VersionOf(ctx, tx, r.kind, r.id)
		tag = etag(version)
		return err
	})
	return tag, changed(err, crm.ErrConflict, expected)
}

// made is changeAround of a change that answers with what it made, under the ETag of the record.
func made[T any](ctx context.Context, s *Server, r recordAt, do func(*sqldb.Tx) (T, error)) (*versioned[T], error) {
	out := &versioned[T]{}
	tag, err := s.changeAround(ctx, r, func(tx *sqldb.Tx) (err error) {
		out.Body, err = do(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	out.ETag = tag
	return out, nil
}

// aroundOpportunity runs a change of what is shown with an opportunity.
func (s *Server) aroundOpportunity(ctx context.Context, id string, expect Expectation, do func(*sqldb.Tx, crm.Change) error) (*versioned[OpportunityView], error) {
	expected, err := expect.version()
	if err != nil {
		return nil, err
	}
	out, err := s.changeOpportunity(ctx, func(tx *sqldb.Tx, ch crm.Change) (crm.Opportunity, error) {
		if err := crm.CheckVersion(ctx, tx, ch, crm.RecordOpportunity, id, expected); err != nil {
			return crm.Opportunity{}, err
		}
		if err := do(tx, ch); err != nil {
			return crm.Opportunity{}, err
		}
		return crm.OpportunityByID(ctx, tx, accessFrom(ctx), id)
	})
	return out, changed(err, crm.ErrConflict, expected)
}

func itself[T any](r T) T { return r }

// views are a page of records as they are shown.
func views[T, V any](list []T, next string, err error, view func(T) V) (*one[Page[V]], error) {
	if err != nil {
		return nil, err
	}
	items := make([]V, len(list))
	for i, r := range list {
		items[i] = view(r)
	}
	return page(items, next), nil
}

// fileResponse describes an operation that gives a file in place of JSON.
func fileResponse(mediaType, description string) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: description, Content: map[string]*huma.MediaType{
		mediaType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}
}
