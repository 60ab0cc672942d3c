package crm_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
)

// Whatever the order and however it is invoiced, with invoices cancelled on the way, what was asked
// for adds up to the order, line by line and rate by rate.
func TestPartialInvoicesAddUpToTheOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		o := crm.Order{Discount: random.Int64N(3) * random.Int64N(3333)}
		for range 1 + random.IntN(5) {
			o.Lines = append(o.Lines, crm.Line{Quantity: 1 + random.Int64N(9000), Price: random.Int64N(5000) - 200, Discount: random.Int64N(2) * random.Int64N(10000),
				Tax: []int64{0, 700, 1900}[random.IntN(3)]})
		}
		var standing []crm.Invoice
		for asked := 0; asked < 100; asked++ {
			quantities := map[int]int64{}
			for n := range o.Lines {
				if asked < 6 && random.IntN(2) == 0 {
					quantities[n] = 1 + random.Int64N(1500)
				}
			}
			inv, err := crm.NextInvoice(&o, standing, quantities)
			if err != nil {
				if len(quantities) == 0 {
					break // everything is invoiced
				}
				continue // more than was left
			}
			if s := inv.Sums(); s.Net+s.Tax != s.Gross || sum(s.Lines) != s.Net+s.Discount {
				t.Fatalf("%+v of order %+v does not add up in itself", s, o)
			}
			standing = append(standing, inv)
			if asked < 6 && random.IntN(4) == 0 {
				at := random.IntN(len(standing))
				standing = append(standing[:at], standing[at+1:]...)
			}
		}
		want := o.Sums()
		got := crm.Sums{Lines: make([]int64, len(o.Lines))}
		taxes := map[int64]crm.TaxSum{}
		for _, inv := range standing {
			s := inv.Sums()
			got.Discount, got.Net, got.Tax, got.Gross = got.Discount+s.Discount, got.Net+s.Net, got.Tax+s.Tax, got.Gross+s.Gross
			for _, tax := range s.Taxes {
				taxes[tax.Rate] = crm.TaxSum{Rate: tax.Rate, Net: taxes[tax.Rate].Net + tax.Net, Tax: taxes[tax.Rate].Tax + tax.Tax}
			}
		}
		for _, tax := range want.Taxes {
			got.Taxes = append(got.Taxes, taxes[tax.Rate])
			if taxes[tax.Rate].Rate == 0 {
				got.Taxes[len(got.Taxes)-1].Rate = tax.Rate
			}
		}
		got.Lines, want.Lines = nil, nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("invoices of %+v (-want +got):\n%s", o, diff)
		}
	}
}

func sum(all []int64) (total int64) {
	for _, n := range all {
		total += n
	}
	return total
}
