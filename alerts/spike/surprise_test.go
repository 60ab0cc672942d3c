package spike_test

import (
	"math"
	"testing"

	"github.com/groundswell/groundswell/alerts/spike"
)

// exact sums the negative-binomial probabilities below x one by one.
func exact(x int64, mean, dispersion float64) float64 {
	size := 1 / dispersion
	p := mean / (mean + size)
	term, below := math.Pow(1-p, size), 0.0
	for k := range x {
		below += term
		term *= p * (float64(k) + size) / float64(k+1)
	}
	return -math.Log10(1 - below)
}

func TestSurprise(t *testing.T) {
	for name, tt := range map[string]struct {
		x                int64
		mean, dispersion float64
		want             float64
	}{
		"OKZero":     {0, 3, 0.2, 0},
		"OKBelow":    {2, 3, 0.2, 0},
		"OKAbove":    {9, 3, 0.2, exact(9, 3, 0.2)},
		"OKFar":      {20, 3, 0.5, exact(20, 3, 0.5)},
		"OKScatter":  {60, 10, 1, exact(60, 10, 1)},
		"OKPoisson":  {5, 1, 0, -math.Log10(1 - math.Exp(-1)*(1+1+0.5+1.0/6+1.0/24))},
		"OKLarge":    {11000, 10000, 1e-12, 22.7},
		"OKNoMean":   {1, 0, 0, 9},
		"OKVeryWide": {1_000_000, 900_000, 1.2, 0.52},
	} {
		t.Run(name, func(t *testing.T) {
			got := spike.Surprise(tt.x, tt.mean, tt.dispersion)
			if math.Abs(got-tt.want) > 0.02*tt.want+1e-6 {
				t.Errorf("got %.4f, want %.4f", got, tt.want)
			}
		})
	}
}

func TestShareSurprise(t *testing.T) {
	// P(K ≥ 5 | 6, 0.2) = 6·0.2⁵·0.8 + 0.2⁶
	want := -math.Log10(6*math.Pow(0.2, 5)*0.8 + math.Pow(0.2, 6))
	if got := spike.ShareSurprise(5, 6, 0.2); math.Abs(got-want) > 1e-6 {
		t.Errorf("got %g, want %g", got, want)
	}
	for _, none := range [][2]int64{{0, 0}, {1, 6}, {7, 6}} {
		if got := spike.ShareSurprise(none[0], none[1], 0.2); got != 0 {
			t.Errorf("%v: got %g, want 0", none, got)
		}
	}
}

func FuzzSurprise(f *testing.F) {
	f.Add(int64(9), 3.0, 0.2)
	f.Fuzz(func(t *testing.T, x int64, mean, dispersion float64) {
		if x < 0 || x > 1e7 || !(mean >= 0 && mean < 1e7) || !(dispersion >= 0 && dispersion < 10) {
			t.Skip()
		}
		a, b := spike.Surprise(x, mean, dispersion), spike.Surprise(x+1, mean, dispersion)
		if math.IsNaN(a) || math.IsInf(a, 0) || a < 0 {
			t.Fatalf("got %g", a)
		}
		if b < a-1e-3*(1+a) {
			t.Fatalf("more is less surprising: %g, then %g", a, b)
		}
	})
}
