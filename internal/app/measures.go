package app

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/groundswell/groundswell/listening"
	"github.com/prometheus/client_golang/prometheus"
)

const (
	measureEvery   = time.Minute
	measuredHour   = time.Hour // the period of the gauges
	measuredAtMost = 100       // monitors, those with the most mentions: each is a label
)

// measures shows the measures of the last hour as gauges, in one process at a time.
type measures struct {
	share, index, reach, engagement *prometheus.GaugeVec
}

// addMeasures sets up the gauges where incidents are judged.
func (a *App) addMeasures(context.Context) error {
	if !a.Config.Has("alerts") {
		return nil
	}
	m := newMeasures(a.metrics)
	a.workers = append(a.workers, worker{"measures", func(ctx context.Context) error {
		return a.every(ctx, measureEvery, "measures stay as they were", func(ctx context.Context) error { return a.measure(ctx, m) })
	}})
	return nil
}

func newMeasures(r prometheus.Registerer) *measures {
	gauge := func(name, help string) *prometheus.GaugeVec {
		g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help + " In the last hour, of the 100 monitors with the most mentions."}, []string{"monitor"})
		r.MustRegister(g)
		return g
	}
	return &measures{
		share:      gauge("groundswell_share_of_voice_ratio", "Mentions of a monitor / mentions of all own and competitor monitors."),
		index:      gauge("groundswell_sentiment_index", "10·(positive − negative)/(positive + negative)."),
		reach:      gauge("groundswell_reach", "How many people may have seen the mentions of a monitor."),
		engagement: gauge("groundswell_engagement", "Likes, shares, replies and quotes of the mentions of a monitor."),
	}
}

// measure shows the last hour, where this process is the one that does.
func (a *App) measure(ctx context.Context, m *measures) error {
	if held, err := a.memory.Lease(ctx, "measures", 3*measureEvery); err != nil || !held {
		m.reset()
		return err
	}
	now := a.Now()
	all, err := listening.Measures(ctx, a.DB, listening.MeasureFilter{From: now.Add(-measuredHour), Until: now})
	if err != nil {
		return err
	}
	m.show(all)
	return nil
}

func (m *measures) reset() {
	for _, g := range []*prometheus.GaugeVec{m.share, m.index, m.reach, m.engagement} {
		g.Reset()
	}
}

func (m *measures) show(all []listening.Measure) {
	m.reset()
	slices.SortStableFunc(all, func(a, b listening.Measure) int { return cmp.Compare(b.Now.Mentions, a.Now.Mentions) })
	for i := range all[:min(len(all), measuredAtMost)] {
		x := &all[i]
		if share, ok := x.Now.Share(); ok && x.Brand() {
			m.share.WithLabelValues(x.Name).Set(share)
		}
		if index, ok := x.Now.Index(); ok {
			m.index.WithLabelValues(x.Name).Set(index)
		}
		m.reach.WithLabelValues(x.Name).Set(float64(x.Now.Reach))
		m.engagement.WithLabelValues(x.Name).Set(float64(x.Now.Engagement))
	}
}
