// Package deep is the second engine of sentiment: any ONNX sequence classifier from a local folder,
// for the mentions that the fast model is not sure of. docs/deep.md
//
// The classifier runs in a process of its own (Process starts it, Serve is what it does), because
// what loads foreign models ends its whole process on input it does not expect, and cannot be
// interrupted: so it can be killed when its time is over, and takes nothing with it.
// docs/decisions/0006-the-classifier-has-a-process-of-its-own.md
package deep

import (
	"github.com/groundswell/groundswell/post"
)

// A Judgement is what a classifier makes of a text: the probability of each polarity.
type Judgement struct {
	Negative, Neutral, Positive float64
}

// evenly is how close negative and positive of a classifier without a neutral class lie when it
// cannot tell them apart: that is read as neutral.
const evenly = 0.2

// Reading is r with its polarity, score and confidence as judged; language and intent stay.
func (j Judgement) Reading(r post.Reading) post.Reading {
	r.Score = j.Positive - j.Negative
	r.Polarity, r.Confidence = post.Neutral, j.Neutral
	switch {
	case j.Neutral == 0 && r.Score >= -evenly && r.Score <= evenly:
		r.Confidence = 0.5
	case j.Positive >= j.Neutral && j.Positive > j.Negative:
		r.Polarity, r.Confidence = post.Positive, j.Positive
	case j.Negative >= j.Neutral:
		r.Polarity, r.Confidence = post.Negative, j.Negative
	}
	return r
}
