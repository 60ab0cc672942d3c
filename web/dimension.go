package web

import (
	"context"
	"net/http"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// DimensionBody is what people enter of a dimension.
type DimensionBody struct {
	Name   string               `json:"name" minLength:"1" maxLength:"200"`
	Fields []crm.DimensionField `json:"fields" nullable:"false" doc:"What of a record is looked at, such as account.country and account.postal_code."`
	Values []crm.DimensionValue `json:"values" nullable:"false" doc:"A tree; what is above comes first."`
}

func (b *DimensionBody) dimension() crm.Dimension {
	return crm.Dimension{Name: b.Name, Fields: b.Fields, Values: b.Values}
}

type (
	createDimensionInput struct{ Body DimensionBody }
	updateDimensionInput struct {
		IDInput
		Expectation
		Body DimensionBody
	}
)

func (s *Server) dimensionRoutes() {
	const tag = "dimensions"
	operate(s, needs(crm.ToRead, crm.RecordDimension), getting(tag, "list-dimensions", "/dimensions", "List the dimensions that territories cut the market by"), s.listDimensions)
	operate(s, needs(crm.ToCreate, crm.RecordDimension), doing(tag, "create-dimension", http.MethodPost, "/dimensions", "Create a dimension"), s.createDimension)
	operate(s, needs(crm.ToRead, crm.RecordDimension), getting(tag, "get-dimension", "/dimensions/{id}", "Get a dimension"), s.getDimension)
	operate(s, needs(crm.ToUpdate, crm.RecordDimension), doing(tag, "update-dimension", http.MethodPut, "/dimensions/{id}", "Change a dimension; records are assigned anew in the background"), s.updateDimension)
	operate(s, needs(crm.ToDelete, crm.RecordDimension), doing(tag, "delete-dimension", http.MethodDelete, "/dimensions/{id}", "Delete a dimension that no territory asks about"), s.deleteDimension)
}

func (s *Server) listDimensions(ctx context.Context, _ *struct{}) (*one[Page[crm.Dimension]], error) {
	all, err := crm.Dimensions(ctx, s.DB)
	return page(all, ""), err
}

func (s *Server) getDimension(ctx context.Context, in *IDInput) (*versioned[crm.Dimension], error) {
	d, err := crm.DimensionByID(ctx, s.DB, in.ID)
	return &versioned[crm.Dimension]{etag(d.Version), d}, err
}

func (s *Server) createDimension(ctx context.Context, in *createDimensionInput) (*versioned[crm.Dimension], error) {
	return saved(ctx, s, Expectation{}, itself, func(tx *sqldb.Tx, ch crm.Change, _ int64) (crm.Dimension, error) {
		return crm.SaveDimension(ctx, tx, ch, in.Body.dimension())
	})
}

func (s *Server) updateDimension(ctx context.Context, in *updateDimensionInput) (*versioned[crm.Dimension], error) {
	out, err := saved(ctx, s, in.Expectation, itself, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Dimension, error) {
		d := in.Body.dimension()
		d.ID, d.Version = in.ID, version
		return crm.SaveDimension(ctx, tx, ch, d)
	})
	if err != nil {
		return nil, err
	}
	return out, s.workTerritories(ctx)
}

func (s *Server) deleteDimension(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		return crm.DeleteDimension(ctx, tx, s.change(ctx, ""), in.ID)
	})
}
