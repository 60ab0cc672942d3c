package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/spike"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/listening"
)

// A Past is what stands in the database of a monitor, as its detector would read it.
type Past struct {
	MonitorID string
	Name      string // of the monitor, as it is written
	Cells     []spike.Cell
	Blind     []spike.Span
	Peers     *spike.Peers // nil: none, or not needed any more
	Labels    []alerts.LabelledIncident
	// Look and Spread fetch evidence as the running detector does, each window once. They must be
	// called from one goroutine. Where they fail there is none, and Err says why.
	Look   func(kind spike.Kind, from, until int64) (spike.Evidence, bool)
	Spread func(kind spike.Kind, from, until int64) ([]spike.Arrival, bool)

	failed error
}

// Err is the first error of Look and Spread.
func (p *Past) Err() error { return p.failed }

// stretch is a window that was looked at.
type stretch struct {
	kind        spike.Kind
	from, until int64
}

// once keeps what was fetched of each window: other settings ask for much of it again.
func once[T any](p *Past, fetch func(stretch) (T, error)) func(spike.Kind, int64, int64) (T, bool) {
	known := map[stretch]T{}
	return func(kind spike.Kind, from, until int64) (got T, ok bool) {
		s := stretch{kind, from, until}
		if got, ok = known[s]; ok || p.failed != nil {
			return got, ok
		}
		if got, p.failed = fetch(s); p.failed != nil {
			return got, false
		}
		known[s] = got
		return got, true
	}
}

// LoadPast reads the past of a monitor, by its name: the cells from so many days before from, so
// that a baseline can be learnt, and the labels of what was opened in between.
func LoadPast(ctx context.Context, db *sqldb.DB, name string, from, until time.Time, days int) (*Past, error) {
	a := &App{DB: db}
	p := &Past{}
	var err error
	if p.MonitorID, p.Name, err = a.findMonitor(ctx, name); err != nil {
		return nil, err
	}
	id := p.MonitorID
	first, last := spike.Minute(from.AddDate(0, 0, -days)), spike.Minute(until)
	cells, err := a.cells(ctx, []string{id}, first, last)
	if err != nil {
		return nil, err
	}
	if p.Cells = cells[id]; len(p.Cells) == 0 {
		return nil, fmt.Errorf("backtest monitor %s: nothing was counted from %s to %s: name another time with --from and --to",
			name, spike.Time(first).Format(time.DateOnly), until.Format(time.DateOnly))
	}
	if p.Blind, err = a.blind(ctx, first, last); err != nil {
		return nil, err
	}
	if p.Peers, err = alerts.PeersOf(ctx, db, id); err != nil {
		return nil, err
	}
	if p.Labels, err = alerts.Labels(ctx, db, id, from, until); err != nil {
		return nil, err
	}
	p.Look = once(p, func(s stretch) (spike.Evidence, error) {
		mentions, err := a.mentions(ctx, id, s.from, s.until)
		if err != nil {
			return spike.Evidence{}, err
		}
		ev := spike.Summarise(s.kind, mentions)
		ev.Terms, err = a.drivers(ctx, id, s.from, s.until, s.kind.Polarity())
		return ev, err
	})
	p.Spread = once(p, func(s stretch) ([]spike.Arrival, error) { return a.spread(ctx, id, s.kind, s.from, s.until) })
	return p, nil
}

// findMonitor finds a monitor by its name, whatever its case, or by its id.
func (a *App) findMonitor(ctx context.Context, name string) (id, written string, err error) {
	all, err := listening.Monitors(ctx, a.DB)
	if err != nil {
		return "", "", err
	}
	var names []string
	for _, m := range all {
		if strings.EqualFold(m.Name, name) || m.ID == name {
			return m.ID, m.Name, nil
		}
		names = append(names, m.Name)
	}
	if len(names) == 0 {
		return "", "", fmt.Errorf("backtest monitor %s: there is no monitor in this database: name its configuration with --config or --data", name)
	}
	return "", "", fmt.Errorf("backtest monitor %s: there is no such monitor: want one of %s", name, strings.Join(names, ", "))
}
