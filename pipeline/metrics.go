package pipeline

import (
	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/matcher"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Metrics are what pipelines measure; all pipelines of a process share one.
type Metrics struct {
	mentions *prometheus.CounterVec
	repeated prometheus.Counter
	touches  prometheus.Counter
	links    *prometheus.CounterVec
	leads    *prometheus.CounterVec
	alerts   *prometheus.CounterVec
	latency  prometheus.Histogram
	handling prometheus.Histogram
	batch    prometheus.Histogram
	failures prometheus.Counter
	dead     prometheus.Counter
	lag      *prometheus.GaugeVec
}

// NewMetrics registers the metrics.
func NewMetrics(r prometheus.Registerer) *Metrics {
	f := promauto.With(r)
	latencies := []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}
	m := &Metrics{
		mentions: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_mentions_total",
			Help: "Mentions stored, by monitor and polarity."}, []string{"monitor", "polarity"}),
		repeated: f.NewCounter(prometheus.CounterOpts{Name: "groundswell_pipeline_repeated_posts_total",
			Help: "Matching posts that were in the database already, or had been taken back."}),
		touches: f.NewCounter(prometheus.CounterOpts{Name: "groundswell_touches_total",
			Help: "Touches put on the timelines of contacts."}),
		links: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_links_total",
			Help: "Links between authors and contacts made by the matcher, by decision."}, []string{"decision"}),
		leads: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_leads_total",
			Help: "Leads opened, by source."}, []string{"source"}),
		alerts: f.NewCounterVec(prometheus.CounterOpts{Name: "groundswell_mention_alerts_total",
			Help: "Single mentions that met a rule, by the kind of the first rule."}, []string{"kind"}),
		latency: f.NewHistogram(prometheus.HistogramOpts{Name: "groundswell_pipeline_seconds",
			Help: "From a post's acknowledgement by the log to its commit in the database.", Buckets: latencies}),
		handling: f.NewHistogram(prometheus.HistogramOpts{Name: "groundswell_pipeline_handle_seconds",
			Help: "Time to handle one batch.", Buckets: latencies}),
		batch: f.NewHistogram(prometheus.HistogramOpts{Name: "groundswell_pipeline_batch_posts",
			Help: "Messages fetched at once.", Buckets: []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000}}),
		failures: f.NewCounter(prometheus.CounterOpts{Name: "groundswell_pipeline_failures_total",
			Help: "Batches that failed and were tried again."}),
		dead: f.NewCounter(prometheus.CounterOpts{Name: "groundswell_dead_letters_total",
			Help: "Messages that could not be decoded or stored and went to the dead letters."}),
		lag: f.NewGaugeVec(prometheus.GaugeOpts{Name: "groundswell_log_lag_messages",
			Help: "Messages between the last one read and the end of the log."}, []string{"worker"}),
	}
	for _, decision := range []string{matcher.Confirmed, matcher.Suggested} {
		m.links.WithLabelValues(decision).Add(0)
	}
	m.leads.WithLabelValues(crm.SourceMention).Add(0)
	for _, kind := range alerts.RuleKinds() {
		m.alerts.WithLabelValues(string(kind)).Add(0)
	}
	return m
}

// count tells the metrics what the transaction did.
func (p *Pipeline) count(w *work) {
	for _, h := range w.heard() {
		for _, m := range h.Mentions {
			if m.New {
				p.Metrics.mentions.WithLabelValues(p.Monitors.Name(m.MonitorID), string(m.Polarity)).Inc()
			}
		}
	}
	for _, h := range w.posts {
		if !h.New {
			p.Metrics.repeated.Inc()
		}
	}
	p.Metrics.touches.Add(float64(w.stored.touches))
	for _, link := range w.stored.links {
		p.Metrics.links.WithLabelValues(string(link.Decision)).Inc()
	}
	for _, a := range w.stored.alerts {
		p.Metrics.alerts.WithLabelValues(string(a.Kind)).Inc()
	}
	for _, lead := range w.stored.leads {
		p.Metrics.leads.WithLabelValues(lead.Source).Inc()
	}
}
