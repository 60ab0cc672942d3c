package pipeline

import (
	"slices"
	"time"

	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment"
)

// A Reader reads posts with the fast model: those that come, and stored ones after a change of the
// model.
type Reader struct {
	Scorer   scorer
	Model    listening.Model // what mentions that are read are marked with
	Monitors *listening.Live // whose brands are told apart; nil: nobody's
}

type scorer interface {
	// Read reads a whole text. Language is the one that is claimed, or empty.
	Read(text, language string) post.Reading
	// Toward narrows that down to one brand: own are the stretches of bytes that name it, others
	// those that name its neighbours.
	Toward(text string, whole post.Reading, own, others [][2]int) post.Reading
}

// A Read is what a post says to a monitor. Aimed says that it is another thing than the whole text
// says: what is said about the monitor's brand.
type Read struct {
	post.Reading
	Aimed bool
}

// Read says what a post says to each of the monitors that hear it: "A is great, B is awful" is
// praise to the monitor of A. What a share says is its author's word, but what it wants is not.
func (r *Reader) Read(p *post.Post, monitors []string) []Read {
	readings := make([]Read, len(monitors))
	whole := r.Scorer.Read(p.Text, p.Language)
	for i := range readings {
		readings[i].Reading = whole
	}
	if r.Monitors != nil && whole.Polarity != post.Unknown && (len(monitors) > 1 || sentiment.Parted(p.Text)) {
		r.narrow(readings, p.Text, monitors)
	}
	if p.Kind == post.KindShare {
		for i := range readings {
			readings[i].Intent, readings[i].IntentConfidence = post.IntentNone, 0
		}
	}
	return readings
}

// narrow makes of the reading of the whole text what is said about each monitor's brand.
func (r *Reader) narrow(readings []Read, text string, monitors []string) {
	places := r.Monitors.Matcher().Places(text, monitors)
	for i, own := range places {
		if len(own) == 0 {
			continue
		}
		var others [][2]int
		for k, o := range places {
			if k != i {
				others = append(others, o...)
			}
		}
		whole := readings[i].Reading
		readings[i].Reading = r.Scorer.Toward(text, whole, own, others)
		readings[i].Aimed = readings[i].Reading != whole
	}
}

// A doubt is a stored post that the cascade may look at: what the fast model says of those of its
// mentions that are read as the whole text is. The classifier judges the whole text, so it knows
// nothing of what is said about one of several brands.
type doubt struct {
	postID   string
	text     string
	editedAt time.Time
	mentions []listening.Reread
}

func doubtOf(h *listening.Heard) doubt {
	d := doubt{postID: h.PostID, text: h.Event.Post.Text, editedAt: h.Event.Post.EditedAt}
	for i := range h.Mentions {
		m := &h.Mentions[i]
		if m.Correction == "" && !m.Aimed { // a person's word is not doubted
			d.mentions = append(d.mentions, listening.Reread{PostID: m.PostID, MonitorID: m.MonitorID, EditedAt: d.editedAt, Reading: m.Reading})
		}
	}
	return d
}

// unsure says whether a classifier may know better: of a text in a language that it reads, of which
// the fast model is not sure.
func (d *doubt) unsure(below float64, languages []string) bool {
	if len(d.mentions) == 0 {
		return false
	}
	first := &d.mentions[0].Reading
	return first.Polarity != post.Unknown && first.Confidence < below && (len(languages) == 0 || slices.Contains(languages, first.Language))
}
