package alerts

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// Options are what a Watch works with. What it needs of listening and connectors are functions,
// wired where both are known.
type Options struct {
	DB *sqldb.DB
	// Monitors returns the names of the enabled monitors, by id.
	Monitors func(ctx context.Context) (map[string]string, error)
	// Cells returns the cells of monitors in the minutes [from, until), in order.
	Cells func(ctx context.Context, monitorIDs []string, from, until int64) (map[string][]spike.Cell, error)
	// Mentions returns what was said about a monitor in the minutes [from, until). Where it is very
	// much, a part will do.
	Mentions func(ctx context.Context, monitorID string, from, until int64) ([]spike.Mention, error)
	// Spread returns what each network says about a monitor in the minutes [from, until) that counts
	// for an incident of the kind, in a fixed order. It may be nil: then incidents escalate by numbers only.
	Spread func(ctx context.Context, monitorID string, kind spike.Kind, from, until int64) ([]spike.Arrival, error)
	// Terms returns what was said about a monitor in the minutes [from, until) more than usual, in
	// posts of a polarity (−1 or 1, 0 for any). nil: nobody can tell.
	Terms func(ctx context.Context, monitorID string, from, until int64, polarity int) ([]string, error)
	// Blind returns the minutes of [from, until) in which a source could not hear.
	Blind func(ctx context.Context, from, until int64) ([]spike.Span, error)

	Lease    func(ctx context.Context, name string, ttl time.Duration) (bool, error)
	Tell     func(ctx context.Context, incidentID string) // the live feed; may be nil
	Router   *Router                                      // decides who is told
	BaseURL  string                                       // of the web page, for links in notifications
	Surprise map[string]float64                           // what it takes to open an incident, by the name of the monitor
	Now      func() time.Time
	Metrics  *Metrics
	Logger   *slog.Logger
}

// A Watch asks the detector about every monitor, minute by minute. One process at a time does, by
// a lease; the database refuses a second that has not noticed that it lost it.
type Watch struct {
	Options
	states map[string]*watched // by monitor; nil: to be loaded
	names  map[string]string   // of monitors, as far as seen
	peers  *spike.Peers        // of monitors that are new
	asked  int64               // the hour in which peers were looked for
	last   int64               // the minute up to which all are judged
}

// New makes a Watch.
func New(opt Options) *Watch { return &Watch{Options: opt, names: make(map[string]string)} }

const (
	leaseName = "alerts"
	leaseTTL  = 15 * time.Second
	hour      = 60
	day       = 24 * hour
	history   = 30 * day // minutes from which a monitor new to the detector learns
	atOnce    = 200      // monitors whose cells are loaded together
	farAtOnce = 20       // likewise, where it is more than a day of them
)

// Run ticks every second until ctx ends.
func (w *Watch) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := w.Tick(ctx); err != nil && ctx.Err() == nil {
			w.Logger.Warn("incidents are judged again in a second", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Tick judges the minutes that have ended since the last one, for all monitors. Monitors for which
// that fails do not keep it from the others, and are judged by the next Tick.
func (w *Watch) Tick(ctx context.Context) error {
	if held, err := w.hold(ctx); err != nil || !held {
		return err
	}
	last := spike.Minute(w.Now()) - 1
	if w.states != nil && w.last == last {
		return nil
	}
	start := time.Now()
	if w.states == nil {
		states, err := loadStates(ctx, w.DB)
		if err != nil {
			return err
		}
		w.states = states
	}
	monitors, err := w.Monitors(ctx)
	if err != nil {
		return err
	}
	maps.Copy(w.names, monitors)
	if err := w.judgeAll(ctx, monitors, last); err != nil {
		return err
	}
	if w.states == nil {
		return nil // the lease went to another process
	}
	w.last = last
	w.Metrics.tick.Observe(time.Since(start).Seconds())
	w.measure(monitors)
	return nil
}

// hold takes or prolongs the lease. Who held it goes on while nobody can say who does: what two
// processes must not do the database refuses.
func (w *Watch) hold(ctx context.Context) (bool, error) {
	held, err := w.Lease(ctx, leaseName, leaseTTL)
	switch {
	case err != nil && w.states != nil && ctx.Err() == nil:
		return true, nil
	case err != nil:
		return false, err
	case !held:
		w.states = nil // another process goes on from here
		w.Metrics.setOpen(nil)
	}
	return held, nil
}

// judgeAll brings every monitor up to the minute. It ends early, with no states, when another
// process has taken over.
func (w *Watch) judgeAll(ctx context.Context, monitors map[string]string, last int64) error {
	g := w.sortOut(monitors, last)
	if len(g.fresh) > 0 || g.alone && last/hour != w.asked {
		w.peers, w.asked = w.known(), last/hour
	}
	var errs []error
	each := func(ids []string, most int, do func(context.Context, []string, int64) error) {
		for some := range slices.Chunk(ids, most) {
			if held, err := w.hold(ctx); err != nil || !held {
				errs = append(errs, err)
				return
			}
			if err := do(ctx, some, last); err != nil {
				errs = append(errs, err)
			}
			if w.states == nil {
				return // saving failed: what the database has must be seen first
			}
		}
	}
	for _, work := range []struct {
		ids  []string
		most int
		do   func(context.Context, []string, int64) error
	}{{g.near, atOnce, w.judge}, {g.dismissed, atOnce, w.dismiss}, {g.far, farAtOnce, w.judge}, {g.fresh, farAtOnce, w.learn}} {
		if w.states != nil {
			each(work.ids, work.most, work.do)
		}
	}
	return errors.Join(errs...)
}

// known is what is usual among the monitors that are watched.
func (w *Watch) known() *spike.Peers {
	all := make([]*spike.Baseline, 0, len(w.states))
	for _, s := range w.states {
		if s.At != 0 {
			all = append(all, &s.Base)
		}
	}
	return spike.NewPeers(all)
}

// groups are the monitors by what is to be done with them.
type groups struct {
	fresh, near, far, dismissed []string
	alone                       bool // one of them is new and has no peers: some may be known by now
}

func (w *Watch) sortOut(monitors map[string]string, last int64) (g groups) {
	for _, id := range slices.Sorted(maps.Keys(w.states)) {
		s := w.states[id]
		_, enabled := monitors[id]
		switch {
		case s.At == 0: // already
		case !enabled, s.At < last-history, s.At > last+hour: // the last: the clock was wrong
			g.dismissed = append(g.dismissed, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(monitors)) {
		s := w.states[id]
		g.alone = g.alone || s != nil && s.Base.Alone()
		switch {
		case s == nil:
			g.fresh = append(g.fresh, id)
		case s.At == 0:
			s.resume(last)
		case s.At < last-history, s.At >= last:
		case s.At < last-day:
			g.far = append(g.far, id)
		default:
			g.near = append(g.near, id)
		}
	}
	return g
}

// measure counts the incidents that are on.
func (w *Watch) measure(monitors map[string]string) {
	open := make(map[string]int, len(monitors))
	for id, name := range monitors {
		open[name] = 0
		if s := w.states[id]; s != nil {
			for _, t := range s.Tracks {
				if t.Phase != spike.Resolved {
					open[name]++
				}
			}
		}
	}
	w.Metrics.setOpen(open)
}
