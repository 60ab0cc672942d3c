package matcher

import (
	"cmp"
	"math"
	"slices"
)

// A Label is a person's decision on a match, or the truth of a test.
type Label struct {
	Probability float64 // as the model gave it, before calibration
	Right       bool
}

// A Calibration corrects the probabilities of a model by what people decided: the curve through
// its points never falls. The zero value corrects nothing.
type Calibration struct {
	Points []CalibrationPoint `json:"points"`
}

// A CalibrationPoint says which share was right of what the model called this probable.
type CalibrationPoint struct {
	Said  float64 `json:"said"`
	Right float64 `json:"right"`
	Count int     `json:"count"`
}

// minBlock is how many labels a point stands for at least: fewer say little.
const minBlock = 20

// Calibrate fits a curve that never falls to the labels: pool adjacent violators (Ayer et al.,
// "An empirical distribution function for sampling with incomplete information", 1955). Each point
// is drawn to what the model said as if by one label more.
func Calibrate(labels []Label) Calibration {
	labels = slices.Clone(labels)
	slices.SortFunc(labels, func(a, b Label) int { return cmp.Compare(a.Probability, b.Probability) })
	type block struct{ said, right, n float64 }
	var blocks []block
	for start := 0; start < len(labels); {
		end := min(start+minBlock, len(labels))
		if len(labels)-end < minBlock {
			end = len(labels)
		}
		var b block
		for _, l := range labels[start:end] {
			b.said, b.n = b.said+l.Probability, b.n+1
			if l.Right {
				b.right++
			}
		}
		blocks = append(blocks, b)
		for n := len(blocks); n > 1 && blocks[n-2].right*blocks[n-1].n >= blocks[n-1].right*blocks[n-2].n; n = len(blocks) {
			last := blocks[n-1]
			blocks = blocks[:n-1]
			blocks[n-2] = block{blocks[n-2].said + last.said, blocks[n-2].right + last.right, blocks[n-2].n + last.n}
		}
		start = end
	}
	var c Calibration
	for _, b := range blocks {
		said := b.said / b.n
		c.Points = append(c.Points, CalibrationPoint{Said: said, Right: (b.right + said) / (b.n + 1), Count: int(b.n)})
	}
	return c
}

// Correct is the probability after calibration: between two points on the line through them,
// beyond the ends as far from 0 and 1 as the last point says.
func (c Calibration) Correct(p float64) float64 {
	if len(c.Points) == 0 {
		return p
	}
	before, after := CalibrationPoint{}, CalibrationPoint{Said: 1, Right: 1}
	for _, point := range c.Points {
		if point.Said > p {
			after = point
			break
		}
		before = point
	}
	if after.Said <= before.Said {
		return after.Right
	}
	return before.Right + (after.Right-before.Right)*(p-before.Said)/(after.Said-before.Said)
}

// A Band is how probable matches were said to be and how many were right.
type Band struct {
	From, To float64 // probability
	Count    int
	Said     float64 // mean probability
	Right    int
}

// Bands sorts labels into bands with these lower limits, in ascending order.
func Bands(labels []Label, from ...float64) []Band {
	bands := make([]Band, len(from))
	for i := range from {
		bands[i].From, bands[i].To = from[i], 1
		if i+1 < len(from) {
			bands[i].To = from[i+1]
		}
	}
	for _, l := range labels {
		i, found := slices.BinarySearch(from, l.Probability)
		if !found {
			i--
		}
		if i < 0 {
			continue
		}
		b := &bands[i]
		b.Count++
		b.Said += l.Probability
		if l.Right {
			b.Right++
		}
	}
	for i := range bands {
		if bands[i].Count > 0 {
			bands[i].Said /= float64(bands[i].Count)
		}
	}
	return bands
}

// CalibrationError is the expected calibration error: how far the shown probability is from the
// share that is right, on average over ten bands of equal width, each by its count (Naeini,
// Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", 2015).
func CalibrationError(labels []Label) float64 {
	if len(labels) == 0 {
		return 0
	}
	sum := 0.0
	for _, b := range Bands(labels, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9) {
		if b.Count > 0 {
			sum += math.Abs(b.Said*float64(b.Count) - float64(b.Right))
		}
	}
	return sum / float64(len(labels))
}

// ExpectedPrecision is what share of the matches at or above the threshold the model expects to
// be right, and how many they are: what a tenant is shown beside a threshold.
func ExpectedPrecision(probabilities []float64, threshold float64) (precision float64, count int) {
	for _, p := range probabilities {
		if p >= threshold {
			precision += p
			count++
		}
	}
	if count == 0 {
		return 0, 0
	}
	return precision / float64(count), count
}
