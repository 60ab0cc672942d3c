package listening

import (
	"time"

	"github.com/groundswell/groundswell/post"
)

// A Mention is a post that matches a monitor.
type Mention struct {
	PostID    string
	MonitorID string
	AuthorID  string
	PostedAt  time.Time
	Part      int   // the partition that counts it
	Reach     int64 // how many people may have seen the post
	post.Reading
	Aimed bool   // the reading is of what is said about the monitor's brand and not the whole text's; not stored
	Model string // version of what read it
	// Correction is the id of the correction that outranks the model, whose reading is ByModel then.
	Correction string
	ByModel    post.Reading
	New        bool // set by Save: it was not in the database
}

// Heard is a post from the log with its mentions, on its way to the database.
type Heard struct {
	Event    post.Event
	PostID   string // post.Key.Short
	AuthorID string
	Part     int
	Mentions []Mention
	New      bool // set by Save: the post was not in the database
	Known    bool // set by Revise: the post that was edited is in the database
}

// Fresh says that a mention of the post is new.
func (h *Heard) Fresh() bool {
	for i := range h.Mentions {
		if h.Mentions[i].New {
			return true
		}
	}
	return false
}

// Reach is how many people may have seen a post: its views where the network counts them, else
// the followers of its author. docs/measures.md
func Reach(p *post.Post) int64 {
	if p.Engagement.Views > 0 {
		return p.Engagement.Views
	}
	return p.Author.Followers
}
