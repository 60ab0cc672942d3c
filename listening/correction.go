package listening

import (
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/post"
)

// A Correction is what a person says a mention is. It outranks every model until it is undone, and
// holds for the near-duplicates of its post under the same monitor too. One that says what the
// mention was read as anyway confirms the reading. docs/corrections.md
type Correction struct {
	ID        string // a ULID
	PostID    string
	MonitorID string
	// Polarity and Intent are what the person says; empty: as the model does.
	Polarity post.Polarity
	Intent   post.Intent
	// PolarityBefore and IntentBefore are what the mention was until then.
	PolarityBefore post.Polarity
	IntentBefore   post.Intent
	By             string // a user's id
	At             time.Time
	Fingerprint    Fingerprint // of the post's text
}

// Validate checks a correction that is to be saved; the error is an *Invalid.
func (c *Correction) Validate() error {
	polarities := []post.Polarity{"", post.Negative, post.Neutral, post.Positive}
	intents := []post.Intent{"", post.IntentNone, post.IntentPurchase, post.IntentComplaint, post.IntentSupport, post.IntentInformation, post.IntentRecommendation}
	switch {
	case c.Polarity == "" && c.Intent == "":
		return &Invalid{"polarity", "want a polarity, an intent or both"}
	case !slices.Contains(polarities, c.Polarity):
		return &Invalid{"polarity", fmt.Sprintf("%q: want negative, neutral or positive", c.Polarity)}
	case !slices.Contains(intents, c.Intent):
		return &Invalid{"intent", fmt.Sprintf("%q: want one of %q", c.Intent, intents[1:])}
	}
	return nil
}

// Confirms says that it leaves a mention as it was.
func (c *Correction) Confirms() bool {
	return (c.Polarity == "" || c.Polarity == c.PolarityBefore) && (c.Intent == "" || c.Intent == c.IntentBefore)
}

// over is a model's reading as corrected: a person is sure.
func (c *Correction) over(r post.Reading) post.Reading {
	if c.Polarity != "" {
		r.Polarity, r.Confidence = c.Polarity, 1
		r.Score = map[post.Polarity]float64{post.Negative: -1, post.Positive: 1}[c.Polarity]
	}
	if c.Intent != "" {
		r.Intent, r.IntentConfidence = c.Intent, 1
	}
	if r.Intent == post.IntentNone {
		r.IntentConfidence = 0
	}
	return r
}

// correct puts a correction over what the model says of a mention.
func (m *Mention) correct(c *Correction) {
	if m.Correction == "" {
		m.ByModel = m.Reading
	}
	m.Reading, m.Correction = c.over(m.ByModel), c.ID
}

// uncorrect lets the model's reading stand again.
func (m *Mention) uncorrect() {
	if m.Correction != "" {
		m.Reading, m.Correction, m.ByModel = m.ByModel, "", post.Reading{}
	}
}

// deciding is the correction that a mention is read by: its own, else the newest of a near-duplicate.
// The corrections are of the mention's monitor, the newest first.
func deciding(corrections []Correction, postID string, f Fingerprint) *Correction {
	var near *Correction
	for i := range corrections {
		c := &corrections[i]
		if c.PostID == postID {
			return c
		}
		if near == nil && c.Fingerprint.Near(f) {
			near = c
		}
	}
	return near
}
