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
	Cells     []spike.Cell
	Blind     []spike.Span
	Peers     *spike.Peers // nil: none, or not needed any more
	Labels    []alerts.LabelledIncident
	// Look fetches evidence as the running detector does. It must be called from one goroutine.
	Look func(kind spike.Kind, from, until int64) (spike.Evidence, bool)
}

// LoadPast reads the past of a monitor, by its name: the cells from so many days before from, so
// that a baseline can be learnt, and the labels of what was opened in between.
func LoadPast(ctx context.Context, db *sqldb.DB, name string, from, until time.Time, days int) (*Past, error) {
	a := &App{DB: db}
	id, err := a.monitorID(ctx, name)
	if err != nil {
		return nil, err
	}
	p := &Past{MonitorID: id}
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
	p.Look = func(kind spike.Kind, from, until int64) (spike.Evidence, bool) {
		mentions, err := a.mentions(ctx, id, from, until)
		return spike.Summarise(kind, mentions), err == nil && len(mentions) > 0
	}
	return p, nil
}

func (a *App) monitorID(ctx context.Context, name string) (string, error) {
	all, err := listening.Monitors(ctx, a.DB)
	if err != nil {
		return "", err
	}
	var names []string
	for _, m := range all {
		if strings.EqualFold(m.Name, name) || m.ID == name {
			return m.ID, nil
		}
		names = append(names, m.Name)
	}
	if len(names) == 0 {
		return "", fmt.Errorf("backtest monitor %s: there is no monitor in this database: name its configuration with --config or --data", name)
	}
	return "", fmt.Errorf("backtest monitor %s: there is no such monitor: want one of %s", name, strings.Join(names, ", "))
}
