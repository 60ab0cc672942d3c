package matcher_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/groundswell/groundswell/matcher"
)

// A model that says too much is corrected; the curve never falls and stays within 0 and 1.
func TestCalibrate(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(n int) []matcher.Label {
		labels := make([]matcher.Label, n)
		for i := range labels {
			p := r.Float64()
			labels[i] = matcher.Label{Probability: p, Right: r.Float64() < p*p} // right less often than it says
		}
		return labels
	}
	c := matcher.Calibrate(draw(4000))
	held := draw(4000)
	before := matcher.CalibrationError(held)
	last := 0.0
	for p := 0.0; p <= 1; p += 0.001 {
		q := c.Correct(p)
		if q < last-1e-12 || q < 0 || q > 1 {
			t.Fatalf("%v becomes %v after %v", p, q, last)
		}
		last = q
	}
	for i := range held {
		held[i].Probability = c.Correct(held[i].Probability)
	}
	if after := matcher.CalibrationError(held); before < 0.1 || after > 0.03 {
		t.Errorf("calibration error %v before, %v after", before, after)
	}
	if got := (matcher.Calibration{}).Correct(0.7); got != 0.7 {
		t.Errorf("without labels 0.7 becomes %v", got)
	}
	if got := matcher.Calibrate([]matcher.Label{{Probability: 0.9, Right: true}}).Correct(0.9); math.Abs(got-0.95) > 1e-9 {
		t.Errorf("one label makes %v of 0.9", got)
	}
}

func TestBandsAndPrecision(t *testing.T) {
	labels := []matcher.Label{{Probability: 0.2}, {Probability: 0.3, Right: true}, {Probability: 0.5}, {Probability: 0.999, Right: true}, {Probability: 1, Right: true}}
	bands := matcher.Bands(labels, 0.3, 0.999)
	if bands[0].Count != 2 || bands[0].Right != 1 || bands[1].Count != 2 || bands[1].Right != 2 || bands[0].Said != 0.4 {
		t.Errorf("bands %+v", bands)
	}
	if p, n := matcher.ExpectedPrecision([]float64{0.2, 0.9, 1}, 0.9); p != 0.95 || n != 2 {
		t.Errorf("precision %v of %d", p, n)
	}
	if p, n := matcher.ExpectedPrecision(nil, 0.9); p != 0 || n != 0 {
		t.Errorf("precision %v of %d", p, n)
	}
}
