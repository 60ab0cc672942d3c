package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/listening"
	"github.com/groundswell/groundswell/post"
)

// The live feed names what is new; who shows it reads it from the database. A glance needs no
// more than some of a batch, and no more than some batches a second.
const (
	FeedChannel = "live"
	feedMost    = 25
	feedEvery   = 100 * time.Millisecond
)

// News is what the live feed carries.
type News struct {
	Type string   `json:"type"` // mention, lead or incident
	IDs  []string `json:"ids"`  // of posts, leads or incidents, newest last
}

// tell writes the enriched mentions to their topic and the newest to the live feed. A batch that
// is handled again is written again: what reads the topic knows a mention by post and monitor.
func (p *Pipeline) tell(ctx context.Context, w *work) error {
	var messages []stream.Message
	for _, h := range w.heard() {
		if len(h.Mentions) == 0 && !h.Known {
			continue // an edit of a post that nobody listens for
		}
		messages = append(messages, stream.Message{Key: []byte(h.Event.Key().String()), Value: appendMention(nil, p.Monitors, h, false)})
	}
	for _, kind := range []struct {
		name string
		ids  []string
	}{{"delete", w.deleted}, {"author_gone", w.gone}} {
		for _, id := range kind.ids {
			value, _ := json.Marshal(map[string]any{"v": 1, "type": kind.name, "id": id})
			messages = append(messages, stream.Message{Key: []byte(w.keys[id]), Value: value})
		}
	}
	if len(messages) == 0 {
		return nil
	}
	if err := p.Log.Write(ctx, p.Log.Topics().Mentions, messages); err != nil {
		return fmt.Errorf("write mentions: %w", err)
	}
	p.publish(ctx, w)
	return nil
}

// publish feeds the browsers. It may fail: the feed is a convenience, the database the truth.
func (p *Pipeline) publish(ctx context.Context, w *work) {
	var leads []string
	for _, lead := range w.stored.leads {
		leads = append(leads, lead.ID)
	}
	p.send(ctx, News{"lead", leads})
	if now := time.Now(); now.Sub(p.told) >= feedEvery {
		var posts []string
		for _, h := range freshOnly(w.heard()) {
			posts = append(posts, h.PostID)
		}
		if len(posts) > 0 {
			p.told = now
		}
		p.send(ctx, News{"mention", posts[max(0, len(posts)-feedMost):]})
	}
}

func (p *Pipeline) send(ctx context.Context, n News) {
	if len(n.IDs) == 0 {
		return
	}
	payload, _ := json.Marshal(n)
	if err := p.Feed.Publish(ctx, FeedChannel, payload); err != nil && ctx.Err() == nil {
		p.Logger.Warn("live feed is out of reach", "err", err)
	}
}

// mentionWire is a mention in the topic "mentions"; docs/wire-format.md documents it.
type mentionWire struct {
	Monitor    string        `json:"monitor_id"`
	Name       string        `json:"monitor"`
	Language   string        `json:"language"`
	Polarity   post.Polarity `json:"polarity"`
	Score      float64       `json:"score"`
	Confidence float64       `json:"confidence"`
	Intent     post.Intent   `json:"intent"`
	IntentSure float64       `json:"intent_confidence"`
	Reach      int64         `json:"reach"`
}

// appendMention writes what was heard of a post. Reread says that only the readings are news: the
// event has what the database keeps.
func appendMention(dst []byte, monitors *listening.Live, h *listening.Heard, reread bool) []byte {
	mentions := make([]mentionWire, 0, len(h.Mentions))
	for _, m := range h.Mentions {
		mentions = append(mentions, mentionWire{m.MonitorID, monitors.Name(m.MonitorID), m.Language, m.Polarity, m.Score, m.Confidence, m.Intent, m.IntentConfidence, m.Reach})
	}
	list, err := json.Marshal(mentions)
	if err != nil {
		panic(err) // texts and finite numbers only
	}
	dst = append(dst, `{"v":1,"type":"mention","id":"`...)
	dst = append(dst, h.PostID...)
	dst = append(dst, `","mentions":`...)
	dst = append(dst, list...)
	if reread {
		dst = append(dst, `,"reread":true`...)
	}
	dst = append(dst, `,"event":`...)
	dst = h.Event.AppendJSON(dst)
	return append(dst, '}')
}
