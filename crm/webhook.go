package crm

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Webhook is an address of another program that is told of changes, each by a POST that is signed
// by the Standard Webhooks specification (docs/webhooks.md).
type Webhook struct {
	Meta
	Name         string    `json:"name"`
	URL          string    `json:"-"`       // it may hold a token: the audit log gets the host alone
	Host         string    `json:"host"`    // of the URL
	Types        []string  `json:"types"`   // of records; empty: all
	Actions      []string  `json:"actions"` // empty: all
	State        string    `json:"state"`
	OwnerID      string    `json:"owner_id"`               // who is told when it is paused
	FailingSince time.Time `json:"failing_since,omitzero"` // since when no attempt succeeded; zero: the last one did
}

// States of a webhook.
const (
	WebhookActive = "active"
	WebhookPaused = "paused" // Groundswell stopped trying; what changes meanwhile is kept for as long as one tries
	WebhookOff    = "off"    // a person switched it off; what changes meanwhile it is never told
)

const (
	maxWebhooks       = 100
	maxWebhookFilters = 50
)

var webhookWord = regexp.MustCompile(`^[a-z][a-z_-]{0,49}$`)

func (w *Webhook) owner() string { return w.OwnerID }

func (w *Webhook) check() error {
	w.Name, w.URL = tidy(w.Name), strings.TrimSpace(w.URL)
	if w.Name == "" {
		return invalid("name", "is empty: say what program it tells")
	}
	if err := checkText("name", w.Name, maxName); err != nil {
		return err
	}
	if err := checkText("url", w.URL, maxURL); err != nil {
		return err
	}
	u, err := url.Parse(w.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Fragment != "" {
		return invalid("url", "want an address like https://example.com/hooks/groundswell, without a user name and a #")
	}
	w.Host = u.Host
	if !slices.Contains([]string{WebhookActive, WebhookPaused, WebhookOff}, w.State) {
		return invalid("state", "%q is not one of active, off", w.State)
	}
	for _, list := range []struct {
		field string
		words *[]string
	}{{"types", &w.Types}, {"actions", &w.Actions}} {
		if *list.words == nil {
			*list.words = []string{}
		}
		if len(*list.words) > maxWebhookFilters {
			return invalid(list.field, "has %d entries: at most %d", len(*list.words), maxWebhookFilters)
		}
		for _, word := range *list.words {
			if !webhookWord.MatchString(word) {
				return invalid(list.field, "%q: want a word as messages have it, such as contact or update (docs/wire-format.md)", word)
			}
		}
	}
	return nil
}

// wants says whether the webhook asks for a message.
func (w *Webhook) wants(m *Message) bool {
	return (len(w.Types) == 0 || slices.Contains(w.Types, m.Type)) && (len(w.Actions) == 0 || slices.Contains(w.Actions, m.Action))
}

// A WebhookDelivery is one message on its way to one webhook.
type WebhookDelivery struct {
	WebhookID string    `json:"webhook_id"`
	ID        string    `json:"id"`
	MessageID string    `json:"message_id"` // the receiver tells repeats by it
	Type      string    `json:"type"`
	Action    string    `json:"action"`
	RecordID  string    `json:"record_id"`
	Body      string    `json:"body"`
	State     string    `json:"state"` // waiting, delivered, failed
	Attempts  int64     `json:"attempts"`
	NextAt    time.Time `json:"next_at,omitzero"`  // of the next attempt
	TriedAt   time.Time `json:"tried_at,omitzero"` // the last one
	Status    int64     `json:"status"`            // of its answer; 0: there was none
	Millis    int64     `json:"duration_ms"`
	Error     string    `json:"error"`
	Since     time.Time `json:"since"` // when it was made, or sent again by hand
}

// States of a delivery.
const (
	DeliveryWaiting   = "waiting"
	DeliveryDelivered = "delivered"
	DeliveryFailed    = "failed"
)

// An Answer is what became of an attempt.
type Answer struct {
	Status int           // 0: there was none
	Err    error         // nil: it was taken
	After  time.Duration // the receiver wants to hear again after so long; 0: it does not say
	Took   time.Duration
}

// gone is what a receiver answers that wants to hear no more (Standard Webhooks).
const gone = 410

// settle notes an attempt in its delivery and in the webhook; wait is how long to wait for the next
// one. It says whether the webhook is to be paused: it failed for too long, or wants no more.
func (d *WebhookDelivery) settle(w *Webhook, a Answer, now time.Time, wait time.Duration, p Patience) (pause bool) {
	d.TriedAt, d.Status, d.Millis, d.Error = now, int64(a.Status), a.Took.Milliseconds(), ""
	if a.Err == nil {
		d.State, d.NextAt, w.FailingSince = DeliveryDelivered, time.Time{}, time.Time{}
		return false
	}
	d.Error = cut(a.Err.Error(), maxReason)
	d.NextAt = now.Add(max(wait, min(a.After, p.GiveUp)))
	if d.NextAt.Sub(d.Since) > p.GiveUp {
		d.State, d.NextAt = DeliveryFailed, time.Time{}
	}
	if w.FailingSince.IsZero() {
		w.FailingSince = now
	}
	return a.Status == gone || now.Sub(w.FailingSince) >= p.PauseAfter
}

// Patience is how long failures are put up with.
type Patience struct {
	GiveUp     time.Duration // a delivery is tried for so long
	PauseAfter time.Duration // a webhook of which all attempts fail for so long is paused
}
