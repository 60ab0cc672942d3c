package crm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Product is something the company sells.
type Product struct {
	Meta
	Code   string `json:"code"` // what the company calls it; there is one product of a code
	Name   string `json:"name"`
	Unit   string `json:"unit"`
	Tax    int64  `json:"tax"`    // basis points
	Active bool   `json:"active"` // whether it is still sold
}

func (p *Product) check() error {
	for _, f := range []struct {
		name  string
		value *string
		limit int
	}{{"code", &p.Code, 50}, {"name", &p.Name, maxName}, {"unit", &p.Unit, 20}} {
		*f.value = tidy(*f.value)
		if err := checkText(f.name, *f.value, f.limit); err != nil {
			return err
		}
	}
	switch {
	case p.Code == "":
		return invalid("code", "is empty: a product needs one")
	case p.Name == "":
		return invalid("name", "is empty: a product needs one")
	case p.Tax < 0 || p.Tax > allBasisPoints:
		return invalid("tax", "is %d: want 0 to 10000 basis points", p.Tax)
	}
	return nil
}

var products = table[Product, *Product]{kind: RecordProduct, name: "products", columns: []string{"code", "name", "unit", "tax", "active"},
	bind: func(p *Product) []any { return []any{&p.Code, &p.Name, &p.Unit, &p.Tax, &p.Active} }}

// A PriceList says what products cost, in one currency, for a time.
type PriceList struct {
	Meta
	Name       string           `json:"name"`
	Currency   string           `json:"currency"`
	ValidFrom  time.Time        `json:"valid_from,omitzero"`  // zero: always
	ValidUntil time.Time        `json:"valid_until,omitzero"` // zero: for ever
	Prices     map[string]int64 `json:"prices"`               // net, of one unit, by product
}

const maxPrices = 10_000

func (l *PriceList) check() error {
	l.Name = tidy(l.Name)
	if err := checkText("name", l.Name, maxName); err != nil {
		return err
	}
	m := Money{1, l.Currency}
	if err := m.check("currency"); err != nil {
		return err
	}
	l.Currency = m.Currency
	switch {
	case l.Name == "":
		return invalid("name", "is empty: a price list needs one")
	case len(l.Prices) > maxPrices:
		return invalid("prices", "has %d: at most %d", len(l.Prices), maxPrices)
	case !l.ValidUntil.IsZero() && !l.ValidUntil.After(l.ValidFrom):
		return invalid("valid_until", "is not after valid_from")
	}
	for id, price := range l.Prices {
		if price < 0 || price > maxUnitPrice {
			return invalid("prices."+id, "is %d: want 0 to %d", price, int64(maxUnitPrice))
		}
	}
	return nil
}

// valid says whether the list holds at a time.
func (l *PriceList) valid(at time.Time) bool {
	return !at.Before(l.ValidFrom) && (l.ValidUntil.IsZero() || at.Before(l.ValidUntil))
}

var priceLists = table[PriceList, *PriceList]{kind: RecordPriceList, name: "price_lists",
	columns: []string{"name", "currency", "valid_from", "valid_until", "prices"},
	bind: func(l *PriceList) []any {
		return []any{&l.Name, &l.Currency, atColumn{&l.ValidFrom}, atColumn{&l.ValidUntil}, jsonColumn{&l.Prices}}
	}}

// SaveProduct saves a new product, or a changed one, whose version is the one that was loaded.
func SaveProduct(ctx context.Context, tx *sqldb.Tx, ch Change, p Product) (Product, error) {
	return p, products.put(ctx, tx, ch, &p)
}

// FindProducts lists products, the newest first, a page at a time.
func FindProducts(ctx context.Context, q sqldb.Querier, a *Access, cursor string, limit int) ([]Product, string, error) {
	return products.page(ctx, q, a, &where{}, cursor, limit)
}

// SavePriceList saves a new price list, or a changed one, whose version is the one that was loaded.
func SavePriceList(ctx context.Context, tx *sqldb.Tx, ch Change, l PriceList) (PriceList, error) {
	for id := range l.Prices {
		if _, err := products.byID(ctx, tx, System(), id, 0); errors.Is(err, ErrNotFound) {
			return PriceList{}, invalid("prices."+id, "there is no such product")
		} else if err != nil {
			return PriceList{}, err
		}
	}
	return l, priceLists.put(ctx, tx, ch, &l)
}

// FindPriceLists lists price lists, the newest first, a page at a time.
func FindPriceLists(ctx context.Context, q sqldb.Querier, a *Access, cursor string, limit int) ([]PriceList, string, error) {
	return priceLists.page(ctx, q, a, &where{}, cursor, limit)
}

// priced fills in, for lines that name a product, what they leave out: text, unit, tax and the price
// of the list, which has to hold at the time and have the currency.
func priced(ctx context.Context, q sqldb.Querier, lines []Line, listID, currency string, now time.Time) error {
	list, err := optional(listID, func(id string) (PriceList, error) { return priceLists.byID(ctx, q, System(), id, 0) }, "price_list_id")
	if err != nil {
		return err
	}
	switch {
	case listID == "":
	case list.Currency != currency:
		return invalid("price_list_id", "its currency is %s, the quote's %s", list.Currency, currency)
	case !list.valid(now):
		return invalid("price_list_id", "price list %s does not hold today", list.Name)
	}
	for i := range lines {
		l := &lines[i]
		if l.ProductID == "" {
			continue
		}
		field := fmt.Sprintf("lines[%d].product_id", i)
		p, err := optional(l.ProductID, func(id string) (Product, error) { return products.byID(ctx, q, System(), id, 0) }, field)
		if err != nil {
			return err
		}
		if l.Text == "" {
			l.Text, l.Unit, l.Tax = p.Name, p.Unit, p.Tax
		}
		price, listed := list.Prices[p.ID]
		switch {
		case l.Price != 0:
		case listed:
			l.Price = price
		case listID != "":
			return invalid(field, "price list %s has no price for %s: enter one", list.Name, p.Code)
		}
	}
	return nil
}
