// Package notify takes notifications to people and programs. Each channel is one file with its
// configuration, its constructor and its Notify; the registry below lists them, one line a
// channel.
package notify

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gopkg.in/yaml.v3"
)

// A Notification is news about one incident or, where Mention is set, about a mention that meets
// a rule; those have no severity, and the kind and the state are "mention".
type Notification struct {
	// Key names the delivery. A notification that is sent again after a failure has the same
	// key; a channel passes it on, so that the receiver can leave out what it has already.
	Key string `json:"-"`

	IncidentID string    `json:"incident_id"`
	MonitorID  string    `json:"monitor_id"`
	Monitor    string    `json:"monitor"`
	Kind       string    `json:"kind"`     // firestorm, volume, coordinated, praise
	State      string    `json:"state"`    // open, escalating, subsiding, resolved
	Severity   int       `json:"severity"` // 0…6
	Degree     string    `json:"degree"`   // the severity in words
	Reopened   int       `json:"reopened"` // waves after the first
	At         time.Time `json:"at"`       // the minute that decided
	OpenedAt   time.Time `json:"opened_at"`
	PeakAt     time.Time `json:"peak_at"`
	ResolvedAt time.Time `json:"resolved_at,omitzero"`
	Reasons    []string  `json:"reasons"`
	Networks   []string  `json:"networks,omitempty"`
	Terms      []string  `json:"terms,omitempty"`
	FirstPost  string    `json:"first_post,omitempty"` // id of the post it began with
	TopPost    string    `json:"top_post,omitempty"`   // id of the post with the most engagement
	Contacts   int       `json:"contacts,omitempty"`   // contacts among the authors
	URL        string    `json:"url,omitempty"`        // the page that shows it

	Mention *Mention `json:"mention,omitempty"`
	Rule    string   `json:"rule,omitempty"` // name of the rule that the mention meets
	More    int      `json:"more,omitempty"` // further mentions that meet it and are not told one by one
}

// A Notifier delivers notifications to one target.
//
// Notify returns nil only when the target has taken the notification, and otherwise an error that
// names the target and what to do, but never a secret. It may be called from several goroutines,
// and again with the same notification. It ends when ctx does.
type Notifier interface {
	Notify(ctx context.Context, n Notification) error
}

// A Checker is a Notifier that can test its target without notifying anybody.
type Checker interface {
	Check(ctx context.Context) error
}

// channels is the registry: the kinds of channels there are.
var channels = map[string]func(section *yaml.Node) (Notifier, error){
	"email":   newEmail,
	"webhook": newWebhook,
}

// Kinds lists the kinds of channels.
func Kinds() []string { return slices.Sorted(maps.Keys(channels)) }

// New makes the channel of a kind from its section of the configuration, which is decoded
// strictly: a key that the channel does not know is an error with its line.
func New(kind string, section yaml.Node) (Notifier, error) {
	open, ok := channels[kind]
	if !ok {
		return nil, fmt.Errorf("channel kind %q: want one of %v", kind, Kinds())
	}
	n, err := open(&section)
	if err != nil {
		return nil, fmt.Errorf("channel %s: %w", kind, err)
	}
	return n, nil
}

// title is the notification in one line.
func (n *Notification) title() string {
	if n.Mention != nil {
		return n.mentionTitle()
	}
	return fmt.Sprintf("%s: %s %s", n.Monitor, n.Kind, n.word())
}

// word says what happened to the incident.
func (n *Notification) word() string {
	switch n.State {
	case "open":
		if n.Reopened > 0 {
			return "is back"
		}
		return "has begun"
	case "escalating":
		return "escalates"
	case "subsiding":
		return "subsides"
	case "resolved":
		return "is over"
	}
	return n.State
}
