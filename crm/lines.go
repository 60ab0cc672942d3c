package crm

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
)

// A Line is one position of a quote, an order or an invoice.
type Line struct {
	ProductID string `json:"product_id"` // empty: something that is in no price list
	Text      string `json:"text"`
	Quantity  int64  `json:"quantity"` // in thousandths of the unit
	Unit      string `json:"unit"`
	Price     int64  `json:"price"`    // of one unit, net, in minor units of the currency
	Discount  int64  `json:"discount"` // basis points (1/10,000)
	Tax       int64  `json:"tax"`      // basis points
	Position  int    `json:"position"` // of an invoice: the place of the order's line, from 0
}

// TaxSum is the tax of one rate.
type TaxSum struct {
	Rate int64 `json:"rate"` // basis points
	Net  int64 `json:"net"`  // minor units
	Tax  int64 `json:"tax"`
}

// Sums are what lines come to, in minor units of their currency.
type Sums struct {
	Lines    []int64  `json:"lines"` // net of each line, its discount taken off
	Discount int64    `json:"discount"`
	Net      int64    `json:"net"`
	Taxes    []TaxSum `json:"taxes"` // by rate, the lowest first
	Tax      int64    `json:"tax"`
	Gross    int64    `json:"gross"`
}

const (
	maxLines       = 500
	maxQuantity    = 1e9  // thousandths
	maxUnitPrice   = 1e11 // minor units
	allBasisPoints = 10_000
)

// Total adds lines up, with a discount on all of them. Every line is rounded half away from zero;
// the discount is spread over the rates by their net, so that the parts add up to the whole; tax is
// reckoned once a rate (EN 16931, BR-CO-17).
func Total(lines []Line, discount int64) Sums {
	s := Sums{Lines: make([]int64, len(lines))}
	byRate := map[int64]int64{}
	for i, l := range lines {
		s.Lines[i] = scale(l.Price, l.Quantity*(allBasisPoints-l.Discount), 1000*allBasisPoints)
		byRate[l.Tax] += s.Lines[i]
		s.Net += s.Lines[i]
	}
	s.Discount = scale(s.Net, discount, allBasisPoints)
	rates := make([]int64, 0, len(byRate))
	for rate := range byRate {
		rates = append(rates, rate)
	}
	slices.Sort(rates)
	shares := split(s.Discount, rates, func(rate int64) int64 { return max(0, byRate[rate]) })
	for i, rate := range rates {
		net := byRate[rate] - shares[i]
		tax := scale(net, rate, allBasisPoints)
		s.Taxes = append(s.Taxes, TaxSum{rate, net, tax})
		s.Tax += tax
	}
	s.Net -= s.Discount
	s.Gross = s.Net + s.Tax
	return s
}

// magnitude is what lines come to at most, whatever their signs and taxes.
func magnitude(lines []Line) (sum int64) {
	for _, l := range lines {
		if net := scale(l.Price, l.Quantity, 1000); net < 0 {
			sum -= net
		} else {
			sum += net
		}
		if sum > maxAmount {
			return sum
		}
	}
	return sum
}

// scale is a × n ÷ d, rounded half away from zero, without overflow on the way.
func scale(a, n, d int64) int64 {
	x := new(big.Int).Mul(big.NewInt(a), big.NewInt(n))
	half := big.NewInt(d / 2)
	if x.Sign() < 0 {
		half.Neg(half)
	}
	return x.Add(x, half).Quo(x, big.NewInt(d)).Int64()
}

// split divides an amount by weights so that the parts add up to it exactly: what rounding down
// leaves goes to the largest remainders, the first of equals (largest remainder method). Without
// any weight the first takes all.
func split[T any](amount int64, parts []T, weight func(T) int64) []int64 {
	shares := make([]int64, len(parts))
	if len(parts) == 0 {
		return shares
	}
	total := int64(0)
	for _, p := range parts {
		total += weight(p)
	}
	if total == 0 {
		shares[0] = amount
		return shares
	}
	type rest struct {
		at   int
		left *big.Int
	}
	var rests []rest
	given := int64(0)
	for i, p := range parts {
		q, r := new(big.Int).QuoRem(new(big.Int).Mul(big.NewInt(amount), big.NewInt(weight(p))), big.NewInt(total), new(big.Int))
		shares[i] = q.Int64()
		given += shares[i]
		rests = append(rests, rest{i, r.Abs(r)})
	}
	slices.SortStableFunc(rests, func(a, b rest) int { return cmp.Or(b.left.Cmp(a.left), cmp.Compare(a.at, b.at)) })
	step := int64(1)
	if amount < 0 {
		step = -1
	}
	for i := 0; given != amount; i++ {
		shares[rests[i].at] += step
		given += step
	}
	return shares
}

func checkLines(lines []Line) error {
	if len(lines) == 0 {
		return invalid("lines", "is empty: it needs at least one")
	}
	if len(lines) > maxLines {
		return invalid("lines", "has %d: at most %d", len(lines), maxLines)
	}
	for i := range lines {
		l, at := &lines[i], fmt.Sprintf("lines[%d].", i)
		l.Text, l.Unit = tidy(l.Text), tidy(l.Unit)
		if err := checkText(at+"text", l.Text, 1000); err != nil {
			return err
		}
		if err := checkText(at+"unit", l.Unit, 20); err != nil {
			return err
		}
		switch {
		case l.Text == "":
			return invalid(at+"text", "is empty: say what it is")
		case l.Quantity <= 0 || l.Quantity > maxQuantity:
			return invalid(at+"quantity", "is %d: want 1 to %d thousandths", l.Quantity, int64(maxQuantity))
		case l.Price < -maxUnitPrice || l.Price > maxUnitPrice:
			return invalid(at+"price", "is %d: want %d at most", l.Price, int64(maxUnitPrice))
		case l.Discount < 0 || l.Discount > allBasisPoints:
			return invalid(at+"discount", "is %d: want 0 to 10000 basis points", l.Discount)
		case l.Tax < 0 || l.Tax > allBasisPoints:
			return invalid(at+"tax", "is %d: want 0 to 10000 basis points", l.Tax)
		}
	}
	if size := magnitude(lines); size > maxAmount {
		return invalid("lines", "come to more than %d minor units: split them", int64(maxAmount))
	}
	return nil
}
