package alerts_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/config"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/prometheus/client_golang/prometheus"
)

// start is when the tests' day begins; thirty days of talk are before it.
var start = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// talk is what people say, in memory: what listening keeps in the database.
type talk struct {
	monitors map[string]string
	said     map[string][]spike.Mention // by monitor, in order
	gaps     []spike.Span
	unseen   map[string]error // what reading the mentions of a monitor answers
	looked   int
	asked    int
}

func newTalk(names ...string) *talk {
	t := &talk{monitors: map[string]string{}, said: map[string][]spike.Mention{}, unseen: map[string]error{}}
	for _, name := range names {
		t.monitors["id-"+name] = name
	}
	return t
}

// say lets people write a minute after another, from a minute on: authors are drawn from a crowd.
func (t *talk) say(monitor string, from time.Time, minutes int, perMinute float64, polarity int, text string) {
	rng := rand.New(rand.NewPCG(uint64(from.Unix()), uint64(polarity+2)))
	list := t.said[monitor]
	for m := range minutes {
		n := int(perMinute)
		if rng.Float64() < perMinute-float64(n) {
			n++
		}
		for range n {
			words := text
			if words == "" {
				words = fmt.Sprintf("word%c%c the train %c was again so late today", 'a'+rng.IntN(26), 'a'+rng.IntN(26), 'a'+rng.IntN(26))
			}
			list = append(list, spike.Mention{PostID: fmt.Sprintf("post-%06d", len(list)), AuthorID: fmt.Sprint("author-", rng.IntN(1_000_000)),
				Network: []string{"bluesky", "mastodon"}[rng.IntN(2)], Text: words, Minute: spike.Minute(from) + int64(m),
				Engagement: int64(rng.IntN(50)), Polarity: polarity, Contact: rng.IntN(100) == 0})
		}
	}
	slices.SortStableFunc(list, func(a, b spike.Mention) int { return int(a.Minute - b.Minute) })
	t.said[monitor] = list
}

// ordinary talk: forty neutral posts an hour and four negative ones, for thirty days and the next two.
func (t *talk) ordinary(monitor string) *talk {
	t.say(monitor, start.AddDate(0, 0, -30), 32*24*60, 40./60, 0, "")
	t.say(monitor, start.AddDate(0, 0, -30), 32*24*60, 4./60, -1, "")
	return t
}

func (t *talk) between(monitor string, from, until int64) []spike.Mention {
	list := t.said[monitor]
	at := func(minute int64) int {
		i, _ := slices.BinarySearchFunc(list, minute, func(m spike.Mention, x int64) int { return int(m.Minute - x) })
		return i
	}
	return list[at(from):at(until)]
}

func (t *talk) Monitors(context.Context) (map[string]string, error) {
	t.asked++
	return t.monitors, nil
}

func (t *talk) Cells(_ context.Context, ids []string, from, until int64) (map[string][]spike.Cell, error) {
	out := make(map[string][]spike.Cell)
	for _, id := range ids {
		var cells []spike.Cell
		hour, people, negative := int64(0), map[string]bool{}, map[string]bool{}
		for _, m := range t.between(id, from-from%60, until) {
			if m.Minute/60 != hour {
				hour, people, negative = m.Minute/60, map[string]bool{}, map[string]bool{}
			}
			if n := len(cells); n == 0 || cells[n-1].Minute != m.Minute {
				cells = append(cells, spike.Cell{Minute: m.Minute})
			}
			c := &cells[len(cells)-1]
			c.Posts++
			if !people[m.AuthorID] {
				people[m.AuthorID] = true
				c.Authors++
			}
			if m.Polarity < 0 {
				c.Negative++
				if !negative[m.AuthorID] {
					negative[m.AuthorID] = true
					c.NegativeAuthors++
				}
			} else {
				c.Neutral++
			}
		}
		out[id] = slices.DeleteFunc(cells, func(c spike.Cell) bool { return c.Minute < from })
	}
	return out, nil
}

func (t *talk) Mentions(_ context.Context, id string, from, until int64) ([]spike.Mention, error) {
	t.looked++
	if err := t.unseen[id]; err != nil {
		return nil, err
	}
	return t.between(id, from, until), nil
}

func (t *talk) Blind(context.Context, int64, int64) ([]spike.Span, error) { return t.gaps, nil }

// leases are held by one process at a time, until it lets them go.
type leases struct {
	mu     sync.Mutex
	owners map[string]string
	down   bool
}

func (l *leases) of(owner string) func(context.Context, string, time.Duration) (bool, error) {
	return func(_ context.Context, name string, _ time.Duration) (bool, error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.down {
			return false, errors.New("the shared memory is out of reach")
		}
		if l.owners == nil {
			l.owners = map[string]string{}
		}
		if have, taken := l.owners[name]; taken && have != owner {
			return false, nil
		}
		l.owners[name] = owner
		return true, nil
	}
}

// give passes all leases on, as if the owner's had run out.
func (l *leases) give(to string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name := range l.owners {
		l.owners[name] = to
	}
}

// scene is a watch over a talk, with a clock that the test moves.
type scene struct {
	*talk
	db     *sqldb.DB
	now    time.Time
	leases leases
	told   []string
	reg    *prometheus.Registry
	met    *alerts.Metrics
}

func newScene(db *sqldb.DB, t *talk) *scene { return &scene{talk: t, db: db, now: start} }

// watch makes a process's watch.
func (s *scene) watch(owner string, channels ...string) *alerts.Watch {
	s.reg = prometheus.NewRegistry()
	s.met = alerts.NewMetrics(s.reg)
	return alerts.New(alerts.Options{DB: s.db, Monitors: s.Monitors, Cells: s.Cells, Mentions: s.Mentions, Blind: s.Blind,
		Lease: s.leases.of(owner), Tell: func(_ context.Context, id string) { s.told = append(s.told, id) }, Router: everything(channels...),
		BaseURL: "https://gw.example.org", Now: func() time.Time { return s.now }, Metrics: s.met, Logger: slog.New(slog.DiscardHandler)})
}

// everything is routing without a route: everything goes to every channel.
func everything(channels ...string) *alerts.Router { return router(config.Alerts{}, channels...) }

// router is routing by a configuration.
func router(c config.Alerts, channels ...string) *alerts.Router {
	c.Language = cmp.Or(c.Language, "en")
	takesDigests := make(map[string]bool)
	for _, name := range channels {
		takesDigests[name] = true
	}
	routes, err := alerts.NewRoutes(&c, takesDigests)
	if err != nil {
		panic(err)
	}
	return &alerts.Router{Routes: routes}
}

// until ticks, step by step, up to a time after the start.
func (s *scene) until(t testing.TB, w *alerts.Watch, after, step time.Duration) {
	t.Helper()
	for s.now.Before(start.Add(after)) {
		s.now = s.now.Add(step)
		tick(t, w)
	}
}

func tick(t testing.TB, w *alerts.Watch) {
	t.Helper()
	if err := w.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func incidents(t testing.TB, db *sqldb.DB, f alerts.Filter) []alerts.Incident {
	t.Helper()
	all, _, err := alerts.FindIncidents(t.Context(), db, f)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func deliveries(t testing.TB, db *sqldb.DB, incidentID string) []alerts.Delivery {
	t.Helper()
	all, err := alerts.DeliveriesOf(t.Context(), db, incidentID)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// value is that of a metric, with its labels' values in order of their names.
func (s *scene) value(t testing.TB, name string, labels ...string) float64 {
	t.Helper()
	families, err := s.reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var have []string
			for _, l := range m.GetLabel() {
				have = append(have, l.GetValue())
			}
			if f.GetName() == name && slices.Equal(have, labels) {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	t.Fatalf("there is no metric %s%v", name, labels)
	return 0
}
