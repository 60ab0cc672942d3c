package web

import (
	"context"
	"net/http"
	"time"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

type (
	productBody struct {
		Code   string `json:"code" minLength:"1" maxLength:"50"`
		Name   string `json:"name" minLength:"1" maxLength:"200"`
		Unit   string `json:"unit,omitempty" maxLength:"20"`
		Tax    int64  `json:"tax,omitempty" minimum:"0" maximum:"10000" doc:"Basis points."`
		Active bool   `json:"active,omitempty"`
	}
	priceListBody struct {
		Name       string           `json:"name" minLength:"1" maxLength:"200"`
		Currency   string           `json:"currency" minLength:"3" maxLength:"3"`
		ValidFrom  time.Time        `json:"valid_from,omitzero"`
		ValidUntil time.Time        `json:"valid_until,omitzero"`
		Prices     map[string]int64 `json:"prices" doc:"Net, of one unit, in minor units, by product."`
	}
	createProductInput struct{ Body productBody }
	updateProductInput struct {
		IDInput
		Expectation
		Body productBody
	}
	createPriceListInput struct{ Body priceListBody }
	updatePriceListInput struct {
		IDInput
		Expectation
		Body priceListBody
	}
)

func (s *Server) productRoutes() {
	operate(s, needs(crm.ToRead, crm.RecordProduct), getting("products", "list-products", "/products", "List products, the newest first"), s.listProducts)
	operate(s, needs(crm.ToCreate, crm.RecordProduct), doing("products", "create-product", http.MethodPost, "/products", "Create a product"), s.createProduct)
	operate(s, needs(crm.ToUpdate, crm.RecordProduct), doing("products", "update-product", http.MethodPut, "/products/{id}", "Change a product"), s.updateProduct)
	operate(s, needs(crm.ToRead, crm.RecordPriceList), getting("products", "list-price-lists", "/price-lists", "List price lists, the newest first"), s.listPriceLists)
	operate(s, needs(crm.ToCreate, crm.RecordPriceList), doing("products", "create-price-list", http.MethodPost, "/price-lists", "Create a price list"), s.createPriceList)
	operate(s, needs(crm.ToUpdate, crm.RecordPriceList), doing("products", "update-price-list", http.MethodPut, "/price-lists/{id}", "Change a price list"), s.updatePriceList)
}

func (s *Server) listProducts(ctx context.Context, in *listInput) (*one[Page[crm.Product]], error) {
	list, next, err := crm.FindProducts(ctx, s.DB, accessFrom(ctx), in.Cursor, in.Limit)
	return views(list, next, err, itself)
}

func (s *Server) putProduct(ctx context.Context, id string, expect Expectation, b *productBody) (*versioned[crm.Product], error) {
	return saved(ctx, s, expect, itself, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Product, error) {
		return crm.SaveProduct(ctx, tx, ch, crm.Product{Meta: crm.Meta{ID: id, Version: version}, Code: b.Code, Name: b.Name, Unit: b.Unit, Tax: b.Tax, Active: b.Active})
	})
}

func (s *Server) createProduct(ctx context.Context, in *createProductInput) (*versioned[crm.Product], error) {
	return s.putProduct(ctx, "", Expectation{}, &in.Body)
}

func (s *Server) updateProduct(ctx context.Context, in *updateProductInput) (*versioned[crm.Product], error) {
	return s.putProduct(ctx, in.ID, in.Expectation, &in.Body)
}

func (s *Server) listPriceLists(ctx context.Context, in *listInput) (*one[Page[crm.PriceList]], error) {
	list, next, err := crm.FindPriceLists(ctx, s.DB, accessFrom(ctx), in.Cursor, in.Limit)
	return views(list, next, err, itself)
}

func (s *Server) putPriceList(ctx context.Context, id string, expect Expectation, b *priceListBody) (*versioned[crm.PriceList], error) {
	return saved(ctx, s, expect, itself, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.PriceList, error) {
		return crm.SavePriceList(ctx, tx, ch, crm.PriceList{Meta: crm.Meta{ID: id, Version: version}, Name: b.Name, Currency: b.Currency,
			ValidFrom: b.ValidFrom, ValidUntil: b.ValidUntil, Prices: b.Prices})
	})
}

func (s *Server) createPriceList(ctx context.Context, in *createPriceListInput) (*versioned[crm.PriceList], error) {
	return s.putPriceList(ctx, "", Expectation{}, &in.Body)
}

func (s *Server) updatePriceList(ctx context.Context, in *updatePriceListInput) (*versioned[crm.PriceList], error) {
	return s.putPriceList(ctx, in.ID, in.Expectation, &in.Body)
}
