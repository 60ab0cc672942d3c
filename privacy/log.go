package privacy

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/groundswell/groundswell/internal/stream"
	"github.com/groundswell/groundswell/post"
)

// A Log is where what was posted passes through; *stream.Log is one.
type Log interface {
	Topics() stream.Topics
	Scour(ctx context.Context, topic string, judge stream.Judge) (stream.Scoured, error)
}

// A reader of the log finds what is by the person, and what names them.
type logJudge struct {
	*censor
	authors map[string]bool // ids
	needles [][]byte        // one of which stands, in small letters, in what concerns the person
	small   []byte          // the message in small letters
	joined  []byte          // and without what may stand between the digits of a phone number
}

// inLog is the judge of the person: what is theirs goes, and their names go from what is others'.
func (p *Person) inLog(names *Names) *logJudge {
	j := &logJudge{censor: newCensor(names), authors: make(map[string]bool)}
	for _, id := range append(p.IDs(Author), p.Names.AuthorIDs()...) {
		j.authors[id] = true
	}
	for _, name := range slices.Concat(names.Addresses, names.Full) {
		if part := ascii(name); part != "" {
			j.needles = append(j.needles, []byte(part))
		}
	}
	quote := func(s string) {
		data, _ := json.Marshal(s) // a text
		j.needles = append(j.needles, bytes.ToLower(data))
	}
	for _, k := range p.Names.accounts { // an id may be too short to be a name
		quote(k.ID)
	}
	for _, h := range p.Names.handles {
		_, handle, _ := strings.Cut(h, ":")
		quote(handle)
	}
	return j
}

// concerns says whether the person may be in a message; nearly always they are not.
func (j *logJudge) concerns(value []byte) bool {
	j.small = j.small[:0]
	for _, c := range value {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		j.small = append(j.small, c)
	}
	for _, n := range j.needles {
		if bytes.Contains(j.small, n) {
			return true
		}
	}
	if j.censor == nil || j.phones == nil {
		return false
	}
	j.joined = j.joined[:0]
	for _, r := range string(j.small) {
		if !strings.ContainsRune(phoneGap, r) {
			j.joined = utf8.AppendRune(j.joined, r)
		}
	}
	return slices.ContainsFunc(j.digits, func(d string) bool { return bytes.Contains(j.joined, []byte(d)) })
}

// post judges an event, or what the pipeline told of one.
func (j *logJudge) post(m *stream.Message) (value []byte, change bool) {
	if !j.concerns(m.Value) {
		return nil, false
	}
	event := m.Value
	var told struct {
		Event json.RawMessage `json:"event"`
	}
	if json.Unmarshal(m.Value, &told) == nil && len(told.Event) > 0 {
		event = told.Event
	}
	e, err := post.Decode(event)
	if err == nil && j.authors[e.Post.AuthorKey().Short()] {
		return nil, true
	}
	cleaned := m.Value
	if j.censor != nil {
		cleaned = []byte(j.replace(string(m.Value)))
	}
	switch {
	case bytes.Equal(cleaned, m.Value):
		return nil, false
	case !json.Valid(cleaned):
		return nil, true
	}
	if told.Event == nil {
		if again, err := post.Decode(cleaned); err != nil || again.Key() != e.Key() {
			return nil, true // a name stood where it identifies the post
		}
	}
	return cleaned, true
}

// dead judges a dead letter: it goes as a whole, for nobody knows what it says. One whose key is that of
// others too was written by an earlier version, and goes with the retention.
func (j *logJudge) dead(m *stream.Message) (value []byte, change bool) {
	return nil, j.concerns(m.Value) && bytes.ContainsRune(m.Key, ':')
}

// eraseLog takes the person out of the topics, and counts what went, by topic.
func (p *Person) eraseLog(ctx context.Context, log Log, names *Names, removed map[string]int64) error {
	j := p.inLog(names)
	topics := log.Topics()
	for _, t := range []struct {
		name, topic string
		judge       stream.Judge
	}{{"posts", topics.Posts, j.post}, {"mentions", topics.Mentions, j.post}, {"dead", topics.Dead, j.dead}} {
		s, err := log.Scour(ctx, t.topic, t.judge)
		if err != nil {
			return err
		}
		if s.Changed > 0 {
			removed["log."+t.name] += s.Changed
		}
		if s.Kept > 0 {
			removed["log."+t.name+".kept"] = s.Kept
		}
		if s.Keys > 0 {
			removed["log."+t.name+".keys"] = s.Keys
		}
	}
	return nil
}
