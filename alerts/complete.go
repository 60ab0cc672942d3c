package alerts

import (
	"context"
	"time"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/alerts/spike"
)

// complete adds what a notification gets only when it is sent: the link to acknowledge, the curve,
// what a digest tells, and the words.
func (o *Outbox) complete(ctx context.Context, n *notify.Notification, channel string, notifier notify.Notifier) error {
	n.Zone = o.Zone
	if n.Type == notify.TypeIncident && n.State != string(spike.Resolved) {
		n.AckURL = o.Links.Sign(Pass{IncidentID: n.IncidentID, Reopened: n.Reopened, Recipient: channel}, time.Now())
	}
	if n.Digest != nil {
		if zone, err := time.LoadLocation(n.Digest.Zone); err == nil {
			n.Zone = zone
		}
		if o.Report != nil {
			if err := o.Report(ctx, n.Digest); err != nil {
				return err
			}
		}
	}
	if n.Notice != nil {
		if o.Say == nil {
			return &Moot{"nobody here knows what it tells"}
		}
		if err := o.Say(ctx, n); err != nil {
			return err
		}
	}
	for i := range n.Also {
		n.Also[i].Language, n.Also[i].Zone = n.Language, n.Zone
	}
	if _, ok := notifier.(notify.Illustrator); ok && o.Curve != nil && n.Type == notify.TypeIncident {
		from, until := curveOf(n)
		var err error
		if n.Curve, err = o.Curve(ctx, n.MonitorID, from, until); err != nil {
			o.Logger.Warn("notification goes without its curve", "channel", channel, "err", err)
		}
	}
	if err := o.Templates.Word(n); err != nil {
		o.Metrics.templates.WithLabelValues(n.Template).Inc()
		o.Logger.Warn("template failed, the built-in text was used", "template", n.Template, "err", err)
	}
	return nil
}

// curveOf is the time that a picture of an incident shows: two hours before it up to now, a day at most.
func curveOf(n *notify.Notification) (from, until time.Time) {
	until = n.At.Add(time.Minute)
	from = n.OpenedAt.Add(-2 * time.Hour)
	if earliest := until.Add(-24 * time.Hour); from.Before(earliest) {
		from = earliest
	}
	return from, until
}
