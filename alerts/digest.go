package alerts

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// A Digest says when what a day or a week brought is told, and to whom.
type Digest struct {
	Name     string
	Every    string       // day, week
	On       time.Weekday // of a weekly one
	At       time.Duration
	Zone     *time.Location
	Monitors []string // names; all when empty
	Channels []string
	Language string
}

// readDigests checks the digests of a configuration. takes says whether a channel takes digests.
func readDigests(c *config.Alerts, channels []string, zone *time.Location, takes func(channel string) bool) ([]Digest, error) {
	var all []Digest
	for i, d := range c.Digests {
		digest, err := readDigest(&d, c.Language, zone)
		if err == nil && slices.ContainsFunc(all, func(other Digest) bool { return other.Name == d.Name }) {
			err = fmt.Errorf("name: %q is taken", d.Name)
		}
		for _, channel := range d.Channels {
			switch {
			case err != nil:
			case !slices.Contains(channels, channel):
				err = fmt.Errorf("channels: %q: want the name of a channel %s", channel, strings.Join(channels, ", "))
			case !takes(channel):
				err = fmt.Errorf("channels: %q takes alerts only: want another channel", channel)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("alerts.digests[%d].%w", i, err)
		}
		all = append(all, digest)
	}
	return all, nil
}

func readDigest(c *config.Digest, language string, zone *time.Location) (d Digest, err error) {
	d = Digest{Name: c.Name, Every: c.Every, Monitors: c.Monitors, Channels: c.Channels, Language: cmp.Or(c.Language, language)}
	day := slices.Index(weekdays, cmp.Or(c.On, "mon"))
	switch {
	case c.Name == "":
		return d, fmt.Errorf("name: want one")
	case c.Every != "day" && c.Every != "week":
		return d, fmt.Errorf("every: %q: want day or week", c.Every)
	case day < 0 || c.Every == "day" && c.On != "":
		return d, fmt.Errorf("on: %q: want the day of a weekly digest: mon, tue, wed, thu, fri, sat or sun", c.On)
	case !slices.Contains(languages, d.Language):
		return d, fmt.Errorf("language: %q: want en or de", d.Language)
	case len(c.Channels) == 0:
		return d, fmt.Errorf("channels: want whom to tell")
	}
	d.On = time.Weekday(day)
	if d.Zone, err = readZone(c.TimeZone, zone); err != nil {
		return d, err
	}
	if d.At, err = readClock(cmp.Or(c.At, "08:00")); err != nil {
		return d, fmt.Errorf("at: %w", err)
	}
	return d, nil
}

// Period is the last one that has ended at a time, from its beginning up to, and without, its end.
// Its length is what the clock on the wall makes of a day or a week.
func (d *Digest) Period(now time.Time) (from, until time.Time) {
	local := now.In(d.Zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, d.Zone)
	days := 1
	if d.Every == "week" {
		days = 7
		day = day.AddDate(0, 0, -(int(day.Weekday()-d.On)+7)%7)
	}
	until = wall(day, d.At)
	if until.After(now) {
		day = day.AddDate(0, 0, -days)
		until = wall(day, d.At)
	}
	return wall(day.AddDate(0, 0, -days), d.At), until
}

// late is how long after its end a digest is still news.
func (d *Digest) late() time.Duration {
	if d.Every == "week" {
		return 24 * time.Hour
	}
	return 12 * time.Hour
}

// A Digester puts digests into the outbox, each once for each period: the key of the delivery
// names the period. What they say is gathered when they are sent, so that nothing of it is kept.
type Digester struct {
	DB      *sqldb.DB
	Digests []Digest
	BaseURL string
	Lease   func(ctx context.Context, name string, ttl time.Duration) (bool, error)
	Now     func() time.Time // of what is told
	Logger  *slog.Logger
}

const digestEvery = 10 * time.Second

// Run works until ctx ends.
func (d *Digester) Run(ctx context.Context) error {
	if len(d.Digests) == 0 {
		return nil
	}
	every(ctx, digestEvery, func() {
		if held, err := d.Lease(ctx, "digests", 3*digestEvery); err == nil && !held {
			return // another process does; while nobody knows who, the key keeps two apart
		}
		if err := d.Tell(ctx); err != nil && ctx.Err() == nil {
			d.Logger.Warn("digests wait", "err", err)
		}
	})
	return nil
}

// Tell puts the digests into the outbox that are due and do not stand there yet.
func (d *Digester) Tell(ctx context.Context) error {
	now := d.Now()
	var due []delivery
	for i := range d.Digests {
		g := &d.Digests[i]
		from, until := g.Period(now)
		if now.Sub(until) > g.late() {
			continue
		}
		n := notify.Notification{Key: "digest/" + g.Name + "/" + until.In(g.Zone).Format(time.DateOnly), Type: notify.TypeDigest, At: until, URL: d.BaseURL,
			Language: g.Language, Digest: &notify.Digest{Name: g.Name, Every: g.Every, From: from, Until: until, Monitors: g.Monitors, Zone: g.Zone.String()}}
		for _, channel := range g.Channels {
			there, err := stands(ctx, d.DB, channel+"/"+n.Key)
			if err != nil {
				return err
			}
			if !there {
				due = append(due, newDelivery(n, channel, ""))
			}
		}
	}
	if len(due) == 0 {
		return nil
	}
	return d.DB.Update(ctx, func(tx *sqldb.Tx) error { _, err := enqueue(ctx, tx, due, time.Now()); return err })
}

func stands(ctx context.Context, q sqldb.Querier, key string) (bool, error) {
	var n int
	if err := q.QueryRow(ctx, "SELECT COUNT(*) FROM deliveries WHERE dedupe_key = $1", key).Scan(&n); err != nil {
		return false, fmt.Errorf("load delivery %s: %w", key, err)
	}
	return n > 0, nil
}

// IncidentsBetween returns the incidents that were on in a time, the most severe first.
func IncidentsBetween(ctx context.Context, q sqldb.Querier, from, until time.Time) ([]Incident, error) {
	return queryIncidents(ctx, q, `opened_at < $1 AND (resolved_at = 0 OR resolved_at >= $2) AND merged_into = '' ORDER BY severity DESC, opened_at DESC LIMIT 1000`,
		sqldb.Millis(until), sqldb.Millis(from))
}
