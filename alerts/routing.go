package alerts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/oklog/ulid/v2"
)

// Routing is what a configuration says of who is told: the channels, the routes and the texts.
type Routing struct {
	Channels  map[string]notify.Notifier
	Kinds     map[string]string // of the channels, by name
	Routes    *Routes
	Templates notify.Templates
	BaseURL   string
}

// NewRouting makes the channels of a configuration and checks its routes, templates and digests.
func NewRouting(c *config.Config) (*Routing, error) {
	r := &Routing{Channels: make(map[string]notify.Notifier), Kinds: make(map[string]string), BaseURL: c.Web.URL}
	for i := range c.Channels {
		section := &c.Channels[i]
		n, err := NewChannel(section)
		if err != nil {
			return nil, err
		}
		r.Channels[section.Name], r.Kinds[section.Name] = n, section.Kind
	}
	return r, r.readTexts(c)
}

// CheckRouting checks routes, templates and digests of a configuration without making its channels.
func CheckRouting(c *config.Config) error {
	r := &Routing{Channels: make(map[string]notify.Notifier)}
	for _, section := range c.Channels {
		r.Channels[section.Name] = nil
	}
	return r.readTexts(c)
}

// NoticeChannel is the channel of notices to users. It goes over the server of an e-mail channel.
const NoticeChannel = "notices"

func (r *Routing) readTexts(c *config.Config) (err error) {
	digests := make(map[string]bool)
	for name, channel := range r.Channels {
		digests[name] = notify.TakesDigests(channel)
	}
	var errs []error
	if _, taken := r.Channels[NoticeChannel]; taken {
		errs = append(errs, fmt.Errorf("channels, %s: the name stands for what goes to users themselves: want another one", NoticeChannel))
	}
	if r.Routes, err = NewRoutes(&c.Alerts, digests); err != nil {
		errs = append(errs, err)
	}
	if r.Templates, err = notify.NewTemplates(c.Alerts.Templates); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// NewChannel makes a channel of its section in the configuration.
func NewChannel(section *config.Section) (notify.Notifier, error) {
	n, err := notify.New(section.Kind, section.Settings)
	if err != nil {
		return nil, fmt.Errorf("channels, %s: %w", section.Name, err)
	}
	return n, nil
}

// ErrNoChannel says that there is no channel of that name.
var ErrNoChannel = fmt.Errorf("there is no such channel: %w", ErrNotFound)

// SendTest sends a test to a channel at once, without the outbox.
func (r *Routing) SendTest(ctx context.Context, channel, language string) error {
	notifier, ok := r.Channels[channel]
	if !ok {
		return fmt.Errorf("test channel %s: %w", channel, ErrNoChannel)
	}
	now := time.Now()
	n := notify.Notification{Key: channel + "/test/" + ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String(), Type: notify.TypeTest, At: now,
		Language: language, URL: r.BaseURL, Reasons: []string{}, Zone: r.Routes.Zone()}
	if err := r.Templates.Word(&n); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, deliverWithin)
	defer cancel()
	return notifier.Notify(ctx, n)
}

// A Preview is what one route would make of an alert.
type Preview struct {
	Route         string // empty: no route matches, and everybody is told
	GroupBy       []string
	GroupWait     time.Duration
	GroupInterval time.Duration
	Cooldown      time.Duration
	Language      string
	Template      string
	TemplateError string // why the built-in text is used in its place
	Message       notify.Message
	Told          []PreviewChannel
}

// A PreviewChannel is when a channel would be told.
type PreviewChannel struct {
	Channel string
	Kind    string
	Step    int // of an escalation, when nobody acknowledges before; 0: at once
	At      time.Time
	Held    string // why it waits: quiet, group, escalation
}

// Preview says which routes an alert would take at a time, who would be told when, and what. What
// depends on what was told before, as cooldowns do, it names and does not weigh.
func (r *Routing) Preview(n notify.Notification, at time.Time) []Preview {
	n.Zone = r.Routes.Zone()
	if n.Type == notify.TypeIncident && r.BaseURL != "" {
		n.AckURL = r.BaseURL + "/ack/…"
	}
	var out []Preview
	for _, t := range r.Routes.Take(&n, at) {
		told := n
		told.Language, told.Template = t.Language, t.Template
		p := Preview{Route: t.Route, GroupBy: t.GroupBy, GroupWait: t.GroupWait, GroupInterval: t.GroupInterval, Cooldown: t.Cooldown,
			Language: t.Language, Template: t.Template}
		if err := r.Templates.Word(&told); err != nil {
			p.TemplateError = err.Error()
		}
		p.Message = *told.Message
		begun := at
		for _, channel := range t.Channels {
			c := PreviewChannel{Channel: channel, Kind: r.Kinds[channel], At: at}
			switch {
			case t.Quiet != nil && n.Severity < urgent && t.Quiet.Contain(at):
				c.At, c.Held = t.Quiet.End(at), "quiet"
			case len(t.GroupBy) > 0 && t.GroupWait > 0:
				c.At, c.Held = at.Add(t.GroupWait), "group"
			}
			if c.At.After(begun) {
				begun = c.At
			}
			p.Told = append(p.Told, c)
		}
		if n.Type == notify.TypeIncident && (n.State == "open" || n.State == "escalating") && len(t.Channels) > 0 {
			for i, step := range t.Escalate {
				for _, channel := range step.Channels {
					p.Told = append(p.Told, PreviewChannel{Channel: channel, Kind: r.Kinds[channel], Step: i + 1, At: begun.Add(step.After), Held: "escalation"})
				}
			}
		}
		out = append(out, p)
	}
	return out
}

// NotificationOf is what would be told of a stored incident as it stands.
func NotificationOf(i *Incident, monitor, monitorKind, baseURL string) notify.Notification {
	n := notify.Notification{Key: "preview/" + i.ID, Type: notify.TypeIncident, IncidentID: i.ID, MonitorID: i.MonitorID, Monitor: monitor,
		MonitorKind: monitorKind, Kind: string(i.Kind), At: i.UpdatedAt, OpenedAt: i.OpenedAt}
	i.refresh(&n)
	if baseURL != "" {
		n.URL = baseURL + "/incidents/" + i.ID
	}
	return n
}

// A Sample describes an alert that is only an example.
type Sample struct {
	Type, Monitor, MonitorKind, Kind, State string
	Severity                                int
}

// Example is an alert as a sample describes it, with words that stand for those of a real one.
func Example(s Sample, at time.Time) notify.Notification {
	n := notify.Examples()[0]
	n.Key, n.Type, n.Monitor, n.MonitorKind, n.Kind, n.State, n.Severity = "preview", s.Type, cmp.Or(s.Monitor, "Acme"), s.MonitorKind, s.Kind, s.State, s.Severity
	n.At, n.OpenedAt, n.PeakAt, n.ResolvedAt = at, at.Add(-time.Hour), at, time.Time{}
	n.Degree, n.Reopened, n.Escalation, n.Also, n.Others, n.AckURL = degrees[min(max(s.Severity, 0), 6)], 0, 0, nil, 0, ""
	if s.Type == notify.TypeMention {
		n.State, n.Severity, n.Mention.PostedAt = "", 0, at
		return n
	}
	n.Mention, n.Rule, n.More = nil, "", 0
	if s.State == "resolved" {
		n.ResolvedAt = at
	}
	return n
}
