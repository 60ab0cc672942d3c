package pipeline

import (
	"slices"
	"time"

	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// A Reader reads posts with the fast model: those that come, and stored ones after a change of the
// model.
type Reader struct {
	Scorer scorer
	Model  listening.Model // what mentions that are read are marked with
}

type scorer interface {
	Read(text, language string) post.Reading
}

// Read says what a post says to each of the monitors that hear it.
func (r *Reader) Read(p *post.Post, monitors []string) []post.Reading {
	readings := make([]post.Reading, len(monitors))
	reading := r.Scorer.Read(p.Text, p.Language)
	for i := range readings {
		readings[i] = reading
	}
	return readings
}

// A doubt is a stored post that the cascade may look at: what the fast model says of its mentions.
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
		if m.Correction == "" { // a person's word is not doubted
			d.mentions = append(d.mentions, listening.Reread{PostID: m.PostID, MonitorID: m.MonitorID, EditedAt: d.editedAt, Reading: m.Reading})
		}
	}
	return d
}

// unsure says whether a classifier may know better: it judges a text, so all mentions have to say
// the same of it, in a language that it reads, and with little confidence.
func (d *doubt) unsure(below float64, languages []string) bool {
	if len(d.mentions) == 0 {
		return false
	}
	first := &d.mentions[0].Reading
	for i := range d.mentions {
		if d.mentions[i].Reading.Polarity != first.Polarity {
			return false
		}
	}
	return first.Polarity != post.Unknown && first.Confidence < below && (len(languages) == 0 || slices.Contains(languages, first.Language))
}
