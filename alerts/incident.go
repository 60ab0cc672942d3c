package alerts

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/alerts/reason"
	"github.com/groundswell/groundswell/alerts/spike"
)

// An Incident is a spike being followed.
type Incident struct {
	ID             string
	MonitorID      string
	Kind           spike.Kind
	State          spike.Phase
	Severity       int // 0…6, docs/alerts.md
	OpenedAt       time.Time
	PeakAt         time.Time
	ResolvedAt     time.Time // zero: not yet
	AcknowledgedAt time.Time // zero: not yet
	AcknowledgedBy string
	Assignee       string    // a user's name; empty: nobody
	SilencedUntil  time.Time // nobody is told of it before; zero: not silenced
	MergedInto     string    // id of the incident that tells of it; empty: it stands alone
	Label          Label     // what a person says of it
	LabelledAt     time.Time
	LabelledBy     string
	Version        int64           // counts the changes that people made
	Reasons        []reason.Reason // why it is one
	Detail         Detail
	UpdatedAt      time.Time
}

// degrees are the names of the degrees of the Shitstorm-Skala, which are those of the wind.
var degrees = [...]string{"calm", "light air", "light breeze", "fresh breeze", "strong wind", "storm", "hurricane"}

// Degree is the severity in words.
func (i *Incident) Degree() string { return degrees[min(max(i.Severity, 0), len(degrees)-1)] }

// Detail is what else is known of an incident.
type Detail struct {
	People   int64    `json:"people"`             // most people (coordinated: posts) in an hour
	Reopened int      `json:"reopened,omitempty"` // waves after the first
	Networks []string `json:"networks,omitempty"`
	Terms    []string `json:"terms,omitempty"`
	First    string   `json:"first_post,omitempty"` // id of the post it began with
	Top      string   `json:"top_post,omitempty"`   // id of the post with the most engagement
	Contacts int      `json:"contacts,omitempty"`   // contacts among the authors
}

// incidentID is the same wherever it is computed, so that two processes cannot make two incidents
// of one.
func incidentID(monitorID string, kind spike.Kind, opened int64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", monitorID, kind, opened))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// apply brings an incident up to date with a change. The reasons of its height stay when it ebbs;
// what is said of the ebb comes first.
func (i *Incident) apply(monitorID string, c *spike.Change) {
	height := i.Reasons
	if len(height) > 0 && (i.State == spike.Subsiding || i.State == spike.Resolved) {
		height = height[1:]
	}
	i.ID, i.MonitorID, i.Kind = incidentID(monitorID, c.Kind, c.Opened), monitorID, c.Kind
	i.State, i.Severity = c.Phase, c.Severity
	i.OpenedAt, i.PeakAt = spike.Time(c.Opened), spike.Time(c.PeakAt)
	i.ResolvedAt, i.UpdatedAt = time.Time{}, spike.Time(c.At)
	if c.Reopened > i.Detail.Reopened { // somebody has to take care of the new wave
		i.AcknowledgedAt, i.AcknowledgedBy = time.Time{}, ""
	}
	i.Detail.People, i.Detail.Reopened = c.People, c.Reopened
	switch c.Phase {
	case spike.Open, spike.Escalating:
		i.Reasons = c.Reasons
	default:
		i.Reasons = slices.Concat(c.Reasons[:min(1, len(c.Reasons))], height)
	}
	if c.Phase == spike.Resolved {
		i.ResolvedAt = spike.Time(c.Resolved)
	}
	if ev := &c.Evidence; ev.Mentions > 0 {
		i.Detail.Networks, i.Detail.Terms, i.Detail.Contacts = ev.Networks, ev.Terms, ev.Contacts
		i.Detail.Top = ev.TopPost
		if i.Detail.First == "" {
			i.Detail.First = ev.FirstPost
		}
	}
}

// notification is what channels are told of the incident as it stands.
func (i *Incident) notification(monitor, baseURL string, c *spike.Change) notify.Notification {
	n := notify.Notification{Key: fmt.Sprintf("%s/%s/%d", i.ID, i.State, c.At), Type: notify.TypeIncident, IncidentID: i.ID, MonitorID: i.MonitorID,
		Monitor: monitor, Kind: string(i.Kind), At: spike.Time(c.At), OpenedAt: i.OpenedAt}
	i.refresh(&n)
	if baseURL != "" {
		n.URL = baseURL + "/incidents/" + i.ID
	}
	return n
}

// refresh brings a notification up to date with the incident.
func (i *Incident) refresh(n *notify.Notification) {
	n.State, n.Severity, n.Degree, n.Reopened = string(i.State), i.Severity, i.Degree(), i.Detail.Reopened
	n.PeakAt, n.ResolvedAt, n.Networks, n.Terms = i.PeakAt, i.ResolvedAt, i.Detail.Networks, i.Detail.Terms
	n.Explain(i.Reasons)
	n.FirstPost, n.TopPost, n.Contacts = i.Detail.First, i.Detail.Top, i.Detail.Contacts
}
