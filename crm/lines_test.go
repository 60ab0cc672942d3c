package crm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
)

func TestTotal(t *testing.T) {
	for name, test := range map[string]struct {
		lines    []crm.Line
		discount int64
		want     crm.Sums
	}{
		"OKOne": {[]crm.Line{{Quantity: 3000, Price: 1999, Tax: 1900}}, 0,
			crm.Sums{Lines: []int64{5997}, Net: 5997, Taxes: []crm.TaxSum{{Rate: 1900, Net: 5997, Tax: 1139}}, Tax: 1139, Gross: 7136}},
		"OKLineDiscount": {[]crm.Line{{Quantity: 1500, Price: 333, Discount: 1000, Tax: 700}}, 0, // 1.5 × 3.33 × 0.9 = 4.4955
			crm.Sums{Lines: []int64{450}, Net: 450, Taxes: []crm.TaxSum{{Rate: 700, Net: 450, Tax: 32}}, Tax: 32, Gross: 482}},
		"OKDiscountIsSpread": {[]crm.Line{{Quantity: 1000, Price: 1000, Tax: 1900}, {Quantity: 1000, Price: 2000, Tax: 700}}, 333, // 3.33 % of 30.00
			crm.Sums{Lines: []int64{1000, 2000}, Discount: 100, Net: 2900, Tax: 319, Gross: 3219,
				Taxes: []crm.TaxSum{{Rate: 700, Net: 1933, Tax: 135}, {Rate: 1900, Net: 967, Tax: 184}}}}, // 66.67 and 33.33
		"OKCredit": {[]crm.Line{{Quantity: 1000, Price: -500, Tax: 1900}}, 0,
			crm.Sums{Lines: []int64{-500}, Net: -500, Taxes: []crm.TaxSum{{Rate: 1900, Net: -500, Tax: -95}}, Tax: -95, Gross: -595}},
	} {
		t.Run(name, func(t *testing.T) {
			got := crm.Total(test.lines, test.discount)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("sums (-want +got):\n%s", diff)
			}
		})
	}
}
