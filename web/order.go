package web

import (
	"context"
	"net/http"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// OrderView is an order with what it comes to.
type OrderView struct {
	crm.Order
	Sums crm.Sums `json:"sums"`
}

func orderView(o crm.Order) OrderView { return OrderView{o, o.Sums()} }

type (
	createOrderInput struct {
		Body struct {
			QuoteID string `json:"quote_id" minLength:"1" maxLength:"100"`
		}
	}
	endOrderInput struct {
		IDInput
		Expectation
		Body struct {
			State  string `json:"state" enum:"fulfilled,cancelled"`
			Reason string `json:"reason,omitempty" maxLength:"500"`
		}
	}
)

func (s *Server) orderRoutes() {
	operate(s, needs(crm.ToRead, crm.RecordOrder), getting("orders", "list-orders", "/orders", "List orders, the newest first"), s.listOrders)
	operate(s, needs(crm.ToCreate, crm.RecordOrder), doing("orders", "create-order", http.MethodPost, "/orders", "Make the order of a quote that was accepted"), s.createOrder)
	operate(s, needs(crm.ToRead, crm.RecordOrder), getting("orders", "get-order", "/orders/{id}", "Get an order"), s.getOrder)
	operate(s, needs(crm.ToUpdate, crm.RecordOrder), doing("orders", "end-order", http.MethodPost, "/orders/{id}/end", "Fulfil or cancel an order"), s.endOrder)
}

func (s *Server) listOrders(ctx context.Context, in *ofOpportunity) (*one[Page[OrderView]], error) {
	list, next, err := crm.FindOrders(ctx, s.DB, accessFrom(ctx), in.filter())
	return views(list, next, err, orderView)
}

func (s *Server) getOrder(ctx context.Context, in *IDInput) (*versioned[OrderView], error) {
	o, err := crm.OrderByID(ctx, s.DB, accessFrom(ctx), in.ID)
	return &versioned[OrderView]{etag(o.Version), orderView(o)}, err
}

func (s *Server) createOrder(ctx context.Context, in *createOrderInput) (*versioned[OrderView], error) {
	return saved(ctx, s, Expectation{}, orderView, func(tx *sqldb.Tx, ch crm.Change, _ int64) (crm.Order, error) {
		return crm.CreateOrder(ctx, tx, ch, in.Body.QuoteID)
	})
}

func (s *Server) endOrder(ctx context.Context, in *endOrderInput) (*versioned[OrderView], error) {
	return saved(ctx, s, in.Expectation, orderView, func(tx *sqldb.Tx, ch crm.Change, version int64) (crm.Order, error) {
		return crm.EndOrder(ctx, tx, ch, in.ID, version, in.Body.State, in.Body.Reason)
	})
}
