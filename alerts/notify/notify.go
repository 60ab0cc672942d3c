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

	"github.com/groundswell/groundswell/alerts/reason"
	"gopkg.in/yaml.v3"
)

// The types of notifications.
const (
	TypeIncident = "incident"
	TypeMention  = "mention"
	TypeDigest   = "digest"
	TypeNotice   = "notice"
	TypeTest     = "test"
)

// A Notification is news about an incident or a mention, a digest, or a notice. Templates see its fields.
type Notification struct {
	// Key names the delivery. A notification that is sent again after a failure has the same
	// key; a channel passes it on, so that the receiver can leave out what it has already.
	Key string `json:"-"`

	Type        string    `json:"type"` // incident, mention, digest, notice, test
	IncidentID  string    `json:"incident_id,omitempty"`
	MonitorID   string    `json:"monitor_id,omitempty"`
	Monitor     string    `json:"monitor,omitempty"`
	MonitorKind string    `json:"monitor_kind,omitempty"` // own, competitor, campaign, market
	Kind        string    `json:"kind,omitempty"`         // firestorm, volume, coordinated, praise; of a mention: its rule's
	State       string    `json:"state,omitempty"`        // open, escalating, subsiding, resolved
	Severity    int       `json:"severity"`               // 0…6
	Degree      string    `json:"degree,omitempty"`       // the severity in words
	Reopened    int       `json:"reopened"`               // waves after the first
	At          time.Time `json:"at"`                     // the minute that decided
	OpenedAt    time.Time `json:"opened_at,omitzero"`
	PeakAt      time.Time `json:"peak_at,omitzero"`
	ResolvedAt  time.Time `json:"resolved_at,omitzero"`
	Reasons     []string  `json:"reasons"` // in English; templates see them in their language
	Networks    []string  `json:"networks,omitempty"`
	Terms       []string  `json:"terms,omitempty"`
	FirstPost   string    `json:"first_post,omitempty"` // id of the post it began with
	TopPost     string    `json:"top_post,omitempty"`   // id of the post with the most engagement
	Contacts    int       `json:"contacts,omitempty"`   // contacts among the authors
	URL         string    `json:"url,omitempty"`        // the incident's page
	Escalation  int       `json:"escalation,omitempty"` // the step, when it is told because nobody acknowledged
	Mention     *Mention  `json:"mention,omitempty"`
	Rule        string    `json:"rule,omitempty"` // name of the rule that the mention meets
	More        int       `json:"more,omitempty"` // further mentions that meet it and are not told one by one
	Digest      *Digest   `json:"digest,omitempty"`
	Notice      *Notice   `json:"notice,omitempty"`

	// ReasonData are the reasons as data, for programs and for other languages.
	ReasonData []reason.Reason `json:"reason_data,omitempty"`

	Language string `json:"language,omitempty"` // of built-in texts: en, de
	Template string `json:"template,omitempty"` // name of the one to use in their place

	// What is added when it is sent.
	Also    []Notification `json:"also,omitempty"`    // told in the same message
	Others  int            `json:"others,omitempty"`  // how many more there are than those
	AckURL  string         `json:"ack_url,omitempty"` // acknowledges without signing in
	Curve   []Point        `json:"-"`                 // people and negatives around it
	Message *Message       `json:"-"`                 // the words; a channel makes its own where there are none
	Zone    *time.Location `json:"-"`                 // that times are told in; nil: UTC
}

// Explain gives a notification its reasons.
func (n *Notification) Explain(why []reason.Reason) {
	n.ReasonData, n.Reasons = why, reason.Texts(why, "en")
}

// translated is the notification as templates see it: with its reasons in its language.
func (n *Notification) translated() *Notification {
	t := *n
	if len(n.ReasonData) > 0 {
		t.Reasons = reason.Texts(n.ReasonData, n.Language)
	}
	t.Also = slices.Clone(n.Also)
	for i := range t.Also {
		if also := &t.Also[i]; len(also.ReasonData) > 0 {
			also.Reasons = reason.Texts(also.ReasonData, n.Language)
		}
	}
	return &t
}

// A Point is a stretch of a curve.
type Point struct {
	At       time.Time
	Posts    int64
	Negative int64
}

// A Notifier delivers notifications to one target.
//
// Notify returns nil only when the target has taken the notification, and otherwise an error that
// names the target and what to do, but never a secret. It may be called from several goroutines,
// and again with the same notification. It ends when ctx does.
type Notifier interface {
	Notify(ctx context.Context, n Notification) error
}

// A Gatherer is a Notifier for people: of many things that are due at once it tells in one message.
// Programs want each by itself.
type Gatherer interface {
	// Pace is how long to wait after a message before the next.
	Pace() time.Duration
}

// An Illustrator is a Notifier that shows the curve of an incident.
type Illustrator interface {
	Illustrates()
}

// TooSoon says that the target wants to be left alone for a while.
type TooSoon struct {
	After time.Duration
	Err   error
}

func (e *TooSoon) Error() string { return e.Err.Error() }

func (e *TooSoon) Unwrap() error { return e.Err }

// Refused says that the target will never take a notification: it is not tried again.
type Refused struct{ Err error }

func (e *Refused) Error() string { return e.Err.Error() }

func (e *Refused) Unwrap() error { return e.Err }

// A Checker is a Notifier that can test its target without notifying anybody.
type Checker interface {
	Check(ctx context.Context) error
}

// channels is the registry: the kinds of channels there are.
var channels = map[string]func(section *yaml.Node) (Notifier, error){
	"alertmanager": newAlertmanager,
	"discord":      newDiscord,
	"email":        newEmail,
	"matrix":       newMatrix,
	"mattermost":   newMattermost,
	"ntfy":         newNtfy,
	"pagerduty":    newPagerDuty,
	"slack":        newSlack,
	"teams":        newTeams,
	"telegram":     newTelegram,
	"webhook":      newWebhook,
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

// TakesDigests says whether a channel takes digests: those that keep alerts do not.
func TakesDigests(n Notifier) bool {
	switch n.(type) {
	case *alertmanager, *pagerduty:
		return false
	}
	return true
}
