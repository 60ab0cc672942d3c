package labelled

import (
	"math"

	"github.com/groundswell/groundswell/post"
)

// Polarities are the classes that are scored, in order.
var Polarities = []post.Polarity{post.Negative, post.Neutral, post.Positive}

// bins is how many parts of the confidence's range the calibration looks at.
const bins = 10

// A Tally compares what was read with what people said.
type Tally struct {
	counts map[post.Polarity]map[post.Polarity]int // by what people said, then by what was read
	posts  int
	bins   [bins]struct {
		posts, right int
		confidence   float64
	}
}

// Add counts one text. Confidence below zero is not known.
func (t *Tally) Add(said, read post.Polarity, confidence float64) {
	if t.counts == nil {
		t.counts = make(map[post.Polarity]map[post.Polarity]int)
	}
	if t.counts[said] == nil {
		t.counts[said] = make(map[post.Polarity]int)
	}
	t.counts[said][read]++
	t.posts++
	if confidence < 0 || read == post.Unknown {
		return
	}
	b := &t.bins[min(bins-1, int(confidence*bins))]
	b.posts++
	b.confidence += confidence
	if said == read {
		b.right++
	}
}

// A Class is how one class fared. Of a class that nobody named or read, what has no value is 0.
type Class struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Posts     int     `json:"posts"`
}

// A Bin is the texts whose confidence lies in one tenth of its range.
type Bin struct {
	From       float64 `json:"from"`
	To         float64 `json:"to"`
	Posts      int     `json:"posts"`
	Confidence float64 `json:"confidence"` // mean
	Accuracy   float64 `json:"accuracy"`
}

// Calibration says how far confidence can be believed: the expected calibration error (Naeini,
// Cooper and Hauskrecht, AAAI 2015), and the bins it comes from.
type Calibration struct {
	ECE  float64 `json:"ece"`
	Bins []Bin   `json:"bins"`
}

// Figures are the measures of a tally. The macro means are over the classes that people named.
type Figures struct {
	Accuracy    float64                                 `json:"accuracy"`
	MacroRecall float64                                 `json:"macro_recall"`
	MacroF1     float64                                 `json:"macro_f1"`
	Classes     map[post.Polarity]Class                 `json:"classes"`
	Confusion   map[post.Polarity]map[post.Polarity]int `json:"confusion"` // by what people said, then by what was read
	Unknown     int                                     `json:"unknown"`   // read as unknown, which counts as wrong
	Calibration *Calibration                            `json:"calibration,omitempty"`
}

// Figures works the measures out.
func (t *Tally) Figures() Figures {
	f := Figures{Classes: make(map[post.Polarity]Class), Confusion: make(map[post.Polarity]map[post.Polarity]int)}
	right, named := 0, 0
	for _, said := range Polarities {
		f.Confusion[said] = make(map[post.Polarity]int)
		all, as := 0, 0
		for _, read := range append([]post.Polarity{post.Unknown}, Polarities...) {
			n := t.counts[said][read]
			all += n
			as += t.counts[read][said]
			if read == post.Unknown {
				f.Unknown += n
				if n == 0 {
					continue
				}
			}
			f.Confusion[said][read] = n
		}
		hit := t.counts[said][said]
		right += hit
		c := Class{Precision: ratio(hit, as), Recall: ratio(hit, all), F1: ratio(2*hit, all+as), Posts: all}
		f.Classes[said] = c
		if all > 0 {
			named++
			f.MacroRecall += c.Recall
			f.MacroF1 += c.F1
		}
	}
	f.Accuracy = ratio(right, t.posts)
	f.MacroRecall /= math.Max(1, float64(named))
	f.MacroF1 /= math.Max(1, float64(named))
	f.Calibration = t.calibration()
	return f
}

func (t *Tally) calibration() *Calibration {
	var c Calibration
	total := 0
	for _, b := range t.bins {
		total += b.posts
	}
	if total == 0 {
		return nil
	}
	for i, b := range t.bins {
		if b.posts == 0 {
			continue
		}
		bin := Bin{From: float64(i) / bins, To: float64(i+1) / bins, Posts: b.posts, Confidence: b.confidence / float64(b.posts), Accuracy: ratio(b.right, b.posts)}
		c.ECE += ratio(b.posts, total) * math.Abs(bin.Confidence-bin.Accuracy)
		c.Bins = append(c.Bins, bin)
	}
	return &c
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
